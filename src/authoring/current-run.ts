/**
 * `currentRun()`: who and where the calling code is. Pure; each realm installs a provider that knows (the child
 * process for task bodies, the sandbox for flows).
 */
import { AuthoringError } from '../core/errors.js';
import { type Logger, logger } from './logger.js';

/** What is known of the run; the rest of `CurrentRun` follows from it. */
export interface RunFacts {
  kind: 'task' | 'flow';
  flowName: string;
  /** The flow run's id (Temporal's workflow id). */
  runId: string;
  /** Of the run; in a task also those that it declares and those of the call. */
  tags: readonly string[];
  /** Of a task: what people read for it, where `runName` or `.with({ name })` gave it one. */
  name?: string;
  /** Failures that are followed by another attempt; of a flow, by another run of it. */
  retries?: number;
  /** Of a flow: its parameters, parsed. */
  parameters?: unknown;
  /** Of a flow: when its schedule meant it to start, else when it started. The same on replay. */
  scheduledStartAt?: Date;
  /** Of a task: its name, the id of its run, and the 1-based attempt. */
  taskName?: string;
  taskRunId?: string;
  attempt?: number;
  /** Of a mapped task: its 0-based position. */
  mapIndex?: number;
  /** Of a task: aborted when the run is cancelled, the attempt times out or the worker stops. */
  signal?: AbortSignal;
}

export interface CurrentRun extends RunFacts {
  /** The same as the export `logger`. */
  readonly logger: Logger;
  /** The same for every attempt of this task run, and no other's: for services that take such a key. */
  readonly idempotencyKey: string;
}

/** What follows from the facts, made when it is asked for. */
const context = {
  get logger(): Logger {
    return logger;
  },
  get idempotencyKey(): string {
    const { runId, taskRunId } = this as unknown as RunFacts;
    return taskRunId === undefined ? runId : `${runId}/${taskRunId}`;
  },
};

/** `facts` as a `CurrentRun`; what it adds is not enumerable. */
export const inRunContext = <F extends RunFacts>(facts: F): F & CurrentRun =>
  Object.setPrototypeOf(facts, context) as F & CurrentRun;

// One provider a realm, even when two copies of this package are loaded into it.
const slot = Symbol.for('perdure.current-run');
const holder = globalThis as { [slot]?: () => RunFacts | undefined };

export const provideCurrentRun = (provide: () => RunFacts | undefined): void => {
  holder[slot] = provide;
};

/** The same as `currentRun()`, or nothing. */
export const currentRunIfAny = (): RunFacts | undefined => holder[slot]?.();

/**
 * Ids, attempt, map index, tags and cancellation signal of the task or flow that calls it. Follows `await`.
 * @throws AuthoringError NO_CURRENT_RUN outside a task body and a flow body.
 */
export const currentRun = (): CurrentRun => {
  const run = currentRunIfAny();
  if (run === undefined)
    throw new AuthoringError(
      'NO_CURRENT_RUN',
      'currentRun() was called outside a task body and a flow body. Call it from code that a task or flow runs.',
    );
  return 'logger' in run ? (run as CurrentRun) : inRunContext(run);
};
