/**
 * An attempt's end as the failure that Temporal keeps. Host. Keeps the user's own error (type, message, stack, causes)
 * and adds, as the one detail, what the flow needs to make a `RunError` of it. `nonRetryable` and `nextRetryDelay` carry
 * the decision about the next attempt, since the activity's retry policy allows any number.
 */
import { ApplicationFailure } from '@temporalio/common';
import { detailOf, type EndedAttempt, messageOf } from './attempt-end.js';
import type { ErrorRecord } from './error-record.js';

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

export const taskFailure = (end: EndedAttempt): ApplicationFailure => {
  const { record, retry, delayMs } = end;
  // The server takes a delay of 0 as none given, and waits for the activity's own interval instead.
  const failure = ApplicationFailure.create({
    message: messageOf(end),
    type: record.name,
    nonRetryable: !retry,
    details: [detailOf(end)],
    // The server takes a delay of 0 for "no further attempt".
    ...(retry && delayMs !== undefined ? { nextRetryDelay: Math.max(1, Math.ceil(delayMs)) } : {}),
    ...(record.cause ? { cause: causeOf(record.cause) } : {}),
  });
  return withStack(failure, record.stack);
};
