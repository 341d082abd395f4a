/** The contract of flows, kept on Temporal: one server, one bundle, one worker and its children for all cases. */
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeText, encodeText, type TextFormat } from '../../src/core/text-codec.js';
import { checkout, createFlowProject } from '../support/flow-project.js';
import type { Outcome } from './flow-semantics/case.js';
import { arbitraryGraph, graphSeed } from './flow-semantics/arbitrary-graph.js';
import { groups, keyOf } from './flow-semantics/cases.js';
import { modelOf } from './flow-semantics/graph-model.js';
import { expectOutcome } from './flow-semantics/expect-outcome.js';
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

const program = `
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { local } from 'perdure';
import { startRun } from '${checkout}/dist/client.js';
import { decodeText, encodeText } from '${checkout}/dist/core/text-codec.js';
import { openLocalSession } from '${checkout}/dist/executors/index.js';
import { keyOf } from './cases.js';
import { observe } from './observe.js';

const groups = decodeText(readFileSync('groups.json', 'utf8'), 'devalue')[0];
const names = ['triggers', 'maps', 'runs', 'graphs', 'guards', 'waits', 'endings', 'notes'];
const files = names.map((name) => join(import.meta.dirname, name + '.ts'));
const session = await openLocalSession({ files, executor: local({ processes: 2 }) });
const [taskQueue, { flows }] = [await session.taskQueue(), await session.manifest()];
const cases = Object.entries(groups).flatMap(([group, all]) => all.map((one) => ({ key: keyOf(group, one), one })));
const outcomes = {};
const next = cases.values();
const worker = async () => {
  for (const { key, one } of next) {
    const flow = flows.find(({ name }) => name === one.flow);
    const startable = { name: flow.name, ...flow.start, idTemplate: undefined };
    let outcome;
    try {
      const run = await startRun(session.client, startable, { params: one.params, tags: one.tags, taskQueue });
      const late = setTimeout(() => process.stderr.write('still waits for: ' + key + '\\n'), 20_000);
      outcome = await observe(run, one);
      clearTimeout(late);
    } catch (error) {
      outcome = { state: 'not started', error: String(error.stack), tasks: {} };
    }
    outcomes[key] = encodeText(outcome);
  }
};
await Promise.all(Array.from({ length: 24 }, worker));
writeFileSync('outcomes.json', JSON.stringify(outcomes));
await session.close();
`;

let outcomes: Record<string, { text: string; format: TextFormat }>;
beforeAll(async () => {
  const project = createFlowProject({ 'program.ts': program, 'groups.json': encodeText([all, undefined]).text }, [
    join(import.meta.dirname, 'flow-semantics'),
  ]);
  try {
    const { stderr, status } = await project.runScript('program.ts', { CONTRACT_SECRET: contractSecret });
    if (status !== 0) throw new Error(`the cases did not run: ${stderr}`);
    outcomes = JSON.parse(project.read('outcomes.json')) as typeof outcomes;
  } finally {
    project.remove();
  }
}, 360_000);

for (const [group, cases] of Object.entries(all))
  describe(group, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
      const encoded = outcomes[keyOf(group, one)];
      if (encoded === undefined) throw new Error('the case did not run');
      expectOutcome(one, decodeText(encoded.text, encoded.format) as Outcome);
    });
  });
