/**
 * Takes the part that is meant of a value that has been read. HOST. The same steps, with the same outcome, as flow code
 * takes of values at hand.
 */
import { AuthoringError } from '../core/errors.js';
import type { PickStep } from '../core/result-ref.js';

/** @throws AuthoringError NO_SUCH_PART for a part of nothing */
export const pickPart = (whole: unknown, step: PickStep): unknown => {
  if ('flatten' in step) return (whole as unknown[]).flat(1);
  if ('completed' in step) return (whole as unknown[]).slice(0, step.completed);
  const key = step.at;
  if (whole === undefined || whole === null)
    throw new AuthoringError(
      'NO_SUCH_PART',
      `There is no part ${JSON.stringify(key)} in a stored result, where a part of it is ${String(whole)}.`,
      { details: { key } },
    );
  return Array.isArray(whole) && typeof key === 'number' ? whole.at(key) : (whole as Record<string, unknown>)[key];
};
