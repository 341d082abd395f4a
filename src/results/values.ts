/**
 * Values, in and out of the result store: small ones stay what they are, large ones go there and leave a `Stored`. HOST.
 * What every task's result and arguments go through; it knows neither Temporal nor who runs the task.
 */
import { Dataset, type DatasetHost } from '../core/dataset.js';
import { pickPart } from '../core/pick-part.js';
import { numbersIn } from '../core/range.js';
import {
  inlineLimitBytes,
  secretStore,
  type PickStep,
  type RangeData,
  Stored,
  type StoredBytes,
  type StoredData,
  storedIn,
  type StoredSequenceData,
} from '../core/result-ref.js';
import { copyStored } from './copy-stored.js';
import { openPlace, type OwnPlace, type Place } from './place.js';
import { resolveStored } from './resolve.js';
import { roughBytes } from './rough-bytes.js';
import { decodeChecked, SequenceReader, type Stretch } from './sequence-reader.js';
import { SequenceWriter, type SequenceWriterOptions } from './sequence-writer.js';
import { storeError, tooLarge } from './store-errors.js';
import type { ResultStore } from './store.js';
import { encodeValue, mayRefer } from './value-bytes.js';

export interface ValuesOptions {
  /** Values of no more bytes, encoded, are given back as they are. Default: 8 KiB. */
  inlineLimit?: number;
  /** Bytes of segments that are kept after they were read. Default: 32 MiB. */
  cacheBytes?: number;
  /** Reads secrets, where a task's body is called. Default: they are refused. */
  secret?: (name: string) => Promise<string>;
  /** Called with each item of a dataset before it is written; what it throws ends the writing. */
  check?: (item: unknown) => void;
}

export interface Values {
  readonly store: ResultStore;
  /**
   * What stands for the value: itself when it is small, else a `Stored`. What is stored already is not copied.
   * @throws AuthoringError NOT_SERIALIZABLE, ResultStoreError RESULT_TOO_LARGE, STORE_FAILED
   */
  write(place: Place | OwnPlace, value: unknown): Promise<unknown>;
  /**
   * The same value, with copies of what is stored of it under `place`: it lives on when the original is gone. The rest of
   * `value` stays as it is. @throws ResultStoreError RESULT_MISSING, RESULT_CORRUPT
   */
  copy(place: Place | OwnPlace, value: unknown): Promise<unknown>;
  /** The value meant: a `Dataset` for a sequence that is one, an array for a range or any other sequence. */
  read(data: StoredData): Promise<unknown>;
  /** `value` with all that is stored in it read, at any depth; changes `value` in place. */
  resolve(value: unknown): Promise<unknown>;
  /** Items `[start, end)` of a stored array, dataset or range, a stretch at a time; `undefined` where none has a value. */
  readSlice(data: StoredData, start: number, end: number): AsyncIterable<unknown[]>;
  /** The same, with the positions that have no value. */
  readStretches(data: StoredData, start: number, end: number): AsyncIterable<Stretch>;
  /** How many items a stored array, dataset or range has; reads it when parts of it were picked. */
  lengthOf(data: StoredData): Promise<number | undefined>;
  /** Any value as one object, whatever its size. */
  put(place: Place | OwnPlace, value: unknown): Promise<StoredBytes>;
  get(ref: StoredBytes): Promise<unknown>;
  /** A writer of a sequence, for items that come one by one. */
  sequence(place: Place, options?: SequenceWriterOptions): Promise<SequenceWriter>;
  /** What datasets read and write through; without a place they can only be read. */
  datasetHost(place?: Place): DatasetHost;
}

const defaultCacheBytes = 32 * 1024 * 1024;
/** Numbers of a range that are made at once. */
const rangeStretch = 10_000;

export const createValues = (store: ResultStore, options: ValuesOptions = {}): Values =>
  new StoreValues(store, options);

class StoreValues implements Values {
  private readonly inlineLimit: number;
  private readonly secret: ValuesOptions['secret'];
  private readonly check: ValuesOptions['check'];
  private readonly reader: SequenceReader;

