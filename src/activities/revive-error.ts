/**
 * The reverse of `recordError`: an error to throw on this side of the process boundary, with the original's stack. Host.
 * Errors of the taxonomy get their class back; others keep their name and properties.
 */
import type { ErrorCode } from '../core/error-codes.js';
import {
  AuthoringError,
  BundleError,
  ConfigError,
  ConnectionError,
  PerdureError,
  ResultStoreError,
  RunError,
} from '../core/errors.js';
import type { ErrorRecord } from './error-record.js';

const taxonomy: Readonly<Record<string, typeof PerdureError>> = {
  PerdureError,
  AuthoringError,
  BundleError,
  RunError,
  ConnectionError,
  ConfigError,
  ResultStoreError,
};

export const reviveError = (record: ErrorRecord): Error => {
  const { name, message, stack, props = {} } = record;
  const cause = record.cause === undefined ? undefined : reviveError(record.cause);
  const errorClass = taxonomy[name];
  const { code, details, ...others } = props;
  const error =
    errorClass === undefined || typeof code !== 'string'
      ? Object.assign(new Error(message, cause && { cause }), props)
      : // The code was one of ours when the error was recorded, by the same build.
        Object.assign(
          new errorClass(code as ErrorCode, message, { cause, details: (details ?? {}) as Record<string, unknown> }),
          others,
        );
  if (error.name !== name) Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  if (stack !== undefined) error.stack = stack;
  return error;
};
