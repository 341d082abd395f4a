/** `failAttempts(task, attempts)`: attempts of a task that fail, time out or crash at a test's word. HOST. */
import { SimulatedEnd } from '../core/simulated-end.js';
import { standInFor } from '../executors/index.js';
import { AuthoringError, currentRun, type Task } from '../index.js';

export interface FailOptions {
  /**
   * How the attempt ends, before the body runs: an error that is thrown; `'timeout'`, as if its time were up; `'crash'`, as
   * if its process had died, which is charged to nobody and rerun at most three times. Default an Error that says it was induced.
   */
  with?: Error | 'timeout' | 'crash';
  /** Only these items of a map, 0-based. Default all, and runs that are of no map. */
  mapIndex?: number | readonly number[];
}

export interface InducedFailure extends Disposable {
  /** How many attempts have been ended so far. */
  readonly count: number;
  /** Lets all attempts run again. Disposing of it does the same. */
  restore(): void;
}

const isOneOf = (value: number | undefined, wanted: number | readonly number[]): boolean =>
  value !== undefined && (typeof wanted === 'number' ? [wanted] : wanted).includes(value);

const checked = (task: string, attempts: number | readonly number[] | 'all'): void => {
  const numbers = attempts === 'all' ? [] : typeof attempts === 'number' ? [attempts] : attempts;
  const wrong = numbers.find((one) => !Number.isInteger(one) || one < 1);
  if (wrong === undefined) return;
  throw new AuthoringError(
    'BAD_OPTION',
    `failAttempts('${task}'): expected \`attempts\` to be whole numbers from 1, or 'all', got ${String(wrong)}`,
    { details: { option: 'attempts', expected: "whole numbers from 1, or 'all'", received: String(wrong) } },
  );
};

const endWith = (end: Exclude<FailOptions['with'], undefined>): never => {
  if (end === 'timeout') throw new SimulatedEnd('timedOut');
  if (end === 'crash') throw new SimulatedEnd('crashed');
  throw end;
};

/**
 * Ends attempts of a task, in each of its runs, before the body is called. What follows is what follows ever: retries and
 * their delays, trigger rules, the run's end. Works where `mockTask` does, together with it or without.
 *
 * @param task the declared task
 * @param attempts 1-based: which attempts of each task run, or `'all'`
 * @param options see FailOptions
 * @throws AuthoringError BAD_OPTION; MOCK_OUT_OF_REACH from `flow.run()`
 * @example using outage = failAttempts(loadData, [1, 2], { with: new RangeError('no route') });
 */
export const failAttempts = <A extends readonly unknown[], R>(
  task: Task<A, R>,
  attempts: number | readonly number[] | 'all',
  options: FailOptions = {},
): InducedFailure => {
  checked(task.taskName, attempts);
  let count = 0;
  const before = (): void => {
    const { attempt, mapIndex } = currentRun();
    if (options.mapIndex !== undefined && !isOneOf(mapIndex, options.mapIndex)) return;
    if (attempts !== 'all' && !isOneOf(attempt, attempts)) return;
    count++;
    endWith(options.with ?? new InducedError(`attempt ${attempt} of '${task.taskName}' failed, as a test asked`));
  };
  const restore = standInFor(task.taskName, { before });
  return {
    get count() {
      return count;
    },
    restore,
    [Symbol.dispose]: restore,
  };
};

/** What an attempt fails with where the test names no error. */
class InducedError extends Error {
  override readonly name = 'InducedError';
}
