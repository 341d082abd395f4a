/**
 * Lists of a stored sequence laid together, written as they come: one without a value keeps one place, which has none
 * either. HOST.
 */
import type { Segment, StoredSequenceData } from '../core/result-ref.js';
import { markSkipped, positionsIn } from '../core/segment-positions.js';
import type { Place } from './place.js';
import type { Values } from './values.js';

/** A sequence whose list of segments is at hand. */
export type ListedSequence = StoredSequenceData & { segments: Segment[] };

export const flattenSlots = async (
  values: Values,
  place: Place,
  { picks: _flatten, ...lists }: ListedSequence,
): Promise<ListedSequence> => {
  const writer = await values.sequence(place, { as: 'array' });
  const offset = lists.range?.[0] ?? 0;
  const wasSkipped = new Set(positionsIn(lists.segments, 'skipped'));
  const skipped: number[] = [];
  let length = 0;
  for await (const { start, items, holes } of values.readStretches(lists, 0, lists.length)) {
    const without = new Set(holes);
    for (const [i, list] of items.entries()) {
      const own: unknown[] = Array.isArray(list) ? list : [list];
      if (wasSkipped.has(offset + start + i)) skipped.push(length);
      length += without.has(i) ? 1 : own.length;
      await (without.has(i) ? writer.appendHole() : writer.appendAll(own));
    }
  }
  const segments = markSkipped(await writer.finishSegments(), skipped);
  return { kind: 'sequence', as: 'array', length, segments };
};
