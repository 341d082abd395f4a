/** What a map run asks of whatever runs its items: one by one, or in batches. Pure; types and the outcome of an item. */
import type { RunError } from '../../core/errors.js';
import type { State } from '../../core/state.js';

export interface MapOutcome {
  index: number;
  state: State;
  value?: unknown;
  error?: RunError;
}

/** How a map's items have ended, once all have. */
export interface MapTally {
  /** Items without a value, by state. */
  failed: Partial<Record<State, number>>;
  /** The first of them. */
  first: { index: number; state: State; message: string; error: RunError | undefined }[];
  /** Their positions, at most 100. */
  indexes: number[];
}

export interface MapBody {
  start(): void;
  /** Ends what has not started as Cancelled and asks the rest to stop. */
  cancel(): void;
  tally(): MapTally;
  /** The values in order, `undefined` for items without one; of those completed only the first `first`, if given. */
  value(first?: number): unknown;
  /** The same with what each failed item failed with in its place; `undefined` until `failuresRead` has been awaited. */
  valueOrFailures(): unknown;
  failuresRead(): Promise<void> | undefined;
  /** How each item ended, in order of index; once all have. */
  outcomes(): MapOutcome[] | Promise<MapOutcome[]>;
  /** Calls `tell` for items as they end; at once for those that have. */
  onEnding(tell: (ended: MapOutcome[] | Promise<MapOutcome[]>) => void): void;
  /** The failures are dealt with. */
  handle(): void;
  /** Whether each failure was dealt with further down a chain of maps. */
  readonly isHandled: boolean;
}

/** What the body tells its map run. */
export interface MapProgress {
  /** `completed` more items have a value (those `skipped` among them have `undefined`), `failed` more have none. */
  ended(completed: number, failed: number, skipped: number): void;
  /** All items have ended. */
  done(): void;
}
