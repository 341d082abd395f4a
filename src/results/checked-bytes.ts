/**
 * The checks that every store makes on what goes through it: the size while it is written, length and hash when it is
 * read. HOST.
 */
import { createHash } from 'node:crypto';
import type { StoredBytes } from '../core/result-ref.js';
import { corrupt, mismatch, tooLarge } from './store-errors.js';
import { checkKey } from './keys.js';
import type { ByteRange, ByteSource } from './store.js';

interface Limits {
  id: string;
  maxBytes: number;
}

/** Passes a source's pieces on to one writer, and knows afterwards what went through. */
export class MeasuredBytes {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly key: string,
    private readonly store: Limits,
  ) {}

  take(piece: Uint8Array): Uint8Array {
    this.bytes += piece.byteLength;
    if (this.bytes > this.store.maxBytes)
      throw tooLarge({ store: this.store.id, key: this.key }, this.bytes, this.store.maxBytes);
    this.hash.update(piece);
    return piece;
  }
  /** Once, after the last piece. */
  ref(): StoredBytes {
    return { store: this.store.id, key: this.key, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }
}

/** The pieces of a source; one piece for bytes. */
export async function* piecesOf(source: ByteSource): AsyncIterable<Uint8Array> {
  if (source instanceof Uint8Array) yield source;
  else yield* source;
}

/** Refuses what this store cannot have, before anything is looked at. */
export const checkRef = (ref: StoredBytes, store: Limits): void => {
  if (ref.store !== store.id) throw mismatch(ref, store.id);
  checkKey(ref.key, store.id);
};

export const checkRange = (ref: StoredBytes, { start, end }: ByteRange): void => {
  if (!(Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end && end <= ref.bytes))
    throw corrupt(ref, { why: `has no bytes ${start} to ${end}: ${ref.bytes} were written` });
};

/** @throws ResultStoreError RESULT_CORRUPT */
export const checkBytes = (ref: StoredBytes, bytes: Uint8Array): Uint8Array => {
  if (bytes.byteLength !== ref.bytes) throw corrupt(ref, { bytes: bytes.byteLength });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== ref.sha256) throw corrupt(ref, { bytes: bytes.byteLength, sha256 });
  return bytes;
};

/** Passes pieces on and fails at the end, before the reader hears that it is the end, when they were not the ones written. */
export async function* checkPieces(ref: StoredBytes, pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    bytes += piece.byteLength;
    if (bytes > ref.bytes) throw corrupt(ref, { bytes });
    yield piece;
  }
  const sha256 = hash.digest('hex');
  if (bytes !== ref.bytes || sha256 !== ref.sha256) throw corrupt(ref, { bytes, sha256 });
}
