/**
 * The error taxonomy. Pure: imports nothing, runs in the sandbox, on the host and in the browser alike.
 *
 * Classes are recognised by a registered symbol, not by identity, so that `instanceof` holds across the
 * workflow sandbox's own realm and across two copies of this package in one process. What an error *is* is
 * its class; what exactly went wrong is its `code`, and every code has a page in `docs/errors/`.
 */
import type { ErrorCode } from './error-codes.js';

const brandOf = (className: string): symbol => Symbol.for(`perdure.error.${className}`);

/** Options every error takes. `details` must be plain data: it travels through Temporal's failures. */
export interface ErrorOptions {
  cause?: unknown;
  details?: Readonly<Record<string, unknown>>;
}

/** The root of every error that Perdure itself throws. */
export class PerdureError extends Error {
  /** What exactly went wrong; `docs/errors/<code>.md` explains it. */
  readonly code: ErrorCode;
  /** Plain facts about the failure, by name. Empty when there are none. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  static override [Symbol.hasInstance](this: { readonly brand: symbol; prototype: object }, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    // A user's own subclass has no brand of its own: it is recognised as usual, by its prototype.
    return Object.hasOwn(this, 'brand')
      ? this.brand in value
      : Object.prototype.isPrototypeOf.call(this.prototype, value);
  }

  static get brand(): symbol {
    return brandOf('PerdureError');
  }
}

const mark = <C extends { prototype: object }>(errorClass: C, name: string): void => {
  Object.defineProperty(errorClass.prototype, brandOf(name), { value: true });
  Object.defineProperty(errorClass.prototype, 'name', { value: name, configurable: true, writable: true });
};

/** A task or flow is declared or used wrongly. Thrown at the definition or the call, never later. */
export class AuthoringError extends PerdureError {
  static override get brand(): symbol {
    return brandOf('AuthoringError');
  }
}

/** A flow cannot be compiled for the sandbox. `details` has `file`, `line`, `column` and `importChain` where known. */
export class BundleError extends PerdureError {
  static override get brand(): symbol {
    return brandOf('BundleError');
  }
  /** The user's file that has to change, absolute. */
  get file(): string | undefined {
    return this.details['file'] as string | undefined;
  }
  /** 1-based. */
  get line(): number | undefined {
    return this.details['line'] as number | undefined;
  }
  /** 1-based. */
  get column(): number | undefined {
    return this.details['column'] as number | undefined;
  }
}

/** Where in a run a failure belongs. */
export interface RunErrorDetails extends Record<string, unknown> {
  runId?: string;
  flowName?: string;
  taskName?: string;
  taskRunId?: string;
  /** 0-based position in the map this task run is a child of. */
  mapIndex?: number;
  /** 1-based attempt that failed last. */
  attempt?: number;
}

/** A run, or a task run in it, did not complete. `cause` keeps the user's own error with its stack. */
export class RunError extends PerdureError {
  declare readonly details: Readonly<RunErrorDetails>;

  static override get brand(): symbol {
    return brandOf('RunError');
  }
  get runId(): string | undefined {
    return this.details.runId;
  }
  get taskName(): string | undefined {
    return this.details.taskName;
  }
  get mapIndex(): number | undefined {
    return this.details.mapIndex;
  }
  get attempt(): number | undefined {
    return this.details.attempt;
  }
}

/** Where in the result store a failure belongs; run and task as far as the key tells. */
export interface ResultStoreErrorDetails extends Record<string, unknown> {
  store?: string;
  key?: string;
  runId?: string;
  taskRunId?: string;
}

/** A value cannot be had from the result store, or not be put there. `STORE_FAILED` may be mended by trying again. */
export class ResultStoreError extends PerdureError {
  declare readonly details: Readonly<ResultStoreErrorDetails>;

  static override get brand(): symbol {
    return brandOf('ResultStoreError');
  }
}

/** The server, or its binary, cannot be had or reached. */
export class ConnectionError extends PerdureError {
  static override get brand(): symbol {
    return brandOf('ConnectionError');
  }
}

/** A setting, environment variable or profile file is wrong. */
export class ConfigError extends PerdureError {
  static override get brand(): symbol {
    return brandOf('ConfigError');
  }
}

/** The command line is used wrongly; the command exits with status 2. */
export class UsageError extends PerdureError {
  static override get brand(): symbol {
    return brandOf('UsageError');
  }
}

/**
 * Thrown by a task body: this failure will not be mended by trying again, whatever `retries` says.
 * @example throw new NonRetryableError('the file has no header row', { cause: error });
 */
export class NonRetryableError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brandOf('NonRetryableError') in value;
  }
}

/**
 * Thrown by a task body: try again after `retryAfter`, which wins over `retryDelay`. It is charged to `retries`
 * like any failure.
 * @example throw new RetryableError('rate limited', { retryAfter: response.headers.get('retry-after') + ' s' });
 */
export class RetryableError extends Error {
  /** Milliseconds, or text such as `'30 s'`. */
  readonly retryAfter: number | string;

  constructor(message: string, options: { retryAfter: number | string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryAfter = options.retryAfter;
  }
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brandOf('RetryableError') in value;
  }
}

/**
 * Thrown by a task body: there is nothing to do here. The task run ends Skipped, which counts as success, is not retried
 * and has `undefined` for a value; what depends on it is skipped as well, unless `skipOnUpstreamSkip: false`. Prefect's SKIP.
 * @example throw new SkipTask('no new rows');
 */
export class SkipTask extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brandOf('SkipTask') in value;
  }
}

for (const [errorClass, name] of [
  [PerdureError, 'PerdureError'],
  [AuthoringError, 'AuthoringError'],
  [BundleError, 'BundleError'],
  [RunError, 'RunError'],
  [ResultStoreError, 'ResultStoreError'],
  [ConnectionError, 'ConnectionError'],
  [ConfigError, 'ConfigError'],
  [UsageError, 'UsageError'],
  [NonRetryableError, 'NonRetryableError'],
  [RetryableError, 'RetryableError'],
  [SkipTask, 'SkipTask'],
] as const)
  mark(errorClass, name);
