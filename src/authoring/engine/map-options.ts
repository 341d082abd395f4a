/** The options that only a map has, checked. Pure. */
import { AuthoringError } from '../../core/errors.js';

export interface MapOptions {
  /** Items in flight at once, over the whole map. Default: what the run's window and the workers take. */
  concurrency?: number;
  /**
   * Items in one activity. `'auto'` (default): one each up to 256 items, then as many as take about 1.5 seconds, found
   * by measuring, at most 10,000. A number: that many. `false`: always an activity for each item.
   */
  batch?: 'auto' | number | false;
  /** `'equal'` (default): inputs of different lengths are refused. `'shortest'`: the rest of the longer ones is left out. */
  zip?: 'equal' | 'shortest';
  /**
   * Failures that the map bears: a number, or a share such as `'5%'`. Failed items then leave `undefined` in the value.
   * Default 0. As soon as more have failed, what is left is cancelled; without this option, it goes on to its end.
   */
  tolerate?: number | `${number}%`;
  /** Completed with the first so many values (in order of index) once as many items have completed; the rest is cancelled. */
  firstSuccesses?: number;
}

export const mapOptionNames = ['concurrency', 'batch', 'zip', 'tolerate', 'firstSuccesses'] as const;

const isCount = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least;

const percent = /^(\d+(?:\.\d+)?)%$/;

const checks: Record<(typeof mapOptionNames)[number], { expected: string; fits: (value: unknown) => boolean }> = {
  concurrency: { expected: 'a whole number of at least 1', fits: (value) => isCount(value, 1) },
  batch: {
    expected: `'auto', false or a whole number from 1 to 100,000`,
    fits: (value) => value === 'auto' || value === false || (isCount(value, 1) && (value as number) <= 100_000),
  },
  zip: { expected: `'equal' or 'shortest'`, fits: (value) => value === 'equal' || value === 'shortest' },
  tolerate: {
    expected: `a whole number of at least 0, or a share such as '5%'`,
    fits: (value) => isCount(value, 0) || (typeof value === 'string' && Number(percent.exec(value)?.[1] ?? 101) <= 100),
  },
  firstSuccesses: { expected: 'a whole number of at least 1', fits: (value) => isCount(value, 1) },
};

/** @throws AuthoringError BAD_OPTION */
export const checkMapOptions = (name: string, options: MapOptions): void => {
  for (const option of mapOptionNames) {
    const value = options[option];
    if (value === undefined || checks[option].fits(value)) continue;
    const { expected } = checks[option];
    const received = typeof value === 'string' ? `'${value}'` : typeof value === 'object' ? 'an object' : String(value);
    throw new AuthoringError(
      'BAD_OPTION',
      `The call of '${name}': expected \`${option}\` to be ${expected}, got ${received}.`,
      { details: { option, expected, received } },
    );
  }
};

/** How many of `width` items may fail; `undefined` when the option was not given. */
const toleratedOf = ({ tolerate }: MapOptions, width: number): number | undefined =>
  typeof tolerate === 'string' ? Math.floor((Number(percent.exec(tolerate)?.[1]) / 100) * width) : tolerate;

/** How many of a map's items have a value, and how many have none. */
interface Count {
  width: number;
  completed: number;
  lost: number;
}

/** Whether what is left of the map need not run any more. */
export const isDecided = (options: MapOptions, { width, completed, lost }: Count): boolean => {
  if (options.firstSuccesses !== undefined) return completed >= options.firstSuccesses;
  const tolerated = toleratedOf(options, width);
  return tolerated !== undefined && lost > tolerated;
};

/** Whether a map that has ended so is Completed. */
export const isFine = (options: MapOptions, { width, completed, lost }: Count): boolean =>
  options.firstSuccesses === undefined
    ? lost <= (toleratedOf(options, width) ?? 0)
    : completed >= options.firstSuccesses;
