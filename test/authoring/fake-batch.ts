/** What a worker would answer for a batch: the items' bodies run here, one after the other; a body that
 * throws leaves a hole, one that throws SkipTask `undefined`. */
import type { BatchInvocation } from '../../src/authoring/engine/engine-port.js';
import { numberAt } from '../../src/authoring/engine/pick.js';
import { SkipTask } from '../../src/core/errors.js';
import type { BatchReport, ItemFailure } from '../../src/core/map-batch.js';
import { type StoredData, storedIn, type StoredSequenceData } from '../../src/core/result-ref.js';
import { positionsIn } from '../../src/core/segment-positions.js';

const hole = Symbol('hole');

/** The items that stored data stands for, with `hole` for those without a value. */
export const itemsOf = (data: StoredData): unknown[] => {
  if (data.kind === 'range') {
    const length = data.range ? data.range[1] - data.range[0] : data.length;
    return Array.from({ length }, (_, i) => numberAt(data, i));
  }
  if (data.kind !== 'sequence' || !Array.isArray(data.segments)) throw new Error('not at hand');
  const items = data.segments.flatMap(({ items: own = [], holes = [] }) =>
    own.map((item, i) => (holes.includes(i) ? hole : item)),
  );
  return data.range ? items.slice(...data.range) : items;
};

const skippedIn = (data: StoredData | undefined): number[] => {
  if (data?.kind !== 'sequence' || !Array.isArray(data.segments)) return [];
  return positionsIn(data.segments, 'skipped').map((position) => position - (data.range?.[0] ?? 0));
};

/** As the store activity would flatten lists: those without a value keep one place, and say so. */
export const flattenedIn = (data: StoredData): unknown[] | StoredSequenceData => {
  const lists = itemsOf(data).map((list) => {
    const stored = storedIn(list);
    return stored === undefined ? list : itemsOf(stored);
  });
  if (data.kind !== 'sequence' || !data.picks) return lists;
  const wasSkipped = skippedIn(data);
  const [items, holes, skipped]: [unknown[], number[], number[]] = [[], [], []];
  lists.forEach((list, i) => {
    if (list === hole) holes.push(items.length);
    if (wasSkipped.includes(i)) skipped.push(items.length);
    items.push(...(Array.isArray(list) ? (list as unknown[]) : [list === hole ? undefined : list]));
  });
  if (holes.length + skipped.length === 0) return items;
  const { length } = items;
  return { kind: 'sequence', as: 'array', length, segments: [{ length, items, holes, skipped }] };
};

export const reportOf = ({ spec, args, definition }: BatchInvocation): BatchReport => {
  const columns = args.map((arg, i) => {
    const data = spec.inputs[i] === 'slice' ? storedIn(arg) : undefined;
    return data === undefined ? arg : itemsOf(data);
  });
  const skips = args.map((arg, i) => (spec.inputs[i] === 'slice' ? skippedIn(storedIn(arg)) : []));
  const items: unknown[] = [];
  const holes: number[] = [];
  const skipped: number[] = [];
  const failures: ItemFailure[] = [];
  for (let at = 0; at < spec.end - spec.start; at++) {
    const given = columns.map((column, i) => (spec.inputs[i] === 'whole' ? column : (column as unknown[])[at]));
    if (skips.some((positions) => positions.includes(at))) {
      skipped.push(at);
      items[at] = undefined;
      continue;
    }
    let failed: Pick<ItemFailure, 'state' | 'message'> | undefined;
    try {
      if (given.includes(hole)) failed = { state: 'TriggerFailed', message: 'its upstream has no value' };
      else items[at] = definition.fn?.(...(given as never[]));
    } catch (error) {
      if (error instanceof SkipTask) {
        skipped.push(at);
        items[at] = undefined;
        continue;
      }
      failed = { state: 'Failed', message: (error as Error).message };
    }
    if (failed === undefined) continue;
    items[at] = undefined;
    holes.push(at);
    failures.push({ index: spec.start + at, name: 'Error', attempts: 1, ...failed });
  }
  const ended: NonNullable<BatchReport['ended']> = {};
  for (const { state } of failures) ended[state] = (ended[state] ?? 0) + 1;
  return {
    start: spec.start,
    end: spec.end,
    segments: [
      {
        length: items.length,
        items,
        ...(holes.length > 0 ? { holes } : {}),
        ...(skipped.length > 0 ? { skipped } : {}),
      },
    ],
    ...(skipped.length > 0 ? { skipped: skipped.length } : {}),
    ...(failures.length > 0 ? { ended, failures: failures.slice(0, 5) } : {}),
    ms: 1,
    bytes: items.length * 2,
  };
};

/** As the store activity would tell the items one by one. */
export const outcomesOf = (report: BatchReport): { index: number; state: string; value?: unknown; error?: object }[] =>
  report.segments.flatMap(({ items = [], holes = [], skipped = [] }) =>
    items.map((value, i) => {
      const failure = report.failures?.find(({ index }) => index === report.start + i);
      return holes.includes(i)
        ? {
            index: report.start + i,
            state: failure?.state ?? 'Failed',
            error: { name: 'Error', message: failure?.message ?? '' },
          }
        : { index: report.start + i, state: skipped.includes(i) ? 'Skipped' : 'Completed', value };
    }),
  );
