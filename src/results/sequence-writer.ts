/**
 * Writes a sequence as its items come: cuts it into segments of about 1 MiB or 10,000 items, each an object of its own,
 * and holds no more than a few of them. HOST.
 */
import { AuthoringError } from '../core/errors.js';
import { inlineLimitBytes, type Segment, type StoredBytes, type StoredSequenceData } from '../core/result-ref.js';
import { walkValue } from '../core/walk-value.js';
import { roughBytes } from './rough-bytes.js';
import { storeError } from './store-errors.js';
import type { ResultStore } from './store.js';
import { decodeValue, type EncodedValue, encodeValue } from './value-bytes.js';

export interface SequenceWriterOptions {
  /** What it is to whoever reads it. Default: `dataset`. */
  as?: 'array' | 'dataset';
  /** Where a segment is cut, whatever comes first. Default: about 1 MiB, 10,000 items. */
  segmentBytes?: number;
  segmentItems?: number;
  /** A sequence of no more bytes is not written: its items lie in what `finish` gives. Default: 8 KiB. */
  inlineLimit?: number;
  /** The array whose items these are, when that is to be noticed: see `leadsBack`. */
  whole?: readonly unknown[];
  /** Called with each item; what it throws ends the writing. */
  check?: (item: unknown) => void;
}

/** Segments that are written at once; more wait. */
const maxUnderway = 4;
/** A longer list of segments is written too, and only where it lies is passed on. */
const maxListedSegments = 16;
/** Of one segment, unless a single item has more. */
const defaultSegmentBytes = 1024 * 1024;
const defaultSegmentItems = 10_000;

export class SequenceWriter {
  private readonly done: Segment[] = [];
  private readonly underway = new Set<Promise<void>>();
  private items: unknown[] = [];
  private holes: number[] = [];
  private itemBytes = 0;
  private length = 0;
  private failure: { error: unknown } | undefined;
  /** Of the encoded segments that were written so far. */
  writtenBytes = 0;
  /** An item leads back to the `whole`: what was written repeats it, and is not the value. */
  leadsBack = false;

  private readonly segmentBytes: number;
  private readonly segmentItems: number;

  /** `prefix` starts the keys of its objects, and of no others: see `writePrefix`. */
  constructor(
    private readonly store: ResultStore,
    private readonly prefix: string,
    private readonly options: SequenceWriterOptions = {},
  ) {
    this.segmentBytes = options.segmentBytes ?? defaultSegmentBytes;
    this.segmentItems = options.segmentItems ?? defaultSegmentItems;
  }

  /** Adds an item. Wait for what it gives, if anything: the store is behind. */
  append(item: unknown): Promise<void> | undefined {
    this.options.check?.(item);
    this.items.push(item);
    this.itemBytes += roughBytes(item, this.segmentBytes);
    return this.itemBytes >= this.segmentBytes || this.items.length >= this.segmentItems ? this.cut() : undefined;
  }

  /** Adds a position that has no value. */
  appendHole(): Promise<void> | undefined {
    this.holes.push(this.items.length);
    return this.append(null);
  }

  /** Whatever `items` throws comes when nothing is being written any more. */
  async appendAll(items: Iterable<unknown> | AsyncIterable<unknown>): Promise<void> {
    try {
      if (!(Symbol.iterator in items)) for await (const item of items) await this.append(item);
      else
        for (const item of items) {
          const behind = this.append(item);
          if (behind !== undefined) await behind;
          if (this.leadsBack) return;
        }
    } catch (error) {
      await Promise.all(this.underway);
      throw error;
    }
  }

  /** Ends it: the sequence, whose objects are all written. */
  async finish(): Promise<StoredSequenceData> {
    const segments = await this.finishSegments();
    return {
      kind: 'sequence',
      as: this.options.as ?? 'dataset',
      length: this.length,
      segments: segments.length > maxListedSegments ? await this.writeList(segments) : segments,
    };
  }

  /** Ends it, for a part of a longer sequence: its segments, however many. */
  async finishSegments(): Promise<Segment[]> {
    if (this.items.length > 0) {
      const encoded = this.encodeItems();
      if (this.done.length === 0 && encoded.bytes.byteLength <= (this.options.inlineLimit ?? inlineLimitBytes))
        // Decoded again: what the caller does to its own items later is not to be seen.
        this.take({ items: decodeValue(encoded.bytes) as unknown[] });
      else this.write(encoded);
    }
    await Promise.all(this.underway);
    if (this.failure) throw this.failure.error;
    return this.done;
  }

  private cut(): Promise<void> | undefined {
    this.write(this.encodeItems());
    if (this.failure) throw this.failure.error;
    return this.underway.size < maxUnderway ? undefined : Promise.race(this.underway);
  }

  /** Makes the gathered items a segment, whose place in the order is settled before its bytes are written. */
  private take(where: Pick<Segment, 'items' | 'stored'>): Segment {
    const { items, holes } = this;
    const segment: Segment = { length: items.length, ...where, ...(holes.length > 0 ? { holes } : {}) };
    this.done.push(segment);
    this.length += items.length;
    this.items = [];
    this.holes = [];
    this.itemBytes = 0;
    return segment;
  }

  private write({ bytes }: EncodedValue): void {
    const key = `${this.prefix}-${this.done.length}`;
    const segment = this.take({});
    this.writtenBytes += bytes.byteLength;
    const writing = this.store
      .put(key, bytes)
      .then(
        (stored) => {
          segment.stored = stored;
        },
        (error: unknown) => {
          this.failure ??= { error };
        },
      )
      .finally(() => this.underway.delete(writing));
    this.underway.add(writing);
  }

  private encodeItems(): EncodedValue {
    try {
      const encoded = encodeValue(this.items);
      const { whole } = this.options;
      if (whole !== undefined && encoded.format === 'devalue')
        this.leadsBack ||= walkValue(this.items, (value) => value === whole);
      return encoded;
    } catch (error) {
      if (error instanceof RangeError) throw this.noText(error);
      throw fromHere(error, this.length);
    }
  }

  private noText(error: RangeError): Error {
    const at = { store: this.store.id, key: `${this.prefix}-${this.done.length}` };
    const says = `has an item with more text than JavaScript can make of one value (${error.message}).`;
    return storeError('RESULT_TOO_LARGE', at, { says });
  }

  private async writeList(segments: Segment[]): Promise<StoredBytes> {
    return this.store.put(`${this.prefix}-list`, encodeValue(segments).bytes);
  }
}

/** Paths within a segment count from its start; the user's own from that of the sequence. */
const fromHere = (error: unknown, before: number): unknown => {
  const { path } = (error as AuthoringError).details ?? {};
  const [first, index] = typeof path === 'string' ? (/^\[(\d+)\]/.exec(path) ?? []) : [];
  if (!(error instanceof AuthoringError) || before === 0 || first === undefined) return error;
  const own = `[${before + Number(index)}]${(path as string).slice(first.length)}`;
  return new AuthoringError(error.code, error.message.replace(`(at ${path as string})`, `(at ${own})`), {
    details: { ...error.details, path: own },
  });
};
