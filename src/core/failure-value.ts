/**
 * A failure as a value: what `allowFailure(future)` passes on where the run behind the future has none. Pure, plain
 * data, so that it reaches a task's body, the store and the caller of the flow like any value.
 */
import type { ErrorCode } from './error-codes.js';
import type { RunError } from './errors.js';
import type { State } from './state.js';

export interface FailureValue {
  readonly kind: 'failure';
  /** How the run ended. */
  readonly state: State;
  readonly code: ErrorCode;
  /** Of the error that the body threw, where it threw one; else of the run's. */
  readonly name: string;
  readonly message: string;
  /** Where it belongs, as in `RunError`: `taskName`, `mapIndex`, `attempt` and so on. */
  readonly details: Readonly<Record<string, unknown>>;
}

export const failureValue = (state: State, { code, message, details, cause }: RunError): FailureValue => ({
  kind: 'failure',
  state,
  code,
  name: cause instanceof Error ? cause.name : 'RunError',
  message: cause instanceof Error && code === 'TASK_FAILED' ? cause.message : message,
  details: { ...details },
});

/** Whether a value is a failure that `allowFailure` passed on. */
export const isFailureValue = (value: unknown): value is FailureValue =>
  typeof value === 'object' &&
  value !== null &&
  (value as Partial<FailureValue>).kind === 'failure' &&
  typeof (value as Partial<FailureValue>).code === 'string' &&
  typeof (value as Partial<FailureValue>).state === 'string';
