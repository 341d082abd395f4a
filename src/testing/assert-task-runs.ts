/** `assertTaskRuns(run, expected)`: states and attempts of a run's tasks, as a test expects them. HOST. Needs no test runner. */
import { AssertionError } from 'node:assert';
import type { RunHandle, State } from '../index.js';
import { type TaskRunFacts, taskRuns } from './task-runs.js';

/** A state, or also how many attempts it took, or a part of the failure's message. */
export type ExpectedRun = State | { state?: State; attempts?: number; error?: string };

/** By name of the task or flow: what its one run should be, or each of its runs, in order of calls and then of map index. */
export type ExpectedRuns = Readonly<Record<string, ExpectedRun | readonly ExpectedRun[]>>;

const matches = (expected: ExpectedRun, actual: TaskRunFacts): boolean => {
  if (typeof expected === 'string') return actual.state === expected;
  const { state, attempts, error } = expected;
  return (
    (state === undefined || state === actual.state) &&
    (attempts === undefined || attempts === actual.attempts) &&
    (error === undefined || (actual.error?.includes(error) ?? false))
  );
};

const inWords = (one: ExpectedRun): string => {
  if (typeof one === 'string') return one;
  const { state = 'any state', attempts, error } = one;
  const tries = attempts === undefined ? '' : ` after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  return `${state}${tries}${error === undefined ? '' : `: ${error}`}`;
};

/** What is not as expected, a line each. */
const differences = (name: string, expected: readonly ExpectedRun[], actual: readonly TaskRunFacts[]): string[] => {
  const count = (runs: readonly unknown[]): string =>
    runs.length === 0 ? 'no run' : runs.length === 1 ? '1 run' : `${runs.length} runs`;
  if (expected.length !== actual.length) {
    const had = actual.length === 0 ? '' : ` (${actual.map(inWords).join('; ')})`;
    return [`${name}: expected ${count(expected)}, got ${count(actual)}${had}`];
  }
  return actual.flatMap((one, i) => {
    const wanted = expected[i]!;
    return matches(wanted, one) ? [] : [`${one.id}: expected ${inWords(wanted)}, got ${inWords(one)}`];
  });
};

/**
 * Checks the runs of the tasks that are named; others may be what they are. A failed check is an AssertionError, as of
 * `node:assert`, that lists every difference.
 *
 * @param run the handle that `flow.start()` or `getRun()` gave; wait for its end first
 * @throws AssertionError when something is not as expected; RunError RUN_NOT_FOUND
 * @example await assertTaskRuns(run, { extract: 'Completed', transform: ['Completed', { state: 'Failed', attempts: 3 }] });
 */
export const assertTaskRuns = async (run: RunHandle<unknown>, expected: ExpectedRuns): Promise<void> => {
  const all = await taskRuns(run);
  const wrong = Object.entries(expected).flatMap(([name, runs]) =>
    differences(
      name,
      Array.isArray(runs) ? (runs as readonly ExpectedRun[]) : [runs as ExpectedRun],
      all.filter((one) => one.name === name),
    ),
  );
  if (wrong.length === 0) return;
  throw new AssertionError({
    message: `The task runs of '${run.flowName}' are not as expected:\n${wrong.map((line) => `  ${line}`).join('\n')}`,
    stackStartFn: assertTaskRuns,
  });
};
