/**
 * One attempt while it is in the pool: waiting, sent to a child, running there, perhaps running again because a
 * neighbour brought the child down. Host. It ends exactly once.
 */
import { type ErrorRecord } from '../../activities/error-record.js';
import {
  type AttemptEnd,
  AttemptFailure,
  type AttemptOptions,
  type AttemptRequest,
  type BatchProgress,
  type ChildDeath,
  type Verdict,
} from '../../activities/task-host.js';
import type { BatchReport } from '../../core/map-batch.js';
import type { AbortWhy, FromChild } from './messages.js';
import type { Seat } from './seat.js';

export const labelOf = ({ taskName, run }: AttemptRequest): string =>
  `Task '${taskName}'${run.mapIndex === undefined ? '' : `[${run.mapIndex}]`}`;

/**
 * It takes three deaths to find the item that a batch dies of. More than a few that find none, and the batch itself is
 * what its children die of.
 */
const maxBarrenDeaths = 6;

export class Entry {
  /** Runs with no other body in its child: one that must not run twice, or one suspected of killing its child. */
  isSolo = false;
  /** Children that ended under it through no fault of its own. */
  lostChildren = 0;
  /** Set once it has been told to stop. */
  aborting: AbortWhy | undefined;
  /** The child that has it, and its number there. */
  place: { seat: Seat; n: number } | undefined;
  /** When it was given to an idle child, which does not say that it started it; until it has been asked once. */
  quietSinceMs: number | undefined;
  /** A batch whose child was killed because it had fallen silent. */
  isSilent = false;
  /** A batch: children that ended under it since it last came further. */
  private barrenDeaths = 0;
  private progressMark = 0;
  readonly promise: Promise<unknown>;

  #resolve!: (value: unknown) => void;
  #reject!: (failure: AttemptFailure) => void;
  #timer: NodeJS.Timeout | undefined;
  #release: () => void = () => undefined;

  constructor(
    public attempt: AttemptRequest,
    private readonly options: AttemptOptions,
    private readonly onEnd: (entry: Entry) => void,
  ) {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  onAbort(stop: () => void): void {
    const { signal } = this.options;
    if (!signal) return;
    signal.addEventListener('abort', stop, { once: true });
    this.#release = () => signal.removeEventListener('abort', stop);
  }

  /**
   * One timer at a time: the attempt's time-out, then the grace of one that was told to stop. What its child has sent is
   * read first: this process may have been held up, and the body have ended in time.
   */
  setTimer(ms: number, then: () => void): void {
    this.#clearTimer();
    // Longer waits than a timer can hold (24.8 days) are as good as none.
    if (ms >= 2 ** 31) return;
    const timer = setTimeout(() => setImmediate(() => this.#timer === timer && then()), ms);
    this.#timer = timer;
  }

  #clearTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get gate(): AttemptOptions['gate'] {
    return this.options.gate;
  }

  started(): void {
    this.options.onStarted?.();
  }

  unplace(): void {
    this.#clearTimer();
    this.place?.seat.sent.delete(this.place.n);
    this.place?.seat.running.delete(this.place.n);
    if (this.place !== undefined) this.options.gate?.reset();
    this.place = undefined;
  }

  complete(value: unknown): void {
    this.#end();
    this.#resolve(value);
  }

  /** What of a child's places it takes: a batch as many as it has items in flight. */
  weight(bodiesPerChild: number): number {
    const { batch } = this.attempt;
    return batch === undefined ? 1 : Math.min(batch.spec.concurrency ?? bodiesPerChild, bodiesPerChild);
  }

  progress(progress: BatchProgress): void {
    const mark = progress.finished + progress.charges;
    if (mark > this.progressMark) this.barrenDeaths = 0;
    this.progressMark = mark;
    this.options.onProgress?.(progress);
  }

  /** A batch whose child is gone: it runs again, and is told how. `false` when that leads nowhere. */
  rerun(death: ChildDeath): boolean {
    const batch = this.attempt.batch!;
    this.attempt = { ...this.attempt, batch: { ...batch, reruns: batch.reruns + 1, death } };
    this.isSilent = false;
    if (death.kind !== 'neighbour') this.barrenDeaths += 1;
    return this.barrenDeaths <= maxBarrenDeaths;
  }

  fail(kind: AttemptEnd, record: ErrorRecord, verdict: Verdict & { report?: BatchReport | undefined }): void {
    this.#end();
    this.#reject(new AttemptFailure(kind, record, verdict));
  }

  /** Its child says so. `true`: a test had a batch's process die, so that it is to run again. */
  failed({ as, position, error, verdict }: Extract<FromChild, { kind: 'failed' }>): boolean {
    if (as !== 'crashed') this.fail(as ?? 'failed', error, verdict);
    else if (position !== undefined && this.rerun({ kind: 'crash', cause: error.message, position })) return true;
    else this.crash(error.message);
    return false;
  }

  crash(cause: string, record?: ErrorRecord): void {
    const message = `${labelOf(this.attempt)} crashed: its process ${cause}`;
    this.fail('crashed', { name: 'TaskCrashed', message, ...(record ? { cause: record } : {}) }, { retry: true });
  }

  abortMessage(why: AbortWhy): string {
    const label = labelOf(this.attempt);
    if (why === 'timedOut') return `${label} timed out: it did not end within ${this.attempt.policy.timeoutMs} ms`;
    return why === 'shutdown' ? `${label} was stopped: its worker shuts down` : `${label} was cancelled`;
  }

  stopRecord(why: AbortWhy, cause: ErrorRecord | undefined): ErrorRecord {
    const name = why === 'timedOut' ? 'TaskTimedOut' : why === 'cancelled' ? 'TaskCancelled' : 'WorkerShutdown';
    return { name, message: this.abortMessage(why), ...(cause ? { cause } : {}) };
  }

  #end(): void {
    this.unplace();
    this.#release();
    this.onEnd(this);
  }
}