  constructor(
    readonly store: ResultStore,
    { inlineLimit = inlineLimitBytes, cacheBytes = defaultCacheBytes, secret, check }: ValuesOptions,
  ) {
    this.secret = secret;
    this.check = check;
    this.inlineLimit = inlineLimit;
    this.reader = new SequenceReader(store, cacheBytes);
  }

  async write(place: Place | OwnPlace, value: unknown): Promise<unknown> {
    if (storedIn(value) !== undefined || this.staysInline(value)) return value;
    const prefix = await openPlace(this.store, place);
    const sequence = Array.isArray(value) ? await this.writeArray(prefix, value) : undefined;
    return new Stored(sequence ?? { kind: 'value', stored: await this.store.put(prefix, this.encode(prefix, value)) });
  }

  async copy(place: Place | OwnPlace, value: unknown): Promise<unknown> {
    return copyStored(this.store, await openPlace(this.store, place), value);
  }

  private staysInline(value: unknown): boolean {
    if (roughBytes(value, this.inlineLimit) > this.inlineLimit) return false;
    return encodeValue(value).bytes.byteLength <= this.inlineLimit;
  }

  /** `undefined` for an array that its own items lead back to: in parts it would not be the same. */
  private async writeArray(prefix: string, value: unknown[]): Promise<StoredSequenceData | undefined> {
    const writer = new SequenceWriter(this.store, prefix, { as: 'array', inlineLimit: 0, whole: value });
    await writer.appendAll(value);
    const data = await writer.finish();
    return writer.leadsBack ? undefined : data;
  }

  async put(place: Place | OwnPlace, value: unknown): Promise<StoredBytes> {
    const prefix = await openPlace(this.store, place);
    return this.store.put(prefix, this.encode(prefix, value));
  }

  private encode(key: string, value: unknown): Uint8Array {
    try {
      return encodeValue(value).bytes;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const says = `has more text than JavaScript can make of one value (${error.message}). Return an array or a Dataset, which are stored in parts.`;
      throw storeError('RESULT_TOO_LARGE', { store: this.store.id, key }, { says });
    }
  }

  async get(ref: StoredBytes): Promise<unknown> {
    return decodeChecked(ref, await this.store.get(ref));
  }

  resolve(value: unknown): Promise<unknown> {
    return resolveStored(value, (data) => this.read(data));
  }

  async read(data: StoredData): Promise<unknown> {
    if (data.kind === 'range') return this.numbers(data);
    if (data.kind === 'sequence') return this.readSequence(data);
    if (data.stored.store === secretStore && this.secret !== undefined) return this.secret(data.stored.key);
    const bytes = await this.store.get(data.stored);
    const value = decodeChecked(data.stored, bytes);
    return mayRefer(bytes) || data.picks?.length ? this.pick(value, data.picks ?? []) : value;
  }

  /** Steps are taken before what is stored inside is read, so that only what is meant is. */
  private async pick(value: unknown, steps: readonly PickStep[]): Promise<unknown> {
    let part = value;
    for (const [i, step] of steps.entries()) {
      const data = storedIn(part);
      if (data !== undefined && data.kind !== 'range')
        return this.read({ ...data, picks: [...(data.picks ?? []), ...steps.slice(i)] });
      const whole = 'flatten' in step || data !== undefined ? await this.resolve(part) : part;
      part = pickPart(whole, step, { says: 'a stored result, where a part of it' });
    }
    return this.resolve(part);
  }

  private async readSequence(data: StoredSequenceData): Promise<unknown> {
    const [step, ...others] = data.picks ?? [];
    const { length } = new Dataset(data);
    if (step === undefined)
      return data.as === 'dataset' ? new Dataset(data, this.datasetHost()) : this.items(data, 0, length);
    if ('completed' in step) return this.pick(await this.firstCompleted(data, step.completed), others);
    if ('flatten' in step) return this.pick(await this.flattened(data), others);
    if (typeof step.at !== 'number') return this.pick(step.at === 'length' ? length : undefined, others);
    const at = step.at < 0 ? length + step.at : step.at;
    const [item] = at >= 0 && at < length ? await this.items(data, at, at + 1) : [];
    return this.pick(item, others);
  }

