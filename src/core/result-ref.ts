/**
 * Values that lie in the result store, as the sandbox and the host pass them on: what stands in for a value in a
 * history, and never the value itself. Pure. Wire format: whatever is declared here is written into histories.
 */

/** An object of the store. `store` names the store it was written to, so that a reader of another one says so. */
export interface StoredBytes {
  store: string;
  /** Relative, with `/`; never absolute, never with `..`. */
  key: string;
  bytes: number;
  /** Of the object's bytes, in hex; checked on each read. */
  sha256: string;
}

/** A stretch of a sequence: its items themselves while they are small, else where they lie. */
export interface Segment {
  length: number;
  items?: unknown[];
  stored?: StoredBytes;
  /** Positions within the segment, ascending, of items that have no value because their task run failed. */
  holes?: number[];
  /** Positions, ascending, of items whose task run was skipped: `undefined` is their value. */
  skipped?: number[];
}

/**
 * How to get from what is stored to the value meant, in order: parts taken, lists flattened by one level, or only the
 * first so many items that have a value.
 */
export type PickStep = { at: string | number } | { flatten: 1 } | { completed: number };

/** A value that lies in the store. */
export interface StoredValueData {
  kind: 'value';
  stored: StoredBytes;
  picks?: PickStep[];
}
/** Items in order, in segments; an array or a `Dataset` to whoever reads it. */
export interface StoredSequenceData {
  kind: 'sequence';
  as: 'array' | 'dataset';
  length: number;
  /** Segments in order, or where their list lies (an encoded `Segment[]`). */
  segments: Segment[] | StoredBytes;
  /** Only `[start, end)` of it is meant. */
  range?: [start: number, end: number];
  picks?: PickStep[];
}
/** The whole numbers from `start`, `length` of them, `step` apart: items that need no store. */
export interface RangeData {
  kind: 'range';
  start: number;
  length: number;
  step: number;
  range?: [start: number, end: number];
}
export type StoredData = StoredValueData | StoredSequenceData | RangeData;

/** The store that secrets are said to lie in: it can be read only where a task's body is called. */
export const secretStore = 'secret';
/** The secret of that name. */
export const secretData = (name: string): StoredValueData => ({
  kind: 'value',
  stored: { store: secretStore, key: name, bytes: 0, sha256: '' },
});

/** Found on whatever stands in for a stored value, in every copy of this module. */
export const storedTag = Symbol.for('perdure.stored');

export const isSecret = (data: StoredData): boolean => data.kind === 'value' && data.stored.store === secretStore;

/** Stands in for a value that lies in the store. */
export class Stored {
  readonly [storedTag]: StoredData;
  constructor(data: StoredData) {
    this[storedTag] = data;
  }
}

export const storedIn = (value: unknown): StoredData | undefined =>
  typeof value === 'object' && value !== null && storedTag in value
    ? (value as { [storedTag]: StoredData })[storedTag]
    : undefined;

/** A result of more bytes than this, encoded, goes to the store; a smaller one lies in the history. */
export const inlineLimitBytes = 8 * 1024;
/** A stored value of more bytes than this is not brought into flow code. */
export const awaitLimitBytes = 1024 * 1024;
