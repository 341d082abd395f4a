/** What a map was given, and the share of each child in it. Pure. */
import { AuthoringError } from '../../core/errors.js';
import {
  isSecret,
  type RangeData,
  Stored,
  type StoredData,
  type StoredSequenceData,
  storedIn,
} from '../../core/result-ref.js';
import { Unmapped } from '../unmapped.js';
import { itemsOf } from './items.js';
import type { MapOptions } from './map-options.js';
import type { MapRun } from './map-run.js';
import { numberAt, pickFrom } from './pick.js';
import type { Run } from './run.js';
import { sourceOf } from './source.js';
import { sequenceLength } from './stored-slices.js';
import type { TaskRun } from './task-run.js';

/** The map whose values some items are, once it has ended; by the positions of the items, which of them have none. */
export interface Origin {
  map: MapRun;
  failed: ReadonlySet<number>;
  skipped: ReadonlySet<number>;
  /** The runs of both, where they have runs of their own. */
  runs?: ReadonlyMap<number, TaskRun>;
}

/** An argument as it was given. */
export type MapInput =
  | { kind: 'constant'; value: unknown }
  | { kind: 'items'; items: readonly unknown[]; from?: Origin }
  | { kind: 'stored'; data: StoredSequenceData | RangeData; from?: Origin }
  // `flat`: the map whose lists it flattens.
  | { kind: 'future'; future: unknown; run: Run; flat?: MapRun }
  | { kind: 'stage'; map: MapRun; allowsFailure: boolean };

/** An argument once its upstream has ended, or, of a stage, has got its children. */
export type Share = Exclude<MapInput, { kind: 'future' }>;

const isSequence = (data: StoredData): data is StoredSequenceData | RangeData => data.kind !== 'value';

/** `isStage` says whether a run is a map whose children this one can follow. */
export const mapInput = (arg: unknown, name: string, isStage: (run: Run) => run is MapRun): MapInput => {
  if (arg instanceof Unmapped) return { kind: 'constant', value: arg.value };
  const source = sourceOf(arg);
  if (source !== undefined) {
    const { run, isWhole, flattens, allowsFailure = false } = source;
    if (isWhole && isStage(run)) return { kind: 'stage', map: run, allowsFailure };
    return { kind: 'future', future: arg, run, ...(flattens && isStage(run) ? { flat: run } : {}) };
  }
  const data = storedIn(arg);
  if (data !== undefined) {
    // One text, as a text itself is.
    if (isSecret(data)) return { kind: 'constant', value: arg };
    if (isSequence(data) && sequenceLength(data) !== undefined) return { kind: 'stored', data };
    throw nothingToMap(name, `a stored value that is no array`, {});
  }
  if (Array.isArray(arg)) return { kind: 'items', items: arg };
  if (typeof arg === 'object' && arg !== null && Symbol.iterator in arg)
    return { kind: 'items', items: itemsOf(arg as Iterable<unknown>, name) };
  return { kind: 'constant', value: arg };
};

/** What a future turned out to be. @throws AuthoringError NOTHING_TO_MAP */
export const shareOfValue = (value: unknown, name: string, upstream: string): Share => {
  if (Array.isArray(value)) return { kind: 'items', items: value };
  const data = storedIn(value);
  if (data !== undefined && isSequence(data) && sequenceLength(data) !== undefined) return { kind: 'stored', data };
  const what = data !== undefined ? 'no array' : value === null ? 'null' : `${typeof value}, not an array`;
  throw nothingToMap(name, `the result of '${upstream}', which is ${what}`, { upstream });
};

const nothingToMap = (name: string, what: string, details: object): AuthoringError =>
  new AuthoringError(
    'NOTHING_TO_MAP',
    `${name}.map(…) was given ${what}. Return an array there, or pass it to every item as unmapped(…).`,
    { details: { taskName: name, ...details } },
  );

export const originOf = (share: Share): Origin | undefined =>
  share.kind === 'items' || share.kind === 'stored' ? share.from : undefined;

export const widthOf = (share: Share): number | undefined => {
  switch (share.kind) {
    case 'constant':
      return undefined;
    case 'items':
      return share.items.length;
    case 'stored':
      return sequenceLength(share.data);
    case 'stage':
      return share.map.width ?? 0;
  }
};

/** Item `index` of an input that is no stage. */
export const itemAt = (share: Exclude<Share, { kind: 'stage' }>, index: number, name: string): unknown => {
  if (share.kind === 'constant') return share.value;
  if (share.kind === 'items') return share.items[index];
  const { data } = share;
  if (data.kind === 'range') return numberAt(data, index);
  const near = inlineItem(data, index);
  return near === undefined ? pickFrom(new Stored(data), { at: index }, name) : near.item;
};

/** An item that lies in the history with its segment. */
const inlineItem = ({ segments, range, picks }: StoredSequenceData, index: number): { item: unknown } | undefined => {
  if (!Array.isArray(segments) || picks?.length) return undefined;
  let at = index + (range?.[0] ?? 0);
  for (const { length, items, holes } of segments) {
    // What lies at a hole is no value.
    if (at < length) return items && { item: holes?.includes(at) ? undefined : items[at] };
    at -= length;
  }
  return undefined;
};

/** The width that inputs of these widths give a map. @throws AuthoringError MAP_LENGTH_MISMATCH */
export const commonWidth = (
  name: string,
  widths: readonly (number | undefined)[],
  { zip }: MapOptions,
): number | undefined => {
  const known = widths.filter((width) => width !== undefined);
  if (zip === 'shortest') return known.length === 0 ? undefined : Math.min(...known);
  if (new Set(known).size > 1) throw unequalLengths(name, widths);
  return known[0];
};

const unequalLengths = (name: string, widths: readonly (number | undefined)[]): AuthoringError =>
  new AuthoringError(
    'MAP_LENGTH_MISMATCH',
    `${name}.map(…) was given inputs of different lengths (${widths.filter((width) => width !== undefined).join(', ')}). ` +
      `Make them equal, pass what is the same for every item as unmapped(value), or take only as many items as the ` +
      `shortest has with ${name}.with({ zip: 'shortest' }).map(…).`,
    { details: { taskName: name, lengths: widths } },
  );

/** Whether `run` gives the map its items. */
export const isMappedOver = (inputs: readonly MapInput[], run: Run): boolean =>
  inputs.some(
    (input) => (input.kind === 'stage' && input.map === run) || (input.kind === 'future' && input.run === run),
  );

/** Refuses at the call what is nothing to map over, and what is known to be unequal. @throws AuthoringError */
export const checkInputs = (name: string, inputs: readonly MapInput[], options: MapOptions): void => {
  if (inputs.every((input) => input.kind === 'constant'))
    throw new AuthoringError(
      'NOTHING_TO_MAP',
      `${name}.map(…) was given nothing to map over: at least one argument must be an array, or the future of one. ` +
        `For a single run call ${name}(…).`,
      { details: { taskName: name } },
    );
  const known = inputs.map((input) => (input.kind === 'items' || input.kind === 'stored' ? widthOf(input) : undefined));
  commonWidth(name, known, options);
};
