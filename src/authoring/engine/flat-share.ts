/**
 * What `flatten(map)` gives a next map where not all items of the first have a list: the items of those that have, and one
 * slot for each other, which ends as it did. Pure; the lists themselves are laid together where they are read.
 */
import { type Segment, type StoredSequenceData, storedIn } from '../../core/result-ref.js';
import { positionsIn } from '../../core/segment-positions.js';
import type { EnginePort } from './engine-port.js';
import { itemHoles, itemSkips } from './item-positions.js';
import type { MapInput, Share } from './map-inputs.js';
import type { MapRun } from './map-run.js';
import type { TaskRun } from './task-run.js';

/** Whether not all items of `map` have lists. */
const hasSlots = (map: MapRun): boolean => {
  // A quorum is its first values: the others are no part of it.
  if (map.width === undefined || (map.options.firstSuccesses !== undefined && !map.failed)) return false;
  return itemHoles(map).length > 0 || map.hasSkipped;
};

/** Those of the maps whose lists are mapped over, and which have ended, of which some items have none. */
export const slottedIn = (inputs: readonly MapInput[], port: EnginePort): MapRun[] =>
  inputs.flatMap((input) => {
    const flat = input.kind === 'future' ? input.flat : undefined;
    // Before, all of the next map ended as that item did.
    return flat !== undefined && hasSlots(flat) && port.isNew('flattened-slots') ? [flat] : [];
  });

const listsOf = (map: MapRun): StoredSequenceData => {
  const kept = storedIn(map.batches?.reports.stored());
  if (kept?.kind === 'sequence') return kept;
  const items = (map.children ?? []).map(({ value }) => value);
  const { length } = items;
  const segments = [{ length, items, holes: itemHoles(map), skipped: itemSkips(map) }];
  return { kind: 'sequence', as: 'array', length, segments };
};

export const flatShare = async (map: MapRun): Promise<Share> => {
  // A list of which items have no value comes as a sequence that says which, however short it is.
  const read = (await map.flowRun.port.sequence({ ...listsOf(map), picks: [{ flatten: 1 }] })) as StoredSequenceData;
  const segments = read.segments as Segment[];
  const [failed, skipped] = [positionsIn(segments, 'holes'), positionsIn(segments, 'skipped')];
  const from = { map, failed: new Set(failed), skipped: new Set(skipped) };
  const { children } = map;
  if (children === undefined) return { kind: 'stored', data: read, from };
  // Their order is kept: the first slot is that of the first child without a list.
  const runs = new Map<number, TaskRun>();
  const note = (slots: readonly number[], indexes: readonly number[]): void =>
    slots.forEach((slot, i) => runs.set(slot, children[indexes[i]!]!));
  note(failed, itemHoles(map));
  note(skipped, itemSkips(map));
  return { kind: 'stored', data: read, from: { ...from, runs } };
};
