/**
 * From what a map was given to its children's shares, once its upstream has come so far. Pure. An earlier map in batches
 * is followed batch by batch where this one can, and waited for where it cannot.
 */
import { Stored, storedIn } from '../../core/result-ref.js';
import { mayBatch } from './choose-body.js';
import { flatShare } from './flat-share.js';
import { type MapInput, type Share, shareOfValue } from './map-inputs.js';
import type { MapRun } from './map-run.js';
import { sourceOf } from './source.js';
import { sequenceLength } from './stored-slices.js';
import type { Invoked } from './task-run.js';

/** Maps in batches that must have ended first, because this map's batches cannot be theirs. */
export const barriersOf = (inputs: readonly MapInput[], invoked: Invoked): MapRun[] => {
  const stages = inputs.flatMap((input) => (input.kind === 'stage' && input.map.batches ? [input.map] : []));
  const isSimple = inputs.every((input) => (input.kind === 'stage' ? !input.allowsFailure : input.kind === 'constant'));
  const follows = isSimple && invoked.gate === undefined && mayBatch(invoked) && invoked.map?.zip !== 'shortest';
  return stages.length === 1 && follows ? [] : stages.filter((map) => !map.ended);
};

/** A promise only where that takes reading: parts were taken of what lies in the store, or lists have to be laid together. */
export const sharesOf = (run: MapRun, inputs: readonly MapInput[], invoked: Invoked): (Share | Promise<Share>)[] => {
  const follows = (map: MapRun): boolean =>
    map.batches !== undefined && mayBatch(invoked) && !map.ended && barriersOf(inputs, invoked).length === 0;
  return inputs.map((input) => {
    if (input.kind === 'stage') return stageShare(run, input, follows);
    return input.kind === 'future' ? futureShare(run, input) : input;
  });
};

const futureShare = (run: MapRun, { future, run: upstream, flat }: Extract<MapInput, { kind: 'future' }>) => {
  if (flat !== undefined && run.slotted.has(flat)) return flatShare(flat);
  const value = sourceOf(future)?.resolve();
  const data = storedIn(value);
  if (data === undefined || sequenceLength(data) !== undefined) return shareOfValue(value, run.name, upstream.id);
  return run.flowRun.port
    .sequence(data)
    .then((read) => shareOfValue(Array.isArray(read) ? read : new Stored(read), run.name, upstream.id));
};

/** What a later map sees of one in batches that has ended. */
export const endedShare = ({ batches, body }: MapRun): Extract<Share, { kind: 'items' | 'stored' }> => {
  const value = batches?.reports.holes.length ? batches.reports.stored() : body?.value();
  const data = storedIn(value);
  return data?.kind === 'sequence' ? { kind: 'stored', data } : { kind: 'items', items: (value ?? []) as unknown[] };
};

const stageShare = (
  run: MapRun,
  input: Extract<MapInput, { kind: 'stage' }>,
  follows: (map: MapRun) => boolean,
): Share => {
  const { map, allowsFailure } = input;
  if (map.width === undefined || (allowsFailure && map.failed && map.batches !== undefined))
    return shareOfValue(map.valueOrFailure(), run.name, map.id);
  if (map.batches === undefined || follows(map)) return input;
  const { holes, skipped } = map.batches.reports;
  return { ...endedShare(map), from: { map, failed: new Set(holes), skipped: new Set(skipped) } };
};
