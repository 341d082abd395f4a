/** Lengths and parts of stored sequences, without reading them. Pure. */
import { positionsIn } from '../../core/segment-positions.js';
import type { RangeData, Segment, StoredData, StoredSequenceData } from '../../core/result-ref.js';

/** How many items are meant; `undefined` when that takes reading: parts were taken of it, or it is no sequence. */
export const sequenceLength = (data: StoredData): number | undefined => {
  if (data.kind === 'value' || (data.kind === 'sequence' && data.picks?.length)) return undefined;
  return data.range === undefined ? data.length : data.range[1] - data.range[0];
};

/** Positions of items that have no value, or were skipped, as far as they are known without reading. */
export const positionsOf = (data: StoredSequenceData | RangeData, which: 'holes' | 'skipped'): number[] => {
  if (data.kind === 'range' || !Array.isArray(data.segments)) return [];
  const [from, to] = data.range ?? [0, data.length];
  return positionsIn(data.segments, which).flatMap((at) => (at >= from && at < to ? [at - from] : []));
};

/** Items `[start, end)` of `data`, with no more of its segments than they lie in. */
export const sliceOf = (
  data: StoredSequenceData | RangeData,
  start: number,
  end: number,
): StoredSequenceData | RangeData => {
  const offset = data.range?.[0] ?? 0;
  const range: [number, number] = [offset + start, offset + end];
  if (data.kind === 'range' || !Array.isArray(data.segments)) return { ...data, range };
  const segments: Segment[] = [];
  let before = 0;
  let first = 0;
  for (const segment of data.segments) {
    if (before + segment.length <= range[0]) first = before + segment.length;
    else if (before < range[1]) segments.push(segment);
    before += segment.length;
  }
  return {
    ...data,
    segments,
    length: segments.reduce((sum, segment) => sum + segment.length, 0),
    range: [range[0] - first, range[1] - first],
  };
};
