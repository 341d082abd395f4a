/**
 * Errors of the taxonomy as plain data and back, so that they survive Temporal's failures with class, code and facts.
 * Pure.
 */
import {
  AuthoringError,
  BundleError,
  ConfigError,
  ConnectionError,
  type ErrorOptions,
  PerdureError,
  ResultStoreError,
  RunError,
  UsageError,
} from './errors.js';
import type { ErrorCode } from './error-codes.js';
import type { FailureDetail } from './protocol.js';

const classes: Readonly<
  Record<string, new (code: ErrorCode, message: string, options?: ErrorOptions) => PerdureError>
> = { AuthoringError, BundleError, ConfigError, ConnectionError, ResultStoreError, RunError, UsageError };

export const toFailureDetail = (error: PerdureError): FailureDetail => ({
  perdure: 1,
  errorClass: error.name,
  code: error.code,
  details: { ...error.details },
});

export const fromFailureDetail = (detail: FailureDetail, message: string, cause: unknown): PerdureError => {
  const errorClass = classes[detail.errorClass] ?? PerdureError;
  return new errorClass(detail.code, message, { details: detail.details, ...(cause === undefined ? {} : { cause }) });
};

/** An error as the user threw it: name, message and stack of the other side, own properties as far as they are data. */
export const userError = (thrown: {
  name: string;
  message: string;
  stack: string | undefined;
  cause?: unknown;
  props?: Record<string, unknown>;
}): Error => {
  const error = new Error(thrown.message, thrown.cause === undefined ? undefined : { cause: thrown.cause });
  Object.defineProperty(error, 'name', { value: thrown.name, configurable: true, writable: true });
  if (thrown.stack) Object.defineProperty(error, 'stack', { value: thrown.stack, configurable: true, writable: true });
  return Object.assign(error, thrown.props);
};
