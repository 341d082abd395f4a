/** `flatten(x)`: one level of nesting less, to map over the items of many lists. Pure. */
import { TaskFuture } from './future.js';

/**
 * An array of arrays as one array: of values now, or of a future when there is a value. Prefect's `flatten`.
 * @example transform.map(flatten(readFile.map(files)))
 */
export function flatten<T>(nested: TaskFuture<readonly (readonly T[])[]>): TaskFuture<T[]>;
export function flatten<T>(nested: readonly (readonly T[])[]): T[];
export function flatten(
  nested: TaskFuture<readonly (readonly unknown[])[]> | readonly (readonly unknown[])[],
): TaskFuture<unknown[]> | unknown[] {
  return nested instanceof TaskFuture ? nested.derive({ flatten: 1 }) : nested.flat(1);
}
