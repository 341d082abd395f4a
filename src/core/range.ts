/**
 * `range(…)`: whole numbers in order that need no store and no memory, to map over. Pure; in flows and bodies alike.
 */
import { AuthoringError } from './errors.js';
import { type RangeData, Stored, storedTag } from './result-ref.js';

/** Whole numbers in order. An array of them to the task that gets it. */
export class Range extends Stored implements Iterable<number> {
  declare readonly [storedTag]: RangeData;

  get length(): number {
    return this[storedTag].length;
  }
  *[Symbol.iterator](): Iterator<number> {
    const { start, length, step } = this[storedTag];
    for (let i = 0; i < length; i++) yield start + i * step;
  }
}

/** The numbers `[from, to)` of a range, counted from its own start. */
export const numbersIn = (data: RangeData, from: number, to: number): number[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => data.start + (from + i) * data.step);

/**
 * The whole numbers from 0, or `start`, up to and not with `end`, `step` apart.
 * @throws AuthoringError BAD_OPTION for what is no whole number, and a step of 0
 * @example process.map(range(1_000_000))
 */
export function range(end: number): Range;
export function range(start: number, end: number, step?: number): Range;
export function range(first: number, second?: number, step = 1): Range {
  const [start, end] = second === undefined ? [0, first] : [first, second];
  for (const [option, value] of Object.entries({ start, end, step }))
    if (!Number.isSafeInteger(value) || (option === 'step' && value === 0))
      throw new AuthoringError(
        'BAD_OPTION',
        `Expected the \`${option}\` of a range to be a whole number${option === 'step' ? ' other than 0' : ''}, got \`${String(value)}\` (${typeof value})`,
        { details: { option, expected: 'whole number', received: String(value) } },
      );
  return new Range({ kind: 'range', start, length: Math.max(0, Math.ceil((end - start) / step)), step });
}
