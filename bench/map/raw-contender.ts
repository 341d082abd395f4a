/**
 * The work that is measured, in hand-written SDK code, as a contender: a worker, a client and nothing else in one
 * process. `raw-contender.ts <address of the server> <folder for the batches' files>`, then requests on stdin.
 */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { serve } from '../peers/serve.mjs';
import * as single from '../raw/activities.js';
import { millionActivities } from '../raw/million-activities.js';
import { bytesIn, eventsOf } from './run-facts.js';

const [, , address = '', store = ''] = process.argv;
Runtime.install({ logger: new DefaultLogger('ERROR') });
const taskQueue = 'raw';
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  taskQueue,
  workflowBundle: await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../raw/million-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  }),
  activities: { ...single, ...millionActivities(store) },
  maxConcurrentActivityTaskExecutions: 200,
});
const running = worker.run();
const client = new Client({ connection: await Connection.connect({ address }) });

interface Run {
  result: unknown;
  workflowId: string;
}

const run =
  (name: string, argsOf: (n: number) => unknown[]) =>
  async (n: number): Promise<Run> => {
    const workflowId = `raw-${name}-${n}-${Date.now()}-${Math.random().toString(36).slice(2)}`;
    return { result: await client.workflow.execute(name, { args: argsOf(n), taskQueue, workflowId }), workflowId };
  };
const windowed = (window: number) => run('map', (n) => [n, window]);
/** Windows as they did best when these programs were written: many small batches need more in flight. */
const batched = (name: string, batch: number) => run(name, (n) => [{ n, batch, window: batch < 5_000 ? 100 : 50 }]);

const bytesOfItem = (items: number): number => Math.floor(100_000_000 / items);

const works = {
  seed: run('seed', (n) => [n]),
  chain: run('chain', (n) => [n]),
  map50: windowed(50),
  map100: windowed(100),
  map200: windowed(200),
  'stored-1000': batched('storedMap', 1_000),
  'stored-10000': batched('storedMap', 10_000),
  'range-1000': batched('rangeMap', 1_000),
  'range-10000': batched('rangeMap', 10_000),
  stages: run('stages', (n) => [{ n, batch: 1, window: 100 }]),
  // Small texts are put together to files of about 1 MB by hand.
  bytes: run('bytes', (n) => [
    { n, batch: Math.max(1, Math.floor(1_000_000 / bytesOfItem(n))), window: 20 },
    bytesOfItem(n),
  ]),
};

await serve('raw SDK', works, async ({ result, workflowId }: Run) => {
  const facts = { result, events: await eventsOf(client, workflowId), storeBytes: bytesIn(store) };
  rmSync(store, { recursive: true, force: true });
  return facts;
});
worker.shutdown();
await running;
process.exit(0);
