/** Graphs at random, by a seed: of tasks and maps, each with a rule, over what comes before it. */
import fc from 'fast-check';
import type { GraphNode } from './graph-model.js';

const how = fc.constantFrom('ok', 'ok', 'ok', 'fail', 'skip');
const rule = fc.constantFrom(
  'allSuccessful',
  'allSuccessful',
  'allFailed',
  'anySuccessful',
  'anyFailed',
  'allFinished',
  'notAllSkipped',
);
const drawn = fc.record({
  kind: fc.constantFrom('task', 'task', 'map', 'chain'),
  upstream: fc.array(fc.nat({ max: 1_000 }), { maxLength: 3 }),
  rule,
  skips: fc.boolean(),
  how,
  items: fc.array(how, { maxLength: 4 }),
  batch: fc.constantFrom(false as const, 2),
});

/** Where a draw asks for what there is not (an earlier node, a map to go on with), it becomes the nearest that there is. */
export const arbitraryGraph: fc.Arbitrary<GraphNode[]> = fc
  .array(drawn, { minLength: 1, maxLength: 9 })
  .map((draws) => {
    const nodes: GraphNode[] = [];
    for (const draw of draws) {
      const maps = nodes.flatMap((node, at) => (node.kind === 'task' ? [] : [at]));
      const picked = draw.upstream.map((n) => (nodes.length === 0 ? -1 : n % nodes.length)).filter((at) => at >= 0);
      const over = maps[(draw.upstream[0] ?? 0) % Math.max(1, maps.length)];
      if (draw.kind === 'chain' && over !== undefined) nodes.push({ ...draw, upstream: [over] });
      else
        nodes.push({
          ...draw,
          kind: draw.kind === 'chain' ? 'map' : draw.kind,
          upstream: [...new Set(picked)],
        });
    }
    return nodes;
  });

export const graphSeed = 20_260_131;
