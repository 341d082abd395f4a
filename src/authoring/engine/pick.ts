/**
 * Takes a part of a value, or flattens it: at once where the value is at hand, and as a note for whoever reads it
 * where it lies in the store. Pure.
 */
import { pickPart } from '../../core/pick-part.js';
import { type PickStep, type RangeData, Stored, storedIn } from '../../core/result-ref.js';
import type { Run } from './run.js';

/** @throws AuthoringError NO_SUCH_PART for a part of nothing; `taskRunId` says whose value it is */
export const pickFrom = (whole: unknown, step: PickStep, taskRunId: string): unknown => {
  const data = storedIn(whole);
  if (data !== undefined) return pickFromStored(data, step);
  return pickPart(whole, step, { says: `the result of '${taskRunId}', which`, details: { taskRunId } });
};

/** The same of the value of `run`. Lists in it that lie in the store themselves are flattened by whoever reads them. */
export const pickOf = (run: Run, whole: unknown, step: PickStep): unknown => {
  const isSpread = 'flatten' in step && Array.isArray(whole) && whole.some((list) => storedIn(list) !== undefined);
  // Before, such lists were left as they were, each one item.
  if (!isSpread || !run.flowRun.port.isNew('flattened-lists')) return pickFrom(whole, step, run.id);
  const { length } = whole;
  return new Stored({ kind: 'sequence', as: 'array', length, segments: [{ length, items: whole }], picks: [step] });
};

const pickFromStored = (data: NonNullable<ReturnType<typeof storedIn>>, step: PickStep): unknown => {
  if (data.kind !== 'range') return new Stored({ ...data, picks: [...(data.picks ?? []), step] });
  return 'at' in step && typeof step.at === 'number' ? numberAt(data, step.at) : undefined;
};

/** The number at position `index` of a range; from the end when negative. */
export const numberAt = (data: RangeData, index: number): number | undefined => {
  const [from, to] = data.range ?? [0, data.length];
  const at = index < 0 ? to - from + index : index;
  return at >= 0 && at < to - from ? data.start + (from + at) * data.step : undefined;
};
