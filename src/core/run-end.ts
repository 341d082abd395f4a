/** How a run that did not complete ends for the program that waits for it. Pure; each runtime knows the end, the words are here. */
import { PerdureError, RunError } from './errors.js';

/** Which run the error belongs to. */
export interface RunIdentity {
  runId: string;
  flowName?: string;
}

export const runCancelled = (run: RunIdentity): RunError =>
  new RunError('CANCELLED', `The run '${run.runId}' was cancelled.`, { details: { ...run } });

export const runTimedOut = (run: RunIdentity): RunError =>
  new RunError('FLOW_TIMED_OUT', `The run '${run.runId}' did not end within its timeout.`, { details: { ...run } });

/** An error of the taxonomy as it is; anything else that flow code threw as the cause of FLOW_FAILED. */
export const runFailedOf = (thrown: unknown, run: RunIdentity): PerdureError => {
  if (thrown instanceof PerdureError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RunError('FLOW_FAILED', `The run '${run.runId}' failed: ${message}`, {
    cause: thrown,
    details: { ...run },
  });
};

/** `executor`: what `getRun` has to be told to find it. */
export const runExists = (
  run: RunIdentity,
  { cause, executor }: { cause?: unknown; executor?: string } = {},
): RunError =>
  new RunError(
    'RUN_EXISTS',
    `A run with the id '${run.runId}' is under way or has completed. Attach to it with getRun('${run.runId}'${executor === undefined ? '' : `, { executor: ${executor} }`}), or choose another id.`,
    { ...(cause === undefined ? {} : { cause }), details: { ...run } },
  );

export const unsendableParams = (
  run: RunIdentity,
  code: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE',
  cause: unknown,
): RunError =>
  new RunError(code, `The parameters of '${run.flowName}' cannot be sent: ${(cause as Error).message}`, {
    cause,
    details: { ...run },
  });

/** To whoever speaks to a run that is over; `status` is how it ended. */
export const runEnded = (runId: string, status: string, cause?: unknown): RunError =>
  new RunError('RUN_ENDED', `The run '${runId}' has ended (${status}): nothing can be sent to it any more.`, {
    ...(cause === undefined ? {} : { cause }),
    details: { runId, status },
  });
