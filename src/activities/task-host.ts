/**
 * The port through which an activity has a task's body run: whoever implements it (the worker's pool) knows processes,
 * the activity knows Temporal, and neither knows the other. Host; types, and the one error that crosses.
 */
import type { CurrentRun } from '../authoring/current-run.js';
import type { FlowOptions } from '../authoring/options.js';
import type { TaskPolicy } from '../core/task-policy.js';
import type { ErrorRecord } from './error-record.js';

export interface TaskSummary {
  name: string;
  policy: TaskPolicy;
}

export interface FlowSummary {
  name: string;
  /** Whether it declares a schema. */
  hasParams: boolean;
  /** The file that declares it, absolute, where it is known. */
  file?: string;
  /** Those of its options that whoever starts it must know. */
  start?: Pick<FlowOptions, 'retries' | 'retryDelay' | 'timeout' | 'name'>;
}

/** What the loaded files declare. */
export interface TaskManifest {
  tasks: TaskSummary[];
  flows: FlowSummary[];
}

/** One attempt of one task run. */
export interface AttemptRequest {
  taskName: string;
  args: unknown[];
  /** Failures of the body so far that were charged to `retries`. */
  charged: number;
  policy: TaskPolicy;
  run: Omit<CurrentRun, 'signal'>;
}

export interface AttemptOptions {
  /** Aborted to stop the attempt: the body gets its own signal, and is killed when it does not end. */
  signal?: AbortSignal;
  /** Called when the body starts, again when it is started again after its process died under a neighbour. */
  onStarted?: () => void;
}

/** Whether another attempt follows, and when; `note` says what went wrong in deciding it. */
export interface Verdict {
  retry: boolean;
  delayMs?: number;
  note?: string;
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

  constructor(kind: AttemptEnd, record: ErrorRecord, verdict: Verdict) {
    super(record.message);
    this.name = 'AttemptFailure';
    this.kind = kind;
    this.record = record;
    this.verdict = verdict;
  }
}

export interface TaskHost {
  /** The files that declare the tasks, absolute. */
  readonly sources: readonly string[];
  /** What they declare; rejects with the user's own error when one cannot be loaded. */
  readonly ready: Promise<TaskManifest>;
  /** The body's value. @throws AttemptFailure */
  run(attempt: AttemptRequest, options?: AttemptOptions): Promise<unknown>;
}
