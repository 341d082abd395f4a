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

/** A small object that several processes change, as it stood when it was read. */
export interface StoredDocument {
  bytes: Uint8Array;
  /** For `swap`; means something to this store alone. */
  version: string;
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
  /** A second object of the same bytes, which lives on when the first one is deleted; made without reading them where it can be. */
  copy(ref: StoredBytes, key: string): Promise<StoredBytes>;
  /** What `swap` put there last; `undefined` where nothing is. Its keys are its own: no object is read or written by them. */
  document(key: string): Promise<StoredDocument | undefined>;
  /**
   * Puts a document in the place of the one that was read, if that is still there (`undefined`: if none is). Gives the new
   * version, or `undefined` when another process was first: then nothing was changed. After a failure (STORE_FAILED) it may
   * have been written.
   */
  swap(key: string, expected: string | undefined, bytes: Uint8Array): Promise<string | undefined>;
  /** Every object whose key starts with `prefix`, which ends with `/`, folder by folder. Unfinished writes are not objects. */
  list(prefix: string): AsyncIterable<ListedObject>;
  /** Removes every object whose key starts with `prefix`, which ends with `/`. Nothing there is no error. */
  deletePrefix(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** Two gigabytes, the most that Node reads at once. */
export const defaultMaxBytes = 2 * 1024 ** 3 - 1;
