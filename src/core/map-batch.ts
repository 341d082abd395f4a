/**
 * What a flow tells a worker about a batch of a map, and what it hears back. Pure. Wire format: the specification
 * travels in the activity's header, the report is its result; both lie in histories.
 */
import type { Segment, StoredBytes } from './result-ref.js';
import { State } from './state.js';
import type { ThrownText } from './thrown.js';

/** How an argument of the map gives each item its share; values are the activity's arguments at the same position. */
export type BatchInput =
  /** The same value for every item. */
  | 'whole'
  /** An array of the batch's own items. */
  | 'items'
  /** A stored sequence or range, of which `[start, end)` are the batch's items. */
  | 'slice';

export interface BatchSpec {
  /** The map's id; item `i` is the task run `map[i]`. */
  map: string;
  /** Indexes `[start, end)` within the map. */
  start: number;
  end: number;
  inputs: BatchInput[];
  /** Items in flight at once within this batch; absent: as many as a child process takes. */
  concurrency?: number;
  /** Bytes of values that the report may carry itself, the others lie in the store; absent: as many as any value. */
  inlineBytes?: number;
}

/** What an item failed with. `props`: own properties that are data; `cause` goes as deep as there was room for. */
export interface ItemError extends ThrownText {
  props?: Record<string, unknown>;
  cause?: ItemError;
}

/** A failed item, as its batch reports it. */
export interface ItemFailure extends ItemError {
  /** Within the map. */
  index: number;
  state: 'Failed' | 'TimedOut' | 'Crashed' | 'Cancelled' | 'TriggerFailed';
  attempts: number;
  /** The whole batch had this end: the flow's own error. Never on the wire. */
  error?: unknown;
}

export interface BatchReport {
  /** Echo of what was asked. */
  start: number;
  end: number;
  /** The values, one segment for each stretch; `holes` are items without a value. */
  segments: Segment[];
  /** How many items have no value, by state; absent when all have. */
  ended?: Partial<Record<ItemFailure['state'], number>>;
  /** How many of the others were skipped; absent: none. */
  skipped?: number;
  /** How many had their value from the cache; absent: none. */
  cached?: number;
  /** The first of those without a value. */
  failures?: ItemFailure[];
  /** State, attempts, duration and error of every item: an encoded `ItemLog`. Absent when all completed at once. */
  items?: StoredBytes;
  /** Wall time of the batch's work, and the bytes of its encoded values: what the next batch's size follows. */
  ms: number;
  bytes: number;
}

/** How many items of a batch ended otherwise than Completed, by state; `undefined`: none. */
export const endsApart = ({ ended, skipped, cached }: Partial<BatchReport> = {}):
  Partial<Record<State, number>> | undefined =>
  ended || skipped || cached
    ? { ...ended, ...(skipped ? { [State.Skipped]: skipped } : {}), ...(cached ? { [State.Cached]: cached } : {}) }
    : undefined;

/** Failures that a report carries itself. */
export const reportedFailures = 5;

/** Item-level facts of a batch, column by column; position 0 is the item `start`. */
export interface ItemLog {
  start: number;
  /** State by position, for those that are not Completed. */
  states: Record<number, ItemFailure['state'] | 'Skipped' | 'Cached'>;
  /** Attempts by position, for those that took more than one. */
  attempts: Record<number, number>;
  /** Milliseconds by position. */
  ms: number[];
  errors: Record<number, ItemError>;
}
