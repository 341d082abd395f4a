/** `mockTask(task, body)`: another body for a task, in this process. HOST. */
import { standInFor } from '../executors/index.js';
import type { Task } from '../index.js';

/** What a body may give, and promise: the mock of an async task may be sync, and the reverse. */
type MockedValue<R> = R | Awaited<R> | Promise<Awaited<R>>;

/** `A`, and no place to infer it from: a mock may take fewer arguments. */
type Known<A extends readonly unknown[]> = A extends infer B extends readonly unknown[] ? B : never;

export interface TaskMock<A extends readonly unknown[], R> extends Disposable {
  /** The arguments of each attempt, in the order in which they began; jest's and vitest's `mock.calls`. */
  readonly calls: readonly Readonly<A>[];
  /** What would have been undone: the value of the task run, then its arguments. The task's own `undo` does not run. */
  readonly undone: readonly (readonly [result: Awaited<R>, ...args: A])[];
  /** Gives the task its own body back. Disposing of the mock does the same. */
  restore(): void;
}

/**
 * Runs `body` in place of the task's own until the mock is restored. Everything else of the task stays: retries, time-outs,
 * trigger rules, maps and batches; the value has to be data as ever. Its `undo` is noted and not run, since there is nothing
 * to undo. Works where bodies run in the test's own process: with `inline()`, and with the executor of a test
 * environment without `processes`; a run elsewhere is refused while a mock is in force.
 *
 * @param task the declared task
 * @param body gets the arguments; `currentRun()` works in it. Default: gives `undefined`
 * @throws AuthoringError BAD_OPTION when the task is not declared in this process; MOCK_OUT_OF_REACH from `flow.run()`
 * @example using rows = mockTask(extractData, () => [{ id: 1 }]);
 */
export const mockTask = <A extends readonly unknown[], R>(
  task: Task<A, R>,
  body?: (...args: Known<A>) => MockedValue<NoInfer<R>>,
): TaskMock<A, R> => {
  const calls: A[] = [];
  const undone: (readonly [Awaited<R>, ...A])[] = [];
  const restore = standInFor(task.taskName, {
    body: (...args: Known<A>) => {
      calls.push(args as readonly unknown[] as A);
      return body?.(...args);
    },
    undo: (...args: readonly [Awaited<R>, ...A]) => void undone.push(args),
  });
  return { calls, undone, restore, [Symbol.dispose]: restore };
};
