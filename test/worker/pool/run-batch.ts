/** Batches over a real pool with a real file store, and what their reports and stored logs say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toSent } from '../../../dist/activities/sent-value.js';
import type { AttemptOptions, AttemptRequest } from '../../../dist/activities/task-host.js';
import type { BatchInput, BatchReport, ItemLog } from '../../../dist/core/map-batch.js';
import { defaultTaskPolicy, type TaskPolicy } from '../../../dist/core/task-policy.js';
import { createFileStore, createValues, type Values } from '../../../dist/results/index.js';
import type { TaskPool, TaskPoolOptions } from '../../../dist/worker/pool/task-pool.js';
import { fixture, startPool } from './start-pool.js';

export interface BatchBench {
  folder: string;
  store: string;
  values: Values;
  pool: TaskPool;
  run: (task: string, args: unknown[], options?: BatchRun) => Promise<BatchReport>;
  /** The values of a report, `undefined` where there is none. */
  valuesOf: (report: BatchReport) => Promise<unknown[]>;
  logOf: (report: BatchReport) => Promise<ItemLog>;
}

export interface BatchRun extends AttemptOptions {
  inputs?: BatchInput[];
  start?: number;
  /** Default: the length of the first argument that is an array. */
  end?: number;
  concurrency?: number;
  policy?: Partial<TaskPolicy>;
  /** Temporal's attempt. */
  attempt?: number;
  map?: string;
}

const folders: string[] = [];
export const removeStores = (): void => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};

/** The request that the activity would make of a batch. */
export const batchRequest = (
  task: string,
  args: unknown[],
  declared: TaskPolicy,
  options: BatchRun,
): AttemptRequest => {
  const { inputs = args.map((arg) => (Array.isArray(arg) ? 'items' : 'whole')), start = 0, attempt = 1 } = options;
  const length = args.find((arg): arg is unknown[] => Array.isArray(arg))?.length ?? 0;
  const { end = start + length, concurrency, policy, map = `${task}-0` } = options;
  const taskRunId = `${map}[${start}-${end - 1}]`;
  const { value, format } = toSent(args);
  return {
    taskName: task,
    ...(format === undefined ? { args } : { args: [], sentArgs: { value: value as string, format } }),
    charged: 0,
    policy: { ...declared, ...policy },
    run: { kind: 'task', flowName: 'f', runId: 'r1', tags: ['t'], taskName: task, taskRunId, attempt },
    place: { runId: 'r1', taskRunId, attempt },
    batch: {
      spec: { map, start, end, inputs, ...(concurrency === undefined ? {} : { concurrency }) },
      executionId: 'e1',
      attempt,
      reruns: 0,
    },
  };
};

export const startBatches = (options: Partial<TaskPoolOptions> = {}, folder?: string): BatchBench => {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'perdure-batch-'));
  folders.push(root);
  const store = pathToFileURL(root).href;
  const values = createValues(createFileStore(root));
  const pool = startPool({ sources: [fixture('batch-tasks.js')], store, size: 1, ...options });
  return {
    folder: root,
    store,
    values,
    pool,
    run: async (task, args, run = {}) => {
      const declared = (await pool.ready).tasks.find(({ name }) => name === task)?.policy ?? defaultTaskPolicy;
      const { signal, onStarted, onProgress } = run;
      const asked = { ...(signal && { signal }), ...(onStarted && { onStarted }), ...(onProgress && { onProgress }) };
      return (await pool.run(batchRequest(task, args, declared, run), asked)) as BatchReport;
    },
    valuesOf: async ({ start, end, segments }) =>
      (await values.read({ kind: 'sequence', as: 'array', length: end - start, segments })) as unknown[],
    logOf: async ({ items }) => (await values.get(items!)) as ItemLog,
  };
};
