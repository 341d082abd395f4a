/**
 * `currentRun()`: who and where the calling code is. Pure; each realm installs a provider that knows (the child
 * process for task bodies, the sandbox for flows).
 */
import { AuthoringError } from '../core/errors.js';

export interface CurrentRun {
  kind: 'task' | 'flow';
  flowName: string;
  /** The flow run's id (Temporal's workflow id). */
  runId: string;
  tags: readonly string[];
  /** Of a task: its name, the id of its run, and the 1-based attempt. */
  taskName?: string;
  taskRunId?: string;
  attempt?: number;
  /** Of a mapped task: its 0-based position. */
  mapIndex?: number;
  /** Of a task: aborted when the run is cancelled, the attempt times out or the worker stops. */
  signal?: AbortSignal;
}

// One provider a realm, even when two copies of this package are loaded into it.
const slot = Symbol.for('perdure.current-run');
const holder = globalThis as { [slot]?: () => CurrentRun | undefined };

export const provideCurrentRun = (provide: () => CurrentRun | undefined): void => {
  holder[slot] = provide;
};

/** The same as `currentRun()`, or nothing. */
export const currentRunIfAny = (): CurrentRun | undefined => holder[slot]?.();

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
  return run;
};
