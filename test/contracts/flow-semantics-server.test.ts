/** The contract of flows, kept on Temporal: one server, one bundle, one worker and its children for all cases. */
import { join } from 'node:path';
import fc from 'fast-check';
import { runOnServer } from '../support/server-cases.js';
import { arbitraryGraph, graphSeed } from './flow-semantics/arbitrary-graph.js';
import { groups } from './flow-semantics/cases.js';
import { expectOutcome } from './flow-semantics/expect-outcome.js';
import { modelOf } from './flow-semantics/graph-model.js';
import { contractSecret } from './flow-semantics/secret-value.js';

const graphs = fc.sample(arbitraryGraph, { seed: graphSeed, numRuns: 30 });
const all = {
  ...groups,
  'random graphs': graphs.map((nodes, i) => ({
    name: `graph ${i} of ${nodes.length}`,
    flow: 'graph',
    params: { nodes },
    value: modelOf(nodes),
  })),
};

let outcomeOf: Awaited<ReturnType<typeof runOnServer>>;
beforeAll(async () => {
  outcomeOf = await runOnServer({
    folder: join(import.meta.dirname, 'flow-semantics'),
    files: ['triggers', 'maps', 'runs', 'graphs', 'guards', 'waits', 'endings', 'notes', 'throws'].map(
      (name) => `${name}.ts`,
    ),
    groups: all,
    env: { CONTRACT_SECRET: contractSecret },
  });
}, 360_000);

for (const [group, cases] of Object.entries(all))
  describe(group, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
      expectOutcome(one, outcomeOf(group, one));
    });
  });
