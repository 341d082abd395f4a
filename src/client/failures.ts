/**
 * What a run's end means to the program that waits for it: Temporal's failure as the RunError (or other error of the
 * taxonomy) that the flow threw, with the user's own error and stack as its cause. HOST.
 */
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { PerdureError, RunError } from '../core/errors.js';
import { fromFailureDetail, userError } from '../core/failure-detail.js';
import { isFailureDetail } from '../core/protocol.js';

/** Which run the error belongs to. */
export interface RunIdentity {
  runId: string;
  flowName?: string;
}

/** An ApplicationFailure as the error it was made of. */
const rebuilt = (failure: unknown): unknown => {
  if (!(failure instanceof ApplicationFailure)) return failure;
  const cause = rebuilt(failure.cause);
  const detail = failure.details?.find(isFailureDetail);
  const error = detail
    ? fromFailureDetail(detail, failure.message, cause)
    : userError({ name: failure.type ?? 'Error', message: failure.message, stack: failure.stack, cause });
  if (detail && failure.stack)
    Object.defineProperty(error, 'stack', { value: failure.stack, configurable: true, writable: true });
  return error;
};

/** The error to throw for a run that did not complete. */
export const runFailure = (error: unknown, run: RunIdentity): unknown => {
  if (error instanceof WorkflowNotFoundError) return notFound(run.runId, error);
  if (!(error instanceof WorkflowFailedError)) return error;
  const { cause } = error;
  const details = { ...run };
  if (cause instanceof CancelledFailure)
    return new RunError('CANCELLED', `The run '${run.runId}' was cancelled.`, { details });
  if (cause instanceof TerminatedFailure)
    return new RunError('FLOW_TERMINATED', `The run '${run.runId}' was terminated from outside: ${cause.message}`, {
      details,
    });
  if (cause instanceof TimeoutFailure)
    return new RunError('FLOW_TIMED_OUT', `The run '${run.runId}' did not end within its timeout.`, { details });
  const thrown = rebuilt(cause);
  if (thrown instanceof PerdureError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RunError('FLOW_FAILED', `The run '${run.runId}' failed: ${message}`, { cause: thrown, details });
};

/** Whether the server says that it has no such run. */
export const isUnknownRun = (error: unknown): boolean =>
  (error as { code?: number }).code === 5 || (error as Error).name === 'WorkflowNotFoundError';

export const notFound = (runId: string, cause?: unknown): RunError =>
  new RunError(
    'RUN_NOT_FOUND',
    `There is no run '${runId}' on this server, or its history is older than its retention.`,
    {
      cause,
      details: { runId },
    },
  );
