/** The stretches of a map's items that are in no batch. Pure. */
import type { Stretch } from './batch-reports.js';

/** Each from the first to before the second. */
export const gapsIn = (batches: readonly Stretch[], width: number): [number, number][] => {
  const sorted = [...batches].sort((a, b) => a.start - b.start);
  const gaps: [number, number][] = [];
  let at = 0;
  for (const { start, end } of sorted) {
    if (start > at) gaps.push([at, start]);
    at = end;
  }
  if (at < width) gaps.push([at, width]);
  return gaps;
};
