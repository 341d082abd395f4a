/** `flatten(x)`: one level of nesting less, to map over the items of many lists. Pure. */
import { flattened } from '../core/pick-part.js';
import { TaskFuture } from './future.js';

/**
 * An array of arrays as one array: of values now, or of a future when there is a value. Mapped over, a map's failed or
 * skipped child keeps one place, whose task run ends TriggerFailed or Skipped, by the usual rules. Prefect's `flatten`.
 * @throws AuthoringError NO_SUCH_PART where it is no array; of a future, it fails what uses it
 * @example transform.map(flatten(readFile.map(files)))
 */
export function flatten<T>(nested: TaskFuture<readonly (readonly T[])[]>): TaskFuture<T[]>;
export function flatten<T>(nested: readonly (readonly T[])[]): T[];
export function flatten(
  nested: TaskFuture<readonly (readonly unknown[])[]> | readonly (readonly unknown[])[],
): TaskFuture<unknown[]> | unknown[] {
  return nested instanceof TaskFuture
    ? nested.derive({ flatten: 1 })
    : flattened(nested, { says: 'what flatten(…) was given, which' });
}
