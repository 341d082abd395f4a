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
import { type ErrorData, errorData } from '../core/error-data.js';
import { RunError } from '../core/errors.js';
import { userError } from '../core/failure-detail.js';
import type { BatchReport } from '../core/map-batch.js';
import { isFailureDetail } from '../core/protocol.js';
import {
  cancelledError,
  type Failing,
  failedError,
  outOfTimeError,
  silentError,
  unsendableError,
} from '../core/run-failure.js';

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

/** What a batch that was cancelled had done by then. */
export const reportOfCancelled = (error: unknown): BatchReport | undefined => {
  const cancelled = causeOf(error);
  const report =
    cancelled instanceof CancelledFailure ? (cancelled.details?.[0] as BatchReport | undefined) : undefined;
  return Array.isArray(report?.segments) ? report : undefined;
};

/** What `error`, thrown by an activity or a child workflow, means for the run. */
export const toRunError = (error: unknown, failing: Failing): RunError => {
  if (error instanceof RunError) return error;
  const payloadCode = (error as { payloadCode?: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE' } | undefined)?.payloadCode;
  if (payloadCode !== undefined) return unsendableError(failing, payloadCode, error);
  const failure = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure ? error.cause : error;
  if (failure instanceof CancelledFailure || isCancellation(error)) return cancelledError(failing);
  if (failure instanceof TimeoutFailure)
    return failure.timeoutType === 'HEARTBEAT' ? silentError(failing, failure) : outOfTimeError(failing, failure);
  return failedError(failing, {
    detail: failure instanceof ApplicationFailure ? failure.details?.find(isFailureDetail) : undefined,
    message: (failure as Error | undefined)?.message ?? String(error),
    cause: asUserError(failure),
  });
};

const applicationFailure = ({ name, message, stack, cause, detail }: ErrorData): ApplicationFailure => {
  const failure = ApplicationFailure.create({
    message,
    type: name,
    details: detail === undefined ? [] : [detail],
    ...(cause === undefined ? {} : { cause: applicationFailure(cause) }),
  });
  if (stack !== undefined) failure.stack = stack;
  return failure;
};

/** What fails the workflow, made of what the flow threw; not final, so that the flow's own `retries` go on. */
export const toFlowFailure = (error: unknown): ApplicationFailure =>
  error instanceof ApplicationFailure ? error : applicationFailure(errorData(error));
