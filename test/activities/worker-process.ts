/** A dev server, a bundle of hand-written workflows, and worker processes on it that a test may kill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { payloadConverterPath } from '../../dist/project/payload-converter-path.js';
import { activityOptions, type TaskActivityOptions } from '../../src/core/activity-options.js';
import type { TaskRunHeader } from '../../src/core/protocol.js';
import { defaultTaskPolicy, type TaskPolicy } from '../../src/core/task-policy.js';
import { startTestServer } from '../support/server.js';
import { dataConverter } from './payload-converter.js';

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

export interface Bench {
  client: Client;
  /** The folder of the result store. */
  store: string;
  /** A worker on the queue, until the test ends; `isKept`: until all have. */
  startWorker(queue: string, options?: { isKept?: boolean; env?: Record<string, string> }): Promise<ChildProcess>;
  call(queue: string, name: string, options?: CallOptions): Promise<WorkflowHandle>;
  /** A ledger and a gate in a new folder. */
  startLedger(): TestLedger;
  /** Ends the workers. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  args?: unknown[];
  policy?: Partial<TaskPolicy>;
  header?: TaskRunHeader;
  local?: boolean;
  activity?: Partial<TaskActivityOptions>;
}

export interface TestLedger {
  file: string;
  gate: string;
  count(prefix: string): number;
  lines(): string[];
  until(prefix: string, count?: number): Promise<void>;
  openGate(): void;
}

const createLedger = (root: string, name: string): TestLedger => {
  const file = join(root, `${name}.ledger`);
  const gate = join(root, `${name}.gate`);
  writeFileSync(file, '');
  const lines = (): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const count = (prefix: string): number => lines().filter((line) => line.startsWith(prefix)).length;
  return {
    file,
    gate,
    lines,
    count,
    until: async (prefix, times = 1) => {
      while (count(prefix) < times) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    openGate: () => writeFileSync(gate, ''),
  };
};

const endWorker = async (worker: ChildProcess): Promise<void> => {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exited = once(worker, 'exit');
  worker.kill('SIGKILL');
  await exited;
};

export const startBench = async (): Promise<Bench> => {
  const root = mkdtempSync(join(tmpdir(), 'perdure-activities-'));
  const [server, { code }] = await Promise.all([
    startTestServer(),
    bundleWorkflowCode({
      workflowsPath: fixture('workflows.js'),
      workflowInterceptorModules: [fixture('workflows.js')],
      payloadConverterPath,
      logger: new DefaultLogger('ERROR'),
    }),
  ]);
  const bundle = join(root, 'bundle.js');
  const store = join(root, 'store');
  writeFileSync(bundle, code);
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection, dataConverter });
  const workers = new Set<ChildProcess>();
  const kept = new Set<ChildProcess>();
  let ids = 0;
  const clear = async (): Promise<void> => {
    await Promise.all([...workers].map(endWorker));
    workers.clear();
  };
  return {
    client,
    store,
    startWorker: async (queue, { isKept = false, env = {} } = {}) => {
      const args = [fixture('worker.js'), server.address, bundle, queue, pathToFileURL(store).href];
      const worker = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ...env },
      });
      (isKept ? kept : workers).add(worker);
      const ended = once(worker, 'exit').then(([code]) => Promise.reject(new Error(`the worker exited with ${code}`)));
      await Promise.race([once(worker.stdout, 'data'), ended]);
      ended.catch(() => undefined);
      return worker;
    },
    call: (taskQueue, name, { policy, activity, ...call } = {}) =>
      client.workflow.start('callTask', {
        taskQueue,
        workflowId: `w${++ids}`,
        // A local activity runs within one workflow task, and again with the next if that takes too long.
        workflowTaskTimeout: call.local ? '60s' : '2s',
        args: [{ name, ...call, options: { ...activityOptions({ ...defaultTaskPolicy, ...policy }), ...activity } }],
      }),
    startLedger: () => createLedger(root, String(++ids)),
    clear,
    stop: async () => {
      await Promise.all([...workers, ...kept].map(endWorker));
      await connection.close();
      await server.stop();
      rmSync(root, { recursive: true, force: true });
    },
  };
};
