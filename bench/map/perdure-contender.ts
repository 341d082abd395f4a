/**
 * The work that is measured, in Perdure with its local executor, as a contender: this process hosts, its children run
 * the tasks. `perdure-contender.ts <address of the server> <file with the flows> <folder to be its project>`, then
 * requests on stdin. The work `name` is the flow 'bench name'.
 */
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { startRun } from '../../dist/client.js';
import { local } from '../../dist/executors/local.js';
import { openLocalSession } from '../../dist/executors/local-session.js';
import { serve } from '../peers/serve.mjs';
import { bytesIn, eventsOf } from './run-facts.js';

const [, , address = '', flowsFile = '', root = ''] = process.argv;

/** A project of its own: state and results of the runs go with it. */
const makeProject = (): void => {
  const checkout = resolve(import.meta.dirname, '../..');
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(checkout, join(root, 'node_modules/perdure'), 'junction');
  writeFileSync(join(root, 'package.json'), '{"name":"bench","type":"module"}');
  cpSync(flowsFile, join(root, basename(flowsFile)));
};

makeProject();
const store = join(root, '.perdure', 'results', 'runs');
const session = await openLocalSession({
  files: [join(root, basename(flowsFile))],
  executor: local(),
  server: { kind: 'external', address, namespace: 'default' },
});
const taskQueue = await session.taskQueue();
const { flows } = await session.manifest();

interface Run {
  result: unknown;
  workflowId: string;
}

const run =
  (name: string) =>
  async (n: number): Promise<Run> => {
    const handle = await startRun(session.client, { name }, { params: { n }, taskQueue });
    return { result: await handle.result(), workflowId: handle.runId };
  };
const works = Object.fromEntries(
  flows.map(({ name }) => [name.replace(/^bench /, '').replaceAll(' ', '-'), run(name)]),
);

try {
  await serve('perdure', works, async ({ result, workflowId }: Run) => {
    const facts = { result, events: await eventsOf(session.client, workflowId), storeBytes: bytesIn(store) };
    // Between the runs nothing reads what the last one stored.
    rmSync(store, { recursive: true, force: true });
    return facts;
  });
} finally {
  await session.close();
}
process.exit(0);
