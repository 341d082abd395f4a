/**
 * The port through which an activity has a task's body run: whoever implements it (the worker's pool) knows processes,
 * the activity knows Temporal, and neither knows the other. Host; types, and the one error that crosses.
 */
import type { RunFacts } from '../authoring/current-run.js';
import type { FlowOptions } from '../authoring/options.js';
import type { BatchReport, BatchSpec } from '../core/map-batch.js';
import type { TaskPolicy } from '../core/task-policy.js';
import type { Place } from '../results/index.js';
import type { CachedValue } from './cache/cache-state.js';
import type { ErrorRecord } from './error-record.js';
import type { GuardKeys, TaskGuards } from '../core/task-guards.js';
import type { TextFormat } from '../core/text-codec.js';

export interface TaskSummary {
  name: string;
  policy: TaskPolicy;
  /** Absent: none. */
  guards?: TaskGuards;
}

export interface FlowSummary {
  name: string;
  /** Whether it declares a schema. */
  hasParams: boolean;
  /** The file that declares it, absolute, where it is known. */
  file?: string;
  /** Under which name the loaded file exports it, if it does. */
  exportedAs?: string;
  /** Those of its options that whoever starts it must know. */
  start?: Pick<FlowOptions, 'retries' | 'retryDelay' | 'timeout' | 'name' | 'priority'>;
}

/** What the loaded files declare. */
export interface TaskManifest {
  tasks: TaskSummary[];
  flows: FlowSummary[];
}

/** How the child process ended that ran a batch before, as far as that says anything of the batch's items. */
export interface ChildDeath {
  /** It died under the batch; it was killed because the batch had fallen silent; or the reason lies elsewhere. */
  kind: 'crash' | 'timedOut' | 'neighbour';
  /** Completes "its process …". */
  cause: string;
  /** The item whose code ended it, where that is known. */
  position?: number;
}

/** A batch of a map, run as one attempt. */
export interface BatchRequest {
  spec: BatchSpec;
  /** Temporal's own id of this execution: another one of the same id has records of its own. */
  executionId: string;
  /** Temporal's attempt, and how often its child process was lost under it. */
  attempt: number;
  reruns: number;
  death?: ChildDeath;
}

/** How far a batch is. */
export interface BatchProgress {
  finished: number;
  /** Of these, how many are written down. */
  saved: number;
  /** Records written. */
  records: number;
  /** Deaths of children that were charged to an item. */
  charges: number;
}

/** One attempt of one task run, or of one batch. */
export interface AttemptRequest {
  taskName: string;
  args: unknown[];
  /** Failures of the body so far that were charged to `retries`. */
  charged: number;
  policy: TaskPolicy;
  run: Omit<RunFacts, 'signal'>;
  /** The arguments in place of `args`, where some of them lie in the result store: the child reads those. */
  sentArgs?: { value: string; format: TextFormat };
  /** Under whose name a large result is stored; absent: results stay inline, whatever their size. */
  place?: Place;
  batch?: BatchRequest;
  /** The task's `undo` runs in place of its body, and gives no value. */
  isUndo?: true;
  /** Of a batch: its items pass a gate. */
  isGated?: true;
}

/** Absent `hit`: the item's body is to run. */
export interface ItemEntered {
  hit?: CachedValue;
  /** Of the hit: when its value was made (epoch ms). */
  atMs?: number;
}

/** What the items of a batch pass before their bodies run. */
export interface ItemGate {
  /** `notBeforeMs`: only a value made since then will do. */
  enter(position: number, keys: GuardKeys, notBeforeMs?: number): Promise<ItemEntered>;
  /** The item's attempt is over; `kept`: what the cache gets of it. */
  left(position: number, kept?: CachedValue): void;
  /** The child is gone, with all that was inside. */
  reset(): void;
}

export interface AttemptOptions {
  /** Aborted to stop the attempt: the body gets its own signal, and is killed when it does not end. */
  signal?: AbortSignal;
  /** Called when the body starts, again when it is started again after its process died under a neighbour. */
  onStarted?: () => void;
  /** Since when the attempt waits to be run (epoch ms). Default: now. */
  sinceMs?: number;
  /** Of a batch whose task has limits or a cache. */
  gate?: ItemGate;
  /** Called from time to time while a batch runs. */
  onProgress?: (progress: BatchProgress) => void;
}

/** Whether another attempt follows, and when; `note` says what went wrong in deciding it. */
export interface Verdict {
  retry: boolean;
  delayMs?: number;
  note?: string;
  /** Of an attempt that was released: since when it waits (epoch ms), so that it keeps its place. */
  sinceMs?: number;
  /** The body threw SkipTask: the task run ends Skipped. */
  isSkip?: boolean;
}

/**
 * How an attempt ended without a value: the body threw; its time was up; the process died under it; it was told to
 * stop; the host let it go (shutdown, or its file cannot be loaded) without having run it to an end.
 */
export type AttemptEnd = 'failed' | 'timedOut' | 'crashed' | 'cancelled' | 'released';

/** The rejection of `TaskHost.run`. */
export class AttemptFailure extends Error {
  readonly kind: AttemptEnd;
  readonly record: ErrorRecord;
  readonly verdict: Verdict;
  /** What a batch that was cancelled had done. */
  readonly report: BatchReport | undefined;

  constructor(
    kind: AttemptEnd,
    record: ErrorRecord,
    { report, ...verdict }: Verdict & { report?: BatchReport | undefined },
  ) {
    super(record.message);
    this.name = 'AttemptFailure';
    this.kind = kind;
    this.record = record;
    this.verdict = verdict;
    this.report = report;
  }
}

export interface TaskHost {
  /** The files that declare the tasks, absolute. */
  readonly sources: readonly string[];
  /** What they declare; rejects with the user's own error when one cannot be loaded. */
  readonly ready: Promise<TaskManifest>;
  /** What the task's limits and its cache go by for these arguments. @throws AttemptFailure when a function of the user's throws */
  keysOf(attempt: AttemptRequest): Promise<GuardKeys>;
  /** The body's value, or a `Stored` or `Cached` in its place; a batch's `BatchReport`. @throws AttemptFailure */
  run(attempt: AttemptRequest, options?: AttemptOptions): Promise<unknown>;
}
