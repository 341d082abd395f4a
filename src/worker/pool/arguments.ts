/**
 * Brings the arguments that lie in the result store to where they belong. Host, inside a child: large values do not pass
 * through the worker. A task with `stream: true` is given streams where it would have been given arrays.
 */
import { fromSent } from '../../activities/sent-value.js';
import type { AttemptRequest } from '../../activities/task-host.js';
import type { TaskDefinition } from '../../authoring/definition.js';
import { secretStore, storedIn } from '../../core/result-ref.js';
import { readSecret } from '../../secrets/index.js';
import { noStore, streamOf, type TaskStore } from './task-store.js';

/** The arguments as the flow gave them: what is stored is not read yet. */
export const givenArgs = ({ args, sentArgs }: AttemptRequest): unknown[] =>
  sentArgs === undefined ? args : (fromSent(sentArgs) as unknown[]);

/** One argument as its body gets it; `value` may be changed. */
export const readArgument = async (
  value: unknown,
  { options, name }: TaskDefinition,
  store: TaskStore | undefined,
): Promise<unknown> => {
  const data = storedIn(value);
  if (store === undefined && data?.kind === 'value' && data.stored.store === secretStore)
    return readSecret(data.stored.key);
  if (store === undefined && data !== undefined) throw noStore(name);
  const read = store === undefined ? value : await store.resolve(value, options.stream === true);
  return options.stream && Array.isArray(read) ? streamOf(read) : read;
};

/** Whether `readArgument` has anything to do. */
export const needsReading = (attempt: AttemptRequest, { options }: TaskDefinition): boolean =>
  attempt.sentArgs !== undefined || options.stream === true;
