/**
 * The result store in this process's own memory, for runs that never leave it. HOST. Objects go with the last that holds
 * the store; by its URL it is found only in the process, and for the time, in which it is open.
 */
import { randomUUID } from 'node:crypto';
import { ConfigError } from '../core/errors.js';
import type { StoredBytes } from '../core/result-ref.js';
import { checkBytes, checkPieces, checkRange, checkRef, MeasuredBytes, piecesOf } from './checked-bytes.js';
import { checkKey, checkPrefix } from './keys.js';
import { corrupt, missing, tooLarge } from './store-errors.js';
import {
  type ByteRange,
  type ByteSource,
  defaultMaxBytes,
  type ListedObject,
  type ResultStore,
  type StoredDocument,
} from './store.js';

interface MemoryObject {
  bytes: Uint8Array;
  modifiedMs: number;
  /** Of a document. */
  version?: number;
}

let lastVersion = 0;

/** What one or several stores share. */
export interface MemoryObjects {
  /** `memory:<name>`, for whoever opens stores by their URL in this process. */
  readonly url: string;
  /** What is not among them is looked for among all such objects of this process: a value of one run given to another. */
  readonly isShared: boolean;
  readonly byKey: Map<string, MemoryObject>;
  /** Where those under a prefix lie that are to be there after the rest. */
  readonly outlasting?: { readonly prefix: string; readonly objects: MemoryObjects };
}

// By what holds them: whoever made the objects keeps the entry alive.
const known = new Map<string, WeakRef<MemoryObjects>>();
const forget = new FinalizationRegistry<string>((url) => known.delete(url));

export const createMemoryObjects = ({
  isShared = false,
  outlasting,
}: Partial<Pick<MemoryObjects, 'isShared' | 'outlasting'>> = {}): MemoryObjects => {
  const url = `memory:${randomUUID()}`;
  const objects: MemoryObjects = { url, isShared, byKey: new Map(), ...(outlasting && { outlasting }) };
  known.set(objects.url, new WeakRef(objects));
  forget.register(objects, objects.url);
  return objects;
};

/** The objects that `url` names. @throws ConfigError BAD_CONFIG where this process has none by that name */
export const memoryObjects = (url: string): MemoryObjects => {
  const objects = known.get(url)?.deref();
  if (objects !== undefined) return objects;
  throw new ConfigError(
    'BAD_CONFIG',
    `The result store ${JSON.stringify(url)} cannot be opened: a store in memory is there only in the process that made it, as long as its run is.`,
    { details: { store: url } },
  );
};

const foundElsewhere = (key: string): MemoryObject | undefined => {
  for (const entry of known.values()) {
    const objects = entry.deref();
    const found = objects?.isShared ? objects.byKey.get(key) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
};

export const createMemoryStore = (objects: MemoryObjects, options: { maxBytes?: number } = {}): ResultStore =>
  new MemoryStore(objects, options.maxBytes ?? defaultMaxBytes);

class MemoryStore implements ResultStore {
  readonly id = 'memory';

  constructor(
    private readonly objects: MemoryObjects,
    readonly maxBytes: number,
  ) {}

  private at(key: string): Map<string, MemoryObject> {
    const { outlasting, byKey } = this.objects;
    return outlasting !== undefined && key.startsWith(outlasting.prefix) ? outlasting.objects.byKey : byKey;
  }

  async put(key: string, source: ByteSource): Promise<StoredBytes> {
    checkKey(key, this.id);
    const measured = new MeasuredBytes(key, this);
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(source)) pieces.push(measured.take(piece));
    // A copy: what was given is the giver's, and may change.
    this.at(key).set(key, { bytes: Buffer.concat(pieces), modifiedMs: Date.now() });
    return measured.ref();
  }

  async get(ref: StoredBytes, range?: ByteRange): Promise<Uint8Array> {
    const bytes = this.bytesOf(ref);
    if (range !== undefined) {
      checkRange(ref, range);
      return Uint8Array.prototype.slice.call(bytes, range.start, range.end);
    }
    if (ref.bytes > this.maxBytes) throw tooLarge(ref, ref.bytes, this.maxBytes);
    return Uint8Array.prototype.slice.call(checkBytes(ref, bytes));
  }

  async *stream(ref: StoredBytes): AsyncIterable<Uint8Array> {
    yield* checkPieces(ref, piecesOf(this.bytesOf(ref)));
  }

  /** Of the length that was written. */
  private bytesOf(ref: StoredBytes): Uint8Array {
    checkRef(ref, this);
    const found = this.at(ref.key).get(ref.key) ?? (this.objects.isShared ? foundElsewhere(ref.key) : undefined);
    if (found === undefined) throw missing(ref);
    if (found.bytes.byteLength !== ref.bytes) throw corrupt(ref, { bytes: found.bytes.byteLength });
    return found.bytes;
  }

  async copy(ref: StoredBytes, key: string): Promise<StoredBytes> {
    const bytes = this.bytesOf(ref);
    // Nobody changes an object's bytes: what is given out is a copy.
    this.at(key).set(checkKey(key, this.id), { bytes, modifiedMs: Date.now() });
    return { ...ref, key };
  }

  async document(key: string): Promise<StoredDocument | undefined> {
    const found = this.at(key).get(checkKey(key, this.id));
    return found && { bytes: found.bytes, version: String(found.version ?? 0) };
  }

  async swap(key: string, expected: string | undefined, bytes: Uint8Array): Promise<string | undefined> {
    const found = this.at(key).get(checkKey(key, this.id));
    if ((found && String(found.version ?? 0)) !== expected) return undefined;
    const version = ++lastVersion;
    this.at(key).set(key, { bytes: new Uint8Array(bytes), modifiedMs: Date.now(), version });
    return String(version);
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    checkPrefix(prefix, this.id);
    const keys = [...this.at(prefix).keys()].filter((key) => key.startsWith(prefix));
    for (const key of keys.sort(byFolder)) {
      const found = this.at(key).get(key);
      if (found !== undefined) yield { key, bytes: found.bytes.byteLength, modifiedMs: found.modifiedMs };
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    checkPrefix(prefix, this.id);
    const there = this.at(prefix);
    for (const key of there.keys()) if (key.startsWith(prefix)) there.delete(key);
  }

  async close(): Promise<void> {}
}

/** In the order in which folders are walked. */
const byFolder = (a: string, b: string): number => (a.replaceAll('/', '\0') < b.replaceAll('/', '\0') ? -1 : 1);
