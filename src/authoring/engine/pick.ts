/**
 * Takes a part of a value, or flattens it: at once where the value is at hand, and as a note for whoever reads it
 * where it lies in the store. Pure.
 */
import { AuthoringError } from '../../core/errors.js';
import { type PickStep, type RangeData, Stored, storedIn } from '../../core/result-ref.js';

/** @throws AuthoringError NO_SUCH_PART for a part of nothing; `taskRunId` says whose value it is */
export const pickFrom = (whole: unknown, step: PickStep, taskRunId: string): unknown => {
  const data = storedIn(whole);
  if (data !== undefined) return pickFromStored(data, step);
  if ('flatten' in step) return (whole as unknown[]).flat(1);
  if ('completed' in step) return (whole as unknown[]).slice(0, step.completed);
  const key = step.at;
  if (whole === undefined || whole === null)
    throw new AuthoringError(
      'NO_SUCH_PART',
      `There is no part ${JSON.stringify(key)} in the result of '${taskRunId}', which is ${String(whole)}.`,
      { details: { key, taskRunId } },
    );
  return Array.isArray(whole) && typeof key === 'number' ? whole.at(key) : (whole as Record<string, unknown>)[key];
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
