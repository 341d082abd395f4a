/**
 * How the items of a batch ended, column by column, and what of it is not saved yet. Host, inside a child. Plain
 * columns and no object an item: a batch has up to ten thousand of them.
 */
import type { ErrorRecord } from '../../../activities/error-record.js';
import {
  type BatchReport,
  type ItemError,
  type ItemFailure,
  type ItemLog,
  reportedFailures,
} from '../../../core/map-batch.js';
import type { FinishedItems } from './checkpoint.js';
import { ItemErrors } from './item-errors.js';

export type FailedState = ItemFailure['state'];
/** How an item can end other than Completed. */
export type UnusualState = FailedState | 'Skipped' | 'Cached';

export class ItemColumns {
  readonly values: unknown[];
  readonly ms: number[];
  readonly states = new Map<number, UnusualState>();
  readonly attempts = new Map<number, number>();
  readonly errors = new Map<number, ItemError>();
  finished = 0;
  private unsaved: number[] = [];
  private readonly isDone: Uint8Array;
  private readonly kept = new ItemErrors();

  constructor(
    readonly start: number,
    readonly length: number,
  ) {
    this.values = new Array<unknown>(length).fill(null);
    this.ms = new Array<number>(length).fill(0);
    this.isDone = new Uint8Array(length);
  }

  get hasUnsaved(): boolean {
    return this.unsaved.length > 0;
  }

  isFinished(position: number): boolean {
    return this.isDone[position] === 1;
  }

  complete(position: number, value: unknown, { ms, attempts }: { ms: number; attempts: number }): void {
    this.values[position] = value;
    if (attempts > 1) this.attempts.set(position, attempts);
    this.end(position, ms);
  }

  /** Its value was found, and no body ran. */
  cached(position: number, value: unknown, ms: number): void {
    this.states.set(position, 'Cached');
    this.complete(position, value, { ms, attempts: 1 });
  }

  fail(position: number, state: FailedState, how: { error: ErrorRecord; ms: number; attempts: number }): void {
    const { error, ms, attempts } = how;
    this.states.set(position, state);
    if (attempts !== 1) this.attempts.set(position, attempts);
    this.errors.set(position, this.kept.keep(error));
    this.end(position, ms);
  }

  /** It has `undefined` for a value, which counts as one. */
  skip(position: number, { ms, attempts }: { ms: number; attempts: number }): void {
    this.values[position] = undefined;
    this.states.set(position, 'Skipped');
    if (attempts !== 1) this.attempts.set(position, attempts);
    this.end(position, ms);
  }

  private end(position: number, ms: number): void {
    this.ms[position] = Math.round(ms);
    this.isDone[position] = 1;
    this.finished += 1;
    this.unsaved.push(position);
  }

  /** What ended since the last call, to be saved. */
  takeUnsaved(): FinishedItems {
    const at = this.unsaved;
    this.unsaved = [];
    const done: FinishedItems = { at, values: at.map((p) => this.values[p]), ms: at.map((p) => this.ms[p]!) };
    for (const position of at) {
      const state = this.states.get(position);
      const attempts = this.attempts.get(position);
      const error = this.errors.get(position);
      if (state !== undefined) (done.states ??= {})[position] = state;
      if (attempts !== undefined) (done.attempts ??= {})[position] = attempts;
      if (error !== undefined) (done.errors ??= {})[position] = error;
    }
    return done;
  }

  /** Takes over what was saved before. The first that says how an item ended is right. */
  restore({ at, values, ms, states = {}, attempts = {}, errors = {} }: FinishedItems): void {
    at.forEach((position, i) => {
      if (this.isFinished(position)) return;
      this.values[position] = states[position] === 'Skipped' ? undefined : values[i];
      this.ms[position] = ms[i] ?? 0;
      this.isDone[position] = 1;
      this.finished += 1;
      const state = states[position];
      const count = attempts[position];
      const error = errors[position];
      if (state !== undefined) this.states.set(position, state);
      if (count !== undefined) this.attempts.set(position, count);
      if (error !== undefined) this.errors.set(position, error);
    });
  }

  /** Positions without a value, ascending. */
  holes(): number[] {
    return this.positionsOf((state) => state !== 'Skipped' && state !== 'Cached');
  }
  skipped(): number[] {
    return this.positionsOf((state) => state === 'Skipped');
  }
  get cachedCount(): number {
    let count = 0;
    for (const state of this.states.values()) if (state === 'Cached') count += 1;
    return count;
  }
  private positionsOf(isMeant: (state: UnusualState) => boolean): number[] {
    return [...this.states].flatMap(([position, state]) => (isMeant(state) ? [position] : [])).sort((a, b) => a - b);
  }

  log(): ItemLog {
    return {
      start: this.start,
      states: Object.fromEntries(this.states),
      attempts: Object.fromEntries(this.attempts),
      ms: this.ms,
      errors: Object.fromEntries(this.errors),
    };
  }

  /** The part of the report that says what failed. */
  failures(): Pick<BatchReport, 'ended' | 'failures'> {
    const holes = this.holes();
    if (holes.length === 0) return {};
    const stateAt = (position: number): FailedState => this.states.get(position) as FailedState;
    const ended: NonNullable<BatchReport['ended']> = {};
    for (const hole of holes) ended[stateAt(hole)] = (ended[stateAt(hole)] ?? 0) + 1;
    const failures = holes.slice(0, reportedFailures).map((position) => ({
      index: this.start + position,
      state: stateAt(position),
      attempts: this.attempts.get(position) ?? 1,
      ...this.errors.get(position)!,
    }));
    return { ended, failures };
  }
}
