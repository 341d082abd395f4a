/**
 * What every runtime asks about the end of a flow run: is its value too large to leave it, and did it fail of nothing but
 * being cancelled. Pure.
 */
import { RunError } from '../../core/errors.js';
import { maxOffloadedBytes } from '../../core/protocol.js';
import { storedIn } from '../../core/result-ref.js';

/** Whether a cancelled run failed of nothing else: the error, or what it stems from, is the cancellation. */
export const stemsFromCancellation = (error: unknown): boolean => {
  for (let cause: unknown = error; cause instanceof RunError; cause = cause.cause)
    if (cause.code === 'CANCELLED') return true;
  return false;
};

/** @throws RunError PAYLOAD_TOO_LARGE */
export const checkFlowValue = (value: unknown, run: { runId: string; flowName: string }): void => {
  if ((typeof value !== 'object' && typeof value !== 'string') || storedIn(value) !== undefined) return;
  let bytes = 0;
  try {
    bytes = JSON.stringify(value)?.length ?? 0;
  } catch {
    return; // What JSON cannot hold is measured, or refused, by the payload converter.
  }
  if (bytes > maxOffloadedBytes)
    throw new RunError(
      'PAYLOAD_TOO_LARGE',
      `The value of the flow '${run.flowName}' has ${(bytes / 1024 / 1024).toFixed(1)} MB; a run's value can have 256 MB. ` +
        `Let a task write it where it belongs and return what names it.`,
      { details: { ...run, bytes } },
    );
};
