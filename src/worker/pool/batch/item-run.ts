/**
 * One attempt of one item of a batch: who it is to `currentRun()`, its signal and its time. Host, inside a child. A
 * million of them pass through here, so nothing is made before it is asked for: no controller, no timer, no ids.
 */
import { type CurrentRun, inRunContext, type RunFacts } from '../../../authoring/current-run.js';
import type { DatasetHost } from '../../../core/dataset.js';
import { RunError } from '../../../core/errors.js';
import type { Ambient } from '../ambient.js';
import type { Notes } from '../notes.js';

/** The batch, as its items see it. */
export interface ItemOwner {
  readonly n: number;
  /** What `currentRun()` says of every item. */
  readonly run: Omit<RunFacts, 'signal'>;
  readonly notes: Notes;
  /** What people read for the item, where the task has a name for its runs. */
  nameOf(args: readonly unknown[]): string | undefined;
  /** The item's index in the map. */
  indexOf(position: number): number;
  /** `Task 'x'[17]`. */
  labelOf(position: number): string;
  threw(item: ItemRun, error: unknown): void;
  datasetsOf(taskRunId: string): DatasetHost;
}

/** A timed-out body has had its time: this is only for putting things away. */
const graceMs = 1_000;

export class ItemRun implements Ambient {
  /** Its outcome is known; what the body still does counts for nothing. */
  isOver = false;
  isTimedOut = false;
  readonly startedAtMs = performance.now();
  private controller: AbortController | undefined = undefined;
  private reason: RunError | undefined = undefined;
  private made: CurrentRun | undefined = undefined;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    private readonly owner: ItemOwner,
    readonly position: number,
    /** 1-based. */
    readonly attempt: number,
    /** Kept for a retry. */
    readonly args: unknown[],
  ) {}

  get n(): number {
    return this.owner.n;
  }

  get current(): CurrentRun {
    if (this.made !== undefined) return this.made;
    const index = this.owner.indexOf(this.position);
    const run = { ...this.owner.run, taskRunId: `${this.owner.run.taskRunId}[${index}]`, mapIndex: index };
    const name = this.owner.nameOf(this.args);
    const facts = { ...run, attempt: this.attempt, ...(name === undefined ? {} : { name }) };
    return (this.made = Object.defineProperty(inRunContext(facts), 'signal', {
      get: () => this.signal,
      enumerable: true,
    }));
  }

  get notes(): Notes {
    return this.owner.notes;
  }

  get datasets(): DatasetHost {
    return this.owner.datasetsOf(this.current.taskRunId!);
  }

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.reason !== undefined) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  abort(reason: RunError): void {
    this.reason ??= reason;
    this.controller?.abort(reason);
  }

  /** After `ms` its signal is aborted, and a grace later it is left behind: `onLeft`. */
  limit(ms: number, onLeft: () => void): void {
    // Longer waits than a timer can hold (24.8 days) are as good as none.
    if (ms >= 2 ** 31) return;
    this.timer = setTimeout(() => {
      this.isTimedOut = true;
      this.abort(timeoutError(this.owner.labelOf(this.position), ms));
      this.timer = setTimeout(onLeft, graceMs);
    }, ms);
  }

  end(): void {
    this.isOver = true;
    if (this.timer !== undefined) clearTimeout(this.timer);
  }

  blame(error: unknown): void {
    if (!this.isOver) this.owner.threw(this, error);
    else console.error(`${this.owner.labelOf(this.position)} had an error after its end, which nothing caught:`, error);
  }
}

export const timeoutError = (label: string, ms: number): RunError =>
  new RunError('TASK_TIMED_OUT', `${label} timed out: it did not end within ${ms} ms`);
