/**
 * What a run's end means to the program that waits for it: Temporal's failure as the RunError (or other error of the
 * taxonomy) that the flow threw, with the user's own error and stack as its cause. HOST.
 */
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TerminatedFailure, TimeoutFailure } from '@temporalio/common';
import { RunError } from '../core/errors.js';
import { fromFailureDetail, userError } from '../core/failure-detail.js';
import { isFailureDetail } from '../core/protocol.js';
import { runCancelled, runFailedOf, type RunIdentity, runTimedOut } from '../core/run-end.js';

/** An ApplicationFailure as the error it was made of. */
export const rebuilt = (failure: unknown): unknown => {
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
  if (cause instanceof CancelledFailure) return runCancelled(run);
  if (cause instanceof TerminatedFailure)
    return new RunError('FLOW_TERMINATED', `The run '${run.runId}' was terminated from outside: ${cause.message}`, {
      details: { ...run },
    });
  return cause instanceof TimeoutFailure ? runTimedOut(run) : runFailedOf(rebuilt(cause), run);
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
