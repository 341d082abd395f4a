/**
 * What flow code gets for a value that is too large to be brought into it: a handle that can be returned or passed on
 * like the value, and that refuses to be read. Pure. It is not thenable, so that awaiting it again changes nothing.
 */
import { RunError } from '../../core/errors.js';
import { awaitLimitBytes, Stored, type StoredData, storedTag } from '../../core/result-ref.js';
import { sequenceLength } from './stored-slices.js';

export const sealed = (data: StoredData, bytes: number): unknown =>
  new Proxy(new Stored(data), {
    get: (target, key) => {
      if (key === storedTag) return target[storedTag];
      if (key === 'then' || typeof key === 'symbol') return undefined;
      const length = data.kind === 'value' ? undefined : sequenceLength(data);
      if (key === 'length' && length !== undefined) return length;
      throw new RunError(
        'RESULT_TOO_LARGE',
        `Flow code read \`.${key}\` of a value of ${bytes} bytes, more than the ${awaitLimitBytes} bytes that can be ` +
          `brought into a flow. Pass it on to a task, map over it, or take a part with future.at(…).`,
        { details: { bytes, maxBytes: awaitLimitBytes } },
      );
    },
    has: (_target, key) => key === storedTag,
    ownKeys: () => [],
  });
