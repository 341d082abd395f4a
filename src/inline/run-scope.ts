/**
 * What a run in memory and its child runs have in common: one clock, one store, one pool of bodies. HOST. It lives as
 * long as somebody holds the run's handle or a value of it.
 */
import { Guard } from '../activities/guard.js';
import type { TaskHost } from '../activities/task-host.js';
import type { ItemLog } from '../core/map-batch.js';
import type { StoredBytes } from '../core/result-ref.js';
import { createMemoryObjects, createMemoryStore, createValues, LogWriter, type Values } from '../results/index.js';
import { createTaskPool } from '../worker/pool/task-pool.js';
import type { FlowExecution } from './flow-execution.js';
import { processGuards } from './process-guards.js';
import { RunClock } from './run-clock.js';
import { RunLimiter } from './run-limiter.js';
import type { ItemSources, RunRecord } from './run-record.js';

export class RunScope implements ItemSources {
  readonly clock: RunClock;
  readonly values: Values;
  /** Takes the lines of flow code. */
  readonly flowLog: LogWriter;
  readonly host: Pick<TaskHost, 'run' | 'keysOf'>;
  readonly guard: Guard;
  /** Of the child runs, by id. */
  readonly records = new Map<string, RunRecord>();
  /** The runs, by id. */
  readonly executions = new Map<string, FlowExecution>();
  private lastExecution = 0;

  constructor({ skipTime }: { skipTime: boolean }) {
    const objects = createMemoryObjects({ isShared: true, outlasting: processGuards.outlasting });
    this.clock = new RunClock(skipTime);
    this.values = createValues(createMemoryStore(objects));
    this.flowLog = new LogWriter(() => Promise.resolve(this.values.store));
    this.guard = new Guard({
      values: () => Promise.resolve(this.values),
      limiter: new RunLimiter(processGuards, this.clock),
      cache: processGuards.cache,
      skippedSince: this.clock.skippedSince,
    });
    this.host = createTaskPool({
      sources: [],
      isolation: 'inline',
      // The pool opens the store by its URL, which finds it as long as its objects are held: by `values`.
      store: objects.url,
      clock: this.clock,
      onEvent: () => undefined,
    });
  }

  /** Tells the executions of one run id apart. */
  nextExecution(): string {
    return String(++this.lastExecution);
  }

  child(id: string): RunRecord | undefined {
    return this.records.get(id);
  }

  async log(stored: StoredBytes): Promise<ItemLog> {
    return (await this.values.get(stored)) as ItemLog;
  }
}
