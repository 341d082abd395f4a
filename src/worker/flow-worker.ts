/**
 * Hosts flows and tasks: Temporal workers, one for each task queue, over one connection, one bundle and one task pool.
 * HOST. Polls, heartbeats and reports; bodies run in the pool, so nothing a task does can end this process.
 */
import { type InjectedSinks, NativeConnection, Worker } from '@temporalio/worker';
import type { TaskActivities } from '../activities/index.js';
import { ConnectionError } from '../core/errors.js';
import { payloadConverterPath } from '../project/payload-converter-path.js';
import type { FlowLogSinks } from '../core/protocol.js';
import { quietRuntime } from './quiet-runtime.js';
import { LogWriter, openResultStore, payloadCodecFor, type ResultStore } from '../results/index.js';

export interface FlowWorkerOptions {
  /** What NativeConnection.connect takes. */
  connection: { address: string };
  namespace: string;
  /** The bundle's file. */
  bundlePath: string;
  activities: TaskActivities;
  /** URL of the result store: what is too large for Temporal lies there. */
  store: string;
  /** Attempts under way at once. Default 200. */
  concurrency?: number | undefined;
  /** How long running attempts may go on when the worker closes. Default 5 seconds. */
  graceMs?: number | undefined;
}

export interface FlowWorker {
  /** Polls one more task queue. */
  serve(taskQueue: string): Promise<void>;
  readonly taskQueues: readonly string[];
  /** Rejects when a worker fails for good; never resolves. */
  readonly failed: Promise<never>;
  /** Stops polling, lets running attempts end within the grace, then gives them back to the server. */
  close(): Promise<void>;
}

/** Lines of flow code are stored before the workflow task that wrote them is reported. */
const flowLogOf = (store: ResultStore): InjectedSinks<FlowLogSinks> => {
  const log = new LogWriter(() => Promise.resolve(store));
  return {
    perdureLog: {
      line: {
        callDuringReplay: false,
        fn: ({ workflowId }, { fields: text, ...line }) => {
          const fields = text === undefined ? {} : { fields: JSON.parse(text) as Record<string, unknown> };
          log.write(workflowId, { ...line, ...fields });
          return log.flush();
        },
      },
    },
  };
};

export const createFlowWorker = async (options: FlowWorkerOptions): Promise<FlowWorker> => {
  quietRuntime();
  const [connection, store] = await Promise.all([connect(options), openResultStore(options.store)]);
  const payloadCodecs = [payloadCodecFor(store)];
  const sinks = flowLogOf(store);
  const workers = new Map<string, Promise<{ worker: Worker; running: Promise<void> }>>();
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);
  const concurrency = options.concurrency ?? 200;

  const start = async (taskQueue: string): Promise<{ worker: Worker; running: Promise<void> }> => {
    const worker = await Worker.create({
      connection,
      namespace: options.namespace,
      taskQueue,
      workflowBundle: { codePath: options.bundlePath },
      dataConverter: { payloadConverterPath, payloadCodecs },
      activities: options.activities.activities,
      sinks,
      interceptors: { activity: options.activities.interceptors },
      maxConcurrentActivityTaskExecutions: concurrency,
      maxConcurrentLocalActivityExecutions: concurrency,
      // They are spaced where they are made.
      maxHeartbeatThrottleInterval: '200ms',
      shutdownGraceTime: options.graceMs ?? 5_000,
      shutdownForceTime: (options.graceMs ?? 5_000) + 5_000,
    });
    const running = worker.run();
    running.catch(fail);
    return { worker, running };
  };

  return {
    // The server knows one worker a queue: callers at one time share it.
    async serve(taskQueue) {
      const starting = workers.get(taskQueue) ?? start(taskQueue);
      workers.set(taskQueue, starting);
      await starting;
    },
    failed,
    get taskQueues() {
      return [...workers.keys()];
    },
    async close() {
      const started = (await Promise.allSettled(workers.values())).flatMap((one) =>
        one.status === 'fulfilled' ? [one.value] : [],
      );
      for (const { worker } of started) if (worker.getState() === 'RUNNING') worker.shutdown();
      await Promise.allSettled(started.map(({ running }) => running));
      await Promise.all([connection.close(), store.close()]);
    },
  };
};

const connect = async ({ connection }: FlowWorkerOptions): Promise<NativeConnection> => {
  try {
    return await NativeConnection.connect(connection);
  } catch (error) {
    throw new ConnectionError(
      'SERVER_UNREACHABLE',
      `The worker cannot reach the Temporal server at ${connection.address}: ${(error as Error).message}`,
      { cause: error, details: { address: connection.address } },
    );
  }
};
