/** Random graphs in memory end as a small model of the semantics says. The server's test has some of the same. */
import fc from 'fast-check';
import { inline } from '../../src/index.js';
import { arbitraryGraph, graphSeed } from './flow-semantics/arbitrary-graph.js';
import { modelOf } from './flow-semantics/graph-model.js';
import { graph } from './flow-semantics/graphs.js';

test('states and values of 300 graphs', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryGraph, async (nodes) => {
      expect(await graph.run({ nodes }, { executor: inline() })).toEqual(modelOf(nodes));
    }),
    { seed: graphSeed, numRuns: 300 },
  );
});
