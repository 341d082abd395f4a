/** Positions of what is unusual among the items of a sequence: noted segment by segment, meant over all of them. Pure. */
import type { Segment } from './result-ref.js';

/** Positions within the sequence of `segments` that have no value, or those that were skipped. */
export const positionsIn = (segments: readonly Segment[], which: 'holes' | 'skipped'): number[] => {
  const positions: number[] = [];
  let before = 0;
  for (const segment of segments) {
    for (const position of segment[which] ?? []) positions.push(before + position);
    before += segment.length;
  }
  return positions;
};

/** `segments` with the ascending positions of skipped items noted in them. */
export const markSkipped = (segments: readonly Segment[], positions: readonly number[]): Segment[] => {
  let before = 0;
  let next = 0;
  return segments.map((segment) => {
    const skipped: number[] = [];
    for (; next < positions.length && (positions[next] ?? 0) < before + segment.length; next++)
      skipped.push((positions[next] ?? 0) - before);
    before += segment.length;
    return skipped.length === 0 ? segment : { ...segment, skipped };
  });
};
