/** What a body threw, as it may leave the child: without the values of secrets. Host, inside a child. */
import { type ErrorRecord, recordError } from '../../activities/error-record.js';
import { AuthoringError } from '../../core/errors.js';
import { redactData } from '../../secrets/index.js';

/** `note`: why it is not retried, where that needs saying. */
export const recordFailure = (thrown: unknown, note?: string): ErrorRecord => {
  const record = recordError(thrown);
  if (note !== undefined) record.message += ` (not retried: ${note})`;
  return redactData(record);
};

/** Another attempt would end in the same way: its result is no data, or not to be told. */
export const isFinalFailure = (thrown: unknown): boolean =>
  thrown instanceof AuthoringError && (thrown.code === 'NOT_SERIALIZABLE' || thrown.code === 'SECRET_IN_RESULT');
