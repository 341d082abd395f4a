/** Takes the part that is meant of a value at hand: the same in flow code and where a stored value has been read. Pure. */
import { AuthoringError } from './errors.js';
import type { PickStep } from './result-ref.js';

/** One level of nesting less. @throws AuthoringError NO_SUCH_PART where there is no array */
export const flattened = (whole: unknown, { says, details }: { says: string; details?: object }): unknown[] => {
  if (Array.isArray(whole)) return whole.flat(1) as unknown[];
  const is = whole === null ? 'null' : `of type ${typeof whole}`;
  throw new AuthoringError('NO_SUCH_PART', `There is nothing to flatten in ${says} is ${is}, not an array.`, {
    details: { key: 'flatten', ...details },
  });
};

/** @throws AuthoringError NO_SUCH_PART for a part of nothing; `where` completes "There is no part … in" and gives details */
export const pickPart = (whole: unknown, step: PickStep, where: { says: string; details?: object }): unknown => {
  if ('flatten' in step) return flattened(whole, where);
  if ('completed' in step) return (whole as unknown[]).slice(0, step.completed);
  const key = step.at;
  if (whole === undefined || whole === null)
    throw new AuthoringError(
      'NO_SUCH_PART',
      `There is no part ${JSON.stringify(key)} in ${where.says} is ${String(whole)}.`,
      { details: { key, ...where.details } },
    );
  return Array.isArray(whole) && typeof key === 'number' ? whole.at(key) : (whole as Record<string, unknown>)[key];
};
