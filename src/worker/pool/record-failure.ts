/** What a body threw, as it may leave the child: without the values of secrets. Host, inside a child. */
import { type ErrorRecord, recordError } from '../../activities/error-record.js';
import { AuthoringError, RunError } from '../../core/errors.js';
import { SimulatedEnd } from '../../core/simulated-end.js';
import { redactData } from '../../secrets/index.js';

/** `note`: why it is not retried, where that needs saying. */
export const recordFailure = (thrown: unknown, note?: string): ErrorRecord => {
  const record = recordError(thrown);
  if (note !== undefined) record.message += ` (not retried: ${note})`;
  return redactData(record);
};

/** What a time-out that a test asked for is to retries and to the record. `label`: `Task 'x'[17]`. */
export const simulatedTimeout = (thrown: unknown, label: string): RunError | undefined =>
  thrown instanceof SimulatedEnd && thrown.kind === 'timedOut'
    ? new RunError('TASK_TIMED_OUT', `${label} ${thrown.message}`)
    : undefined;

/** Another attempt would end in the same way: its result is no data, or not to be told. */
export const isFinalFailure = (thrown: unknown): boolean =>
  thrown instanceof AuthoringError && (thrown.code === 'NOT_SERIALIZABLE' || thrown.code === 'SECRET_IN_RESULT');
