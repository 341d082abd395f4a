/**
 * Between Temporal's failures and ours: what an activity or child workflow failed with becomes a RunError that names
 * the task and keeps the user's error as its cause; what fails the flow becomes an ApplicationFailure. SANDBOX.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { isCancellation } from '@temporalio/workflow';
import { PerdureError, RunError, type RunErrorDetails } from '../core/errors.js';
import { toFailureDetail, userError } from '../core/failure-detail.js';
import { isFailureDetail } from '../core/protocol.js';

/** Which task run or child run failed. */
export interface Failing {
  kind: 'task' | 'flow';
  name: string;
  details: RunErrorDetails;
}

const label = ({ name, kind, details }: Failing): string =>
  `The ${kind} '${name}'${details.mapIndex === undefined ? '' : ` (map index ${details.mapIndex})`}`;

const causeOf = (failure: unknown): unknown => (failure as { cause?: unknown } | undefined)?.cause;

/** The user's own error, rebuilt from an ApplicationFailure with its cause chain. */
const asUserError = (failure: unknown): Error | undefined => {
  if (!(failure instanceof Error)) return undefined;
  const cause = asUserError(causeOf(failure));
  if (!(failure instanceof ApplicationFailure)) return failure;
  const detail = failure.details?.find(isFailureDetail);
  const props = (detail?.details as { userError?: { props?: Record<string, unknown> } } | undefined)?.userError?.props;
  return userError({
    name: failure.type ?? 'Error',
    message: failure.message,
    stack: failure.stack,
    cause,
    ...(props && { props }),
  });
};

/** What `error`, thrown by an activity or a child workflow, means for the run. */
export const toRunError = (error: unknown, failing: Failing): RunError => {
  if (error instanceof RunError) return error;
  const payloadCode = (error as { payloadCode?: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE' } | undefined)?.payloadCode;
  if (payloadCode !== undefined)
    return new RunError(
      payloadCode,
      `${label(failing)} was given arguments that cannot be sent: ${(error as Error).message}`,
      {
        cause: error,
        details: failing.details,
      },
    );
  const failure = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (failure instanceof CancelledFailure || isCancellation(error))
    return new RunError('CANCELLED', `${label(failing)} was cancelled.`, { details: failing.details });
  if (failure instanceof TimeoutFailure)
    return failure.timeoutType === 'HEARTBEAT'
      ? new RunError('TASK_CRASHED', `${label(failing)} crashed: its worker fell silent.`, {
          cause: failure,
          details: failing.details,
        })
      : new RunError(
          failing.kind === 'flow' ? 'FLOW_TIMED_OUT' : 'TASK_TIMED_OUT',
          `${label(failing)} did not end within its total timeout.`,
          { cause: failure, details: failing.details },
        );
  const detail = failure instanceof ApplicationFailure ? failure.details?.find(isFailureDetail) : undefined;
  const isTaskFailure = detail?.errorClass === 'RunError' && failing.kind === 'task';
  const thrown = (failure as Error | undefined)?.message ?? String(error);
  const { userError: _shown, ...known } = (detail?.details ?? {}) as RunErrorDetails;
  return new RunError(
    failing.kind === 'flow' ? 'FLOW_FAILED' : isTaskFailure ? detail.code : 'TASK_FAILED',
    // The host's own words for a timeout, a crash and so on name the task already.
    isTaskFailure && detail.code !== 'TASK_FAILED' ? thrown : `${label(failing)} failed: ${thrown}`,
    { cause: asUserError(failure), details: { ...(isTaskFailure ? known : {}), ...failing.details } },
  );
};

const causeChain = (cause: unknown, depth = 0): ApplicationFailure | undefined => {
  if (!(cause instanceof Error) || depth > 20) return undefined;
  const failure = ApplicationFailure.create({
    message: cause.message,
    type: cause.name,
    nonRetryable: true,
    details: cause instanceof PerdureError ? [toFailureDetail(cause)] : [],
    ...withCause(causeChain(cause.cause, depth + 1)),
  });
  if (cause.stack !== undefined) failure.stack = cause.stack;
  return failure;
};

const withCause = (cause: Error | undefined): { cause?: Error } => (cause === undefined ? {} : { cause });

/** What fails the workflow, made of what the flow threw. `retryable` lets the flow's own `retries` go on. */
export const toFlowFailure = (error: unknown): ApplicationFailure => {
  if (error instanceof ApplicationFailure) return error;
  const isError = error instanceof Error;
  const failure = ApplicationFailure.create({
    message: isError ? error.message : String(error),
    type: isError ? error.name : 'Error',
    details: error instanceof PerdureError ? [toFailureDetail(error)] : [],
    ...withCause(isError ? causeChain(error.cause) : undefined),
  });
  if (isError && error.stack !== undefined) failure.stack = error.stack;
  return failure;
};