  private async items(data: StoredSequenceData, start: number, end: number): Promise<unknown[]> {
    const all: unknown[] = [];
    for await (const { items } of this.whole(data, start, end)) for (const item of items) all.push(item);
    return all;
  }

  private async firstCompleted(data: StoredSequenceData, count: number): Promise<unknown[]> {
    const found: unknown[] = [];
    for await (const { items, holes } of this.whole(data, 0, data.length)) {
      const without = new Set(holes);
      for (const [i, item] of items.entries()) {
        if (found.length >= count) return found;
        if (!without.has(i)) found.push(item);
      }
    }
    return found;
  }

  private async flattened(data: StoredSequenceData): Promise<unknown[]> {
    const all: unknown[] = [];
    // Where there is no list, that is one item, as in a list that is at hand.
    for await (const { items } of this.whole(data, 0, data.length))
      for (const item of items) for (const part of Array.isArray(item) ? (item as unknown[]) : [item]) all.push(part);
    return all;
  }

  /** Stretches before any pick, with what is stored inside the items read. */
  private async *whole(data: StoredSequenceData, start: number, end: number): AsyncIterable<Stretch> {
    for await (const stretch of this.reader.stretches(data, start, end)) {
      if (stretch.mayRefer) await this.resolve(stretch.items);
      yield stretch;
    }
  }

  private numbers(data: RangeData): number[] {
    const [from, to] = data.range ?? [0, data.length];
    const bytes = (to - from) * 8;
    if (bytes > this.store.maxBytes) throw tooLarge({ store: this.store.id, key: 'range' }, bytes, this.store.maxBytes);
    return numbersIn(data, from, to);
  }

  async *readSlice(data: StoredData, start: number, end: number): AsyncIterable<unknown[]> {
    for await (const { items } of this.readStretches(data, start, end)) yield items;
  }

  async *readStretches(data: StoredData, start: number, end: number): AsyncIterable<Stretch> {
    if (data.kind === 'range') yield* this.numberStretches(data, start, end);
    else if (data.kind === 'sequence' && !data.picks?.length) yield* this.whole(data, start, end);
    else {
      const value = await this.read(data);
      const stored = storedIn(value);
      if (stored !== undefined) yield* this.readStretches(stored, start, end);
      else yield { start, items: [...(value as Iterable<unknown>)].slice(start, end), holes: [], mayRefer: false };
    }
  }

  private *numberStretches(data: RangeData, start: number, end: number): Iterable<Stretch> {
    const [offset, last] = data.range ?? [0, data.length];
    for (let from = offset + start; from < Math.min(offset + end, last); from += rangeStretch) {
      const items = numbersIn(data, from, Math.min(from + rangeStretch, offset + end, last));
      yield { start: from - offset, items, holes: [], mayRefer: false };
    }
  }

  async lengthOf(data: StoredData): Promise<number | undefined> {
    if (data.kind === 'range') return data.range ? data.range[1] - data.range[0] : data.length;
    if (data.kind === 'sequence' && !data.picks?.length) return new Dataset(data).length;
    const value = await this.read(data);
    if (Array.isArray(value)) return value.length;
    return value instanceof Dataset ? value.length : undefined;
  }

  async sequence(place: Place, options: SequenceWriterOptions = {}): Promise<SequenceWriter> {
    const prefix = await openPlace(this.store, place);
    return new SequenceWriter(this.store, prefix, {
      ...{ inlineLimit: this.inlineLimit, ...options },
      ...(this.check !== undefined && options.as !== 'array' ? { check: this.check } : {}),
    });
  }

  datasetHost(place?: Place): DatasetHost {
    const readSlice: DatasetHost['readSlice'] = (data, start, end) => this.readSlice(data, start, end);
    if (place === undefined) return { readSlice };
    return {
      readSlice,
      write: async (items) => {
        const writer = await this.sequence(place, { as: 'dataset' });
        await writer.appendAll(items);
        return writer.finish();
      },
    };
  }
}
