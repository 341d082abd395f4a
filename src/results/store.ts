/**
 * What a result store is: objects of bytes by key, written whole or not at all and checked on each read. HOST. It knows
 * nothing of values, encodings or runs; `values.ts` does.
 */
import type { StoredBytes } from '../core/result-ref.js';

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array>;

/** Bytes `[start, end)` of an object. */
export interface ByteRange {
  start: number;
  end: number;
}

export interface ListedObject {
  key: string;
  bytes: number;
  modifiedMs: number;
}

export interface ResultStore {
  /** Names the store in what refers to it: `file`, or `s3://bucket/prefix`. */
  readonly id: string;
  /** Largest object that is written or read whole, in bytes. */
  readonly maxBytes: number;

  /**
   * Writes an object: a reader sees nothing, or all of it. Of several writers of one key the last one wins.
   * @throws ResultStoreError RESULT_TOO_LARGE above `maxBytes`, STORE_FAILED; nothing is left behind
   */
  put(key: string, source: ByteSource): Promise<StoredBytes>;
  /**
   * The object, checked against length and hash. With a range only the object's length is checked, for the hash is of
   * the whole: what has to be checked in parts is stored in parts, each an object of its own.
   * @throws ResultStoreError RESULT_MISSING, RESULT_CORRUPT, RESULT_TOO_LARGE, STORE_MISMATCH, STORE_FAILED
   */
  get(ref: StoredBytes, range?: ByteRange): Promise<Uint8Array>;
  /** The object piece by piece. The hash is known at the end: until the last piece has come without an error, trust none. */
  stream(ref: StoredBytes): AsyncIterable<Uint8Array>;
  /** Every object whose key starts with `prefix`, which ends with `/`, folder by folder. Unfinished writes are not objects. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Removes every object whose key starts with `prefix`, which ends with `/`. Nothing there is no error. */
  deletePrefix(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** Two gigabytes, the most that Node reads at once. */
export const defaultMaxBytes = 2 * 1024 ** 3 - 1;
