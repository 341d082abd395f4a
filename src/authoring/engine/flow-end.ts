/**
 * What every runtime asks about the end of a flow run: is its value too large to leave it, and did it fail of nothing but
 * being cancelled. Pure.
 */
import { RunError } from '../../core/errors.js';
import { payloadText } from '../../core/payload-text.js';
import { maxOffloadedBytes } from '../../core/protocol.js';
import { storedIn } from '../../core/result-ref.js';
import { State } from '../../core/state.js';

/** Whether a cancelled run failed of nothing else: the error, or what it stems from, is the cancellation. */
export const stemsFromCancellation = (error: unknown): boolean => {
  for (let cause: unknown = error; cause instanceof RunError; cause = cause.cause) {
    if (cause.code === 'CANCELLED') return true;
    // A rollback that did not succeed is worse than that.
    if (cause.code === 'UNDO_FAILED') return false;
  }
  return false;
};

/** @throws RunError NOT_SERIALIZABLE, PAYLOAD_TOO_LARGE: what cannot leave the run fails it, and does not hold it up for ever */
export const checkFlowValue = (value: unknown, run: { runId: string; flowName: string }): void => {
  if ((typeof value !== 'object' && typeof value !== 'string') || storedIn(value) !== undefined) return;
  const bytes = textLength(value, run);
  if (bytes > maxOffloadedBytes)
    throw new RunError(
      'PAYLOAD_TOO_LARGE',
      `The value of the flow '${run.flowName}' has ${(bytes / 1024 / 1024).toFixed(1)} MB; a run's value can have 256 MB. ` +
        `Let a task write it where it belongs and return what names it.`,
      { details: { ...run, bytes } },
    );
};

const textLength = (value: unknown, run: { runId: string; flowName: string }): number => {
  try {
    return payloadText(value).text.length;
  } catch (error) {
    throw new RunError(
      'NOT_SERIALIZABLE',
      `The value of the flow '${run.flowName}' cannot leave the run: ${(error as Error).message}`,
      { cause: error, details: { ...run } },
    );
  }
};

/** As what a flow run counts that has failed. */
export const flowStateOf = (error: unknown, wasCancelled: boolean): State => {
  if (wasCancelled && stemsFromCancellation(error)) return State.Cancelled;
  return error instanceof RunError && error.code === 'TASK_CRASHED' ? State.Crashed : State.Failed;
};
