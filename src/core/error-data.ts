/**
 * An error with its causes as plain data, and back: what of it goes along when it leaves the flow that threw it. Pure.
 * Errors of the taxonomy keep class, code and facts; others their name, message and stack.
 */
import { PerdureError } from './errors.js';
import { fromFailureDetail, toFailureDetail, userError } from './failure-detail.js';
import type { FailureDetail } from './protocol.js';
import { isErrorLike, safely, type ThrownText, thrownText } from './thrown.js';

export interface ErrorData extends ThrownText {
  cause?: ErrorData;
  /** Of an error of the taxonomy. */
  detail?: FailureDetail;
}

const mostCauses = 20;

/** What is no error counts as its text; as a cause, it is left out. Never throws. */
export const errorData = (error: unknown, depth = 0): ErrorData => {
  const text = thrownText(error);
  if (!isErrorLike(error)) return text;
  const cause = safely(() => error.cause);
  return {
    ...text,
    ...(error instanceof PerdureError ? { detail: toFailureDetail(error) } : {}),
    ...(isErrorLike(cause) && depth <= mostCauses ? { cause: errorData(cause, depth + 1) } : {}),
  };
};

/** The error again, each of the taxonomy in its class. */
export const errorOf = ({ name, message, stack, cause: told, detail }: ErrorData): Error => {
  const cause = told && errorOf(told);
  if (detail === undefined) return userError({ name, message, stack, cause });
  const error = fromFailureDetail(detail, message, cause);
  if (stack) Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true });
  return error;
};

/** The same as nothing but name, message, stack and causes: how the error of a child run is shown to its parent. */
export const plainErrorOf = ({ name, message, stack, cause, detail }: ErrorData): Error => {
  const props = (detail?.details as { userError?: { props?: Record<string, unknown> } } | undefined)?.userError?.props;
  return userError({ name, message, stack, cause: cause && plainErrorOf(cause), ...(props && { props }) });
};
