/**
 * Reads stored sequences a segment at a time, from any position, and says which positions have no value. HOST. Bytes of
 * segments that were read lately are kept for the next reader; each reader gets values of its own.
 */
import type { Segment, StoredBytes, StoredSequenceData } from '../core/result-ref.js';
import { BoundedCache } from './bounded-cache.js';
import { corrupt } from './store-errors.js';
import type { ResultStore } from './store.js';
import { decodeValue, encodeValue, mayRefer } from './value-bytes.js';

/** Consecutive items of a sequence. */
export interface Stretch {
  /** Position of the first, counted from the start of what is meant. */
  start: number;
  items: unknown[];
  /** Positions within `items` that have no value; `undefined` lies there. */
  holes: number[];
  /** Whether items may hold what stands in for other stored values. */
  mayRefer: boolean;
}

interface SegmentList {
  segments: readonly Segment[];
  /** Position of each segment's first item. */
  starts: readonly number[];
}

const listOf = (segments: readonly Segment[]): SegmentList => {
  const starts: number[] = [];
  let before = 0;
  for (const { length } of segments) {
    starts.push(before);
    before += length;
  }
  return { segments, starts };
};

/** The last of ascending `starts` that is not beyond `position`. */
const lastBefore = (starts: readonly number[], position: number): number => {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= position) low = middle;
    else high = middle;
  }
  return low;
};

export const decodeChecked = (ref: StoredBytes, bytes: Uint8Array): unknown => {
  try {
    return decodeValue(bytes);
  } catch (error) {
    throw corrupt(ref, { why: `is not an encoded value (${(error as Error).message})` });
  }
};

export class SequenceReader {
  private readonly bytes: BoundedCache<Uint8Array>;
  private readonly lists: BoundedCache<SegmentList>;

  constructor(
    private readonly store: ResultStore,
    cacheBytes: number,
  ) {
    this.bytes = new BoundedCache(cacheBytes);
    this.lists = new BoundedCache(cacheBytes);
  }

  /** Items `[start, end)` of what `data` means before its picks, a segment or a part of one at a time. */
  async *stretches(data: StoredSequenceData, start: number, end: number): AsyncIterable<Stretch> {
    const offset = data.range?.[0] ?? 0;
    const last = Math.min(offset + end, data.range?.[1] ?? data.length);
    const { segments, starts } = await this.segmentsOf(data);
    for (let position = offset + start, i = lastBefore(starts, position); position < last; i++) {
      const [segment, before] = [segments[i], starts[i]];
      if (segment === undefined || before === undefined) throw this.tooFew(data);
      const [from, to] = [position - before, Math.min(segment.length, last - before)];
      if (to > from) yield { start: position - offset, ...(await this.part(segment, from, to)) };
      position = before + segment.length;
    }
  }

  private async segmentsOf({ segments }: StoredSequenceData): Promise<SegmentList> {
    if (Array.isArray(segments)) return listOf(segments);
    return this.lists.get(nameOf(segments), async () => ({
      value: listOf(decodeChecked(segments, await this.store.get(segments)) as Segment[]),
      // Decoded, about four times its text.
      bytes: segments.bytes * 4,
    }));
  }

  private async part(segment: Segment, from: number, to: number): Promise<Omit<Stretch, 'start'>> {
    const { items, refers } = await this.itemsOf(segment);
    const part = from === 0 && to === items.length ? items : items.slice(from, to);
    const holes = (segment.holes ?? []).filter((hole) => hole >= from && hole < to).map((hole) => hole - from);
    for (const hole of holes) part[hole] = undefined;
    return { items: part, holes, mayRefer: refers };
  }

  private async itemsOf(segment: Segment): Promise<{ items: unknown[]; refers: boolean }> {
    const { stored } = segment;
    if (stored === undefined) {
      // A copy, at every depth: what readers do to their items must not change what the next one gets.
      const { bytes, format } = encodeValue(segment.items ?? []);
      return { items: decodeValue(bytes) as unknown[], refers: format === 'devalue' };
    }
    const bytes = await this.bytes.get(nameOf(stored), async () => ({
      value: await this.store.get(stored),
      bytes: stored.bytes,
    }));
    const items = decodeChecked(stored, bytes);
    if (!Array.isArray(items) || items.length !== segment.length)
      throw corrupt(stored, { why: `does not hold ${segment.length} items` });
    return { items, refers: mayRefer(bytes) };
  }

  private tooFew(data: StoredSequenceData): Error {
    const at = Array.isArray(data.segments) ? data.segments.find(({ stored }) => stored)?.stored : data.segments;
    const ref = at ?? { store: this.store.id, key: 'unknown', bytes: 0, sha256: '' };
    return corrupt(ref, { why: `belongs to a sequence that says it has ${data.length} items and has fewer` });
  }
}

/** Two objects of one key, at different times, are two. */
const nameOf = (ref: StoredBytes): string => `${ref.store} ${ref.key} ${ref.sha256}`;
