/**
 * Copies of all that a value has in the store, object by object, so that it no longer hangs on the run that made it. HOST.
 * Objects are copied by the store, unread; only those that may refer to others are read, and written anew with what their
 * references became.
 */
import {
  type Segment,
  Stored,
  type StoredBytes,
  type StoredData,
  type StoredSequenceData,
} from '../core/result-ref.js';
import { resolveStored } from './resolve.js';
import { decodeChecked } from './sequence-reader.js';
import type { ResultStore } from './store.js';
import { encodeValue, mayRefer } from './value-bytes.js';

/** Enough of an object to tell whether it may refer to others. */
const headBytes = 16;
/** Objects of one sequence that are copied at once. */
const maxUnderway = 8;

class Copying {
  private count = 0;
  private readonly done = new Map<string, Promise<StoredBytes>>();

  constructor(
    private readonly store: ResultStore,
    private readonly prefix: string,
  ) {}

  value(value: unknown): Promise<unknown> {
    return resolveStored(value, async (data) => new Stored(await this.data(data)));
  }

  private async data(data: StoredData): Promise<StoredData> {
    if (data.kind === 'range') return data;
    if (data.kind === 'value') return { ...data, stored: await this.object(data.stored) };
    return { ...data, segments: await this.segments(data.segments) };
  }

  private async segments(segments: StoredSequenceData['segments']): Promise<StoredSequenceData['segments']> {
    if (Array.isArray(segments)) return this.list(segments);
    const list = decodeChecked(segments, await this.store.get(segments)) as Segment[];
    return this.write(await this.list(list));
  }

  private async list(segments: readonly Segment[]): Promise<Segment[]> {
    const copies = new Array<Segment>(segments.length);
    const next = segments.entries();
    const worker = async (): Promise<void> => {
      for (const [i, segment] of next) {
        const { stored, items } = segment;
        copies[i] = {
          ...segment,
          ...(stored === undefined ? {} : { stored: await this.object(stored) }),
          ...(items === undefined ? {} : { items: (await this.value([...items])) as unknown[] }),
        };
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxUnderway, segments.length) }, worker));
    return copies;
  }

  /** Once, however often it is referred to. */
  private object(ref: StoredBytes): Promise<StoredBytes> {
    const made = this.done.get(ref.key) ?? this.copyObject(ref);
    this.done.set(ref.key, made);
    return made;
  }

  private async copyObject(ref: StoredBytes): Promise<StoredBytes> {
    const head = await this.store.get(ref, { start: 0, end: Math.min(headBytes, ref.bytes) });
    if (!mayRefer(head)) return this.store.copy(ref, this.nextKey());
    const value = decodeChecked(ref, await this.store.get(ref));
    return this.write(await this.value(value));
  }

  private write(value: unknown): Promise<StoredBytes> {
    return this.store.put(this.nextKey(), encodeValue(value).bytes);
  }

  private nextKey(): string {
    return `${this.prefix}.${this.count++}`;
  }
}

/** `value` with copies under keys that begin with `prefix` in the place of all that is stored of it. */
export const copyStored = (store: ResultStore, prefix: string, value: unknown): Promise<unknown> =>
  new Copying(store, prefix).value(value);
