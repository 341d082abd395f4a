/**
 * An attempt's end as the failure that Temporal keeps. Host. Keeps the user's own error (type, message, stack, causes)
 * and adds, as the one detail, what the flow needs to make a `RunError` of it. `nonRetryable` and `nextRetryDelay` carry
 * the decision about the next attempt, since the activity's retry policy allows any number.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ErrorCode } from '../core/error-codes.js';
import type { FailureDetail } from '../core/protocol.js';
import type { ErrorRecord } from './error-record.js';
import type { AttemptRequest } from './task-host.js';

export interface FailureOptions {
  code: ErrorCode;
  record: ErrorRecord;
  attempt: AttemptRequest;
  /** Charged failures, this one included. */
  charged: number;
  retry: boolean;
  /** Before the next attempt; left out, the activity's own interval counts (1 s). */
  delayMs?: number | undefined;
  note?: string | undefined;
  details?: Record<string, unknown>;
}

const withStack = (failure: ApplicationFailure, stack: string | undefined): ApplicationFailure => {
  if (stack !== undefined) failure.stack = stack;
  return failure;
};

const causeOf = ({ name, message, stack, cause, props }: ErrorRecord): ApplicationFailure =>
  withStack(
    ApplicationFailure.create({
      message,
      type: name,
      ...(props ? { details: [{ props }] } : {}),
      ...(cause ? { cause: causeOf(cause) } : {}),
    }),
    stack,
  );

export const taskFailure = (options: FailureOptions): ApplicationFailure => {
  const { code, record, attempt, charged, retry, delayMs, note } = options;
  const { run, taskName } = attempt;
  const detail: FailureDetail = {
    perdure: 1,
    errorClass: 'RunError',
    code,
    details: {
      taskName,
      taskRunId: run.taskRunId,
      ...(run.mapIndex === undefined ? {} : { mapIndex: run.mapIndex }),
      attempt: run.attempt,
      charged,
      runId: run.runId,
      flowName: run.flowName,
      userError: { name: record.name, ...(record.props ? { props: record.props } : {}) },
      ...options.details,
    },
  };
  // The server takes a delay of 0 as none given, and waits for the activity's own interval instead.
  const failure = ApplicationFailure.create({
    message: note === undefined ? record.message : `${record.message} (not retried: ${note})`,
    type: record.name,
    nonRetryable: !retry,
    details: [detail],
    // The server takes a delay of 0 for "no further attempt".
    ...(retry && delayMs !== undefined ? { nextRetryDelay: Math.max(1, Math.ceil(delayMs)) } : {}),
    ...(record.cause ? { cause: causeOf(record.cause) } : {}),
  });
  return withStack(failure, record.stack);
};
