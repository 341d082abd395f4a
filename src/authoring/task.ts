/**
 * `task(…)`: declares a function as a unit of work that a flow can call. Pure; in the sandbox the compiler has removed
 * the body, and only the name and the options are left.
 */
import { AuthoringError } from '../core/errors.js';
import { callMapped, callOnce, type CallOptions, checkCallOptions } from './call.js';
import { callSiteOf, checkedAt, sourceSite } from './call-site.js';
import { registerTask, type TaskDefinition } from './definition.js';
import type { TaskFuture } from './future.js';
import type { Args, MapArgs } from './inputs.js';
import type { MapFuture } from './map-future.js';
import { hooksOf } from './hook-options.js';
import { checkBody, checkName } from './named.js';
import { type TaskOptions, taskPolicy } from './options.js';
import { isSandbox } from './realm.js';
import { currentFlowRun } from './scope.js';
import type { TaskValue } from './resolved.js';

/** What a task can be asked to do inside a flow. */
export interface TaskCall<A extends readonly unknown[], R> {
  /** Runs the task once its upstream has finished; gives the future of its value. */
  (...args: Args<A>): TaskFuture<TaskValue<R>>;
  /**
   * Runs the task once for each item, in parallel; the value is the array of results in order. Inputs must be equally
   * long; a value that is no array, or `unmapped(value)`, goes to every child. A child's failure does not stop its siblings.
   */
  map(...args: MapArgs<A>): MapFuture<TaskValue<R>>;
}

export interface Task<A extends readonly unknown[] = readonly never[], R = unknown> extends TaskCall<A, R> {
  /** The same task with options for one call. */
  with(options: CallOptions): TaskCall<A, R>;
  /** The body itself, to call outside a flow, in tests for example. */
  readonly fn: (...args: [...A]) => R;
  readonly taskName: string;
  readonly options: TaskOptions;
}

/** `A`, and no place to infer it from: as `NoInfer`, which cannot be spread. */
type Known<A extends readonly unknown[]> = A extends infer B extends readonly unknown[] ? B : never;

/** The options with `undo` typed after the body. */
type TypedOptions<A extends readonly unknown[], R> = Omit<TaskOptions<A>, 'undo'> & {
  /** Undoes a completed run; see TaskOptions. */
  undo?(this: void, result: TaskValue<R>, ...args: [...A]): unknown;
};

/**
 * Declares a task. At the top level of its module: other processes load the same file to find it.
 *
 * @param name free text; also the Temporal activity type
 * @param options see TaskOptions; default none
 * @param fn the body: runs in a worker's child process, may be async, gets and returns data
 * @throws AuthoringError BAD_NAME, BAD_BODY, BAD_OPTION, DUPLICATE_NAME, LATE_DEFINITION
 * @example const transformData = task('transform_data', { retries: 3 }, async (row: Row) => clean(row));
 */
export function task<A extends readonly unknown[], R>(name: string, fn: (...args: A) => R): Task<A, R>;
export function task<A extends readonly unknown[], R>(
  name: string,
  options: TypedOptions<Known<A>, NoInfer<R>>,
  fn: (...args: A) => R,
): Task<A, R>;
export function task<A extends readonly unknown[], R>(fn: (...args: A) => R): Task<A, R>;
export function task(first: unknown, second?: unknown, third?: unknown): Task<never[], unknown> {
  const site = callSiteOf(task);
  const { name, options, fn } = parts(first, second, third);
  const { policy, hooks } = checkedAt(site, () => {
    checkName('task', name);
    if (!isSandbox()) checkBody('task', name, fn);
    return { policy: taskPolicy(name, options, fn), hooks: hooksOf(`The task '${name}'`, options) };
  });
  const definition: TaskDefinition = {
    kind: 'task',
    name,
    options,
    policy,
    hooks,
    fn: fn as TaskDefinition['fn'],
    site: options.source === undefined ? site : sourceSite(options.source),
  };
  registerTask(definition);
  const calls = (callOptions: CallOptions): TaskCall<never[], unknown> =>
    Object.assign((...args: unknown[]) => callOnce(definition, args, callOptions), {
      map: (...args: unknown[]) => callMapped(definition, args, callOptions),
    });
  const declared = Object.assign(calls({}), {
    with: (callOptions: CallOptions) => {
      checkCallOptions(name, callOptions);
      return calls(callOptions);
    },
    taskName: name,
    options,
  });
  const body = (): unknown => (fn === undefined || currentFlowRun() !== undefined ? strippedBody(name) : fn);
  return Object.defineProperty(declared, 'fn', { get: body, enumerable: true }) as Task<never[], unknown>;
}

const parts = (
  first: unknown,
  second: unknown,
  third: unknown,
): { name: string; options: TaskOptions; fn: unknown } => {
  if (typeof first === 'function') return { name: first.name, options: {}, fn: first };
  const name = first as string;
  if (third !== undefined) return { name, options: second ?? {}, fn: third };
  // Stripped, `task(name, options, fn)` is `task(name, options)`.
  if (isSandbox() && typeof second !== 'function') return { name, options: second ?? {}, fn: undefined };
  return { name, options: {}, fn: second };
};

const strippedBody = (name: string) => (): never => {
  throw new AuthoringError(
    'CALLED_INSIDE_FLOW',
    `${name}.fn(…) was called inside a flow, where task bodies do not exist. Call ${name}(…): it gives a future.`,
    { details: { name } },
  );
};
