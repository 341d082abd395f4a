/**
 * Warm times of chains, maps and the seed's pipeline beside hand-written SDK code, on one embedded server, in one run.
 * node --import tsx bench/engine.ts [rounds]
 */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { startRun } from '../dist/client.js';
import { local } from '../dist/executors/local.js';
import { openLocalSession } from '../dist/executors/local-session.js';
import * as activities from './raw/activities.js';
import { interleaved, median, spread } from './statistics.js';

const rounds = Number(process.argv[2] ?? 10);
const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const session = await openLocalSession({ files: [here('flows.ts')], executor: local() });
const { address } = session.server;
const queue = await session.taskQueue();
const raw = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue: 'raw',
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: here('raw/workflows.ts'),
    logger: new DefaultLogger('ERROR'),
  }),
  activities,
  maxConcurrentActivityTaskExecutions: 200,
});
const rawRunning = raw.run();
const client = new Client({ connection: await Connection.connect({ address }) });

let runs = 0;
const rawRun =
  (name: string, ...args: number[]) =>
  () =>
    client.workflow.execute(name, { args, taskQueue: 'raw', workflowId: `raw-${name}-${runs++}-${Date.now()}` });
const ours = (name: string, n: number) => async () =>
  (await startRun(session.client, { name }, { params: { n }, taskQueue: queue })).result();

const report = async (title: string, a: () => Promise<unknown>, b: () => Promise<unknown>): Promise<void> => {
  const [x, y] = [await a(), await b()];
  if (x !== y) throw new Error(`${title}: the results differ, ${String(x)} and ${String(y)}`);
  const times = await interleaved({ raw: a, perdure: b }, rounds);
  const ratio = median(times.perdure) / median(times.raw);
  console.log(`| ${title} | ${spread(times.raw)} | ${spread(times.perdure)} | **${ratio.toFixed(2)}** |`);
};

// Raw's best window is looked for first, in the same run.
const windows = [50, 100, 200];
const tried = await interleaved(Object.fromEntries(windows.map((w) => [String(w), rawRun('map', 1_000, w)])), 3);
const best = windows.reduce((a, b) => (median(tried[String(b)]!) < median(tried[String(a)]!) ? b : a));

console.log(
  `Node ${process.version}, ${rounds} interleaved rounds, medians (min–max); raw's best window for the map: ${best}`,
);
console.log('| work | raw SDK | perdure | ratio |\n|---|---|---|---|');
await report('seed pipeline, 10 items', rawRun('seed', 10), ours('bench seed', 10));
await report('chain of 50', rawRun('chain', 50), ours('bench chain', 50));
await report('chain of 200', rawRun('chain', 200), ours('bench chain', 200));
await report('map of 1,000, `batch: false`', rawRun('map', 1_000, best), ours('bench map single', 1_000));
await report('map of 1,000, batching left to itself', rawRun('map', 1_000, best), ours('bench map', 1_000));
await report('chain of 200 local tasks', rawRun('localChain', 200), ours('bench local chain', 200));

raw.shutdown();
await rawRunning;
await session.close();
process.exit(0);
