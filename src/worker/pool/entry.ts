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
  type Verdict,
} from '../../activities/task-host.js';
import type { AbortWhy } from './messages.js';
import type { Seat } from './seat.js';

export const labelOf = ({ taskName, run }: AttemptRequest): string =>
  `Task '${taskName}'${run.mapIndex === undefined ? '' : `[${run.mapIndex}]`}`;

export class Entry {
  /** Runs with no other body in its child: one that must not run twice, or one suspected of killing its child. */
  isSolo = false;
  /** Children that ended under it through no fault of its own. */
  lostChildren = 0;
  /** Set once it has been told to stop. */
  aborting: AbortWhy | undefined;
  /** The child that has it, and its number there. */
  place: { seat: Seat; n: number } | undefined;
  readonly promise: Promise<unknown>;

  #resolve!: (value: unknown) => void;
  #reject!: (failure: AttemptFailure) => void;
  #timer: NodeJS.Timeout | undefined;
  #release: () => void = () => undefined;

  constructor(
    readonly attempt: AttemptRequest,
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

  /** One timer at a time: the attempt's time-out, then the grace of one that was told to stop. */
  setTimer(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    // Longer waits than a timer can hold (24.8 days) are as good as none.
    this.#timer = ms < 2 ** 31 ? setTimeout(then, ms) : undefined;
  }

  started(): void {
    this.options.onStarted?.();
  }

  unplace(): void {
    clearTimeout(this.#timer);
    this.place?.seat.sent.delete(this.place.n);
    this.place?.seat.running.delete(this.place.n);
    this.place = undefined;
  }

  complete(value: unknown): void {
    this.#end();
    this.#resolve(value);
  }

  fail(kind: AttemptEnd, record: ErrorRecord, verdict: Verdict): void {
    this.#end();
    this.#reject(new AttemptFailure(kind, record, verdict));
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

  #end(): void {
    this.unplace();
    this.#release();
    this.onEnd(this);
  }
}
