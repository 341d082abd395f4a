/** Hooks: tasks that are run when a task run or a flow run has ended in some way. Pure; their types and their check. */
import { AuthoringError } from '../core/errors.js';
import type { FailureValue } from '../core/failure-value.js';
import type { State } from '../core/state.js';

/** What a hook is told. */
export interface HookEvent {
  runId: string;
  flowName: string;
  /** How it ended: the task run, or without `taskRunId` the flow run. */
  state: State;
  taskName?: string;
  taskRunId?: string;
  /** What it failed with, as plain data. */
  error?: FailureValue;
  /** Where it completed. */
  value?: unknown;
}

/** A task that takes a HookEvent. */
export interface HookTask {
  readonly taskName: string;
  readonly fn: (event: HookEvent) => unknown;
}
export type Hook = HookTask | readonly HookTask[];

/**
 * Tasks that are run, as task runs of the same flow run, once it has ended so; several side by side. They are durable, run
 * after a cancellation too, and change nothing about how it ended: one that fails is only shown. All their attempts have 5
 * minutes, after a cancellation 1 minute, unless their own `totalTimeout` says otherwise. Of a map they run once, for all
 * of it. Prefect's `on_completion`, `on_failure`, `on_cancellation`, `on_crashed`.
 */
export interface HookOptions {
  /** After Completed or Cached. */
  onCompletion?: Hook;
  /** After Failed, TimedOut or TriggerFailed; of a flow with `retries`, after its last failure. */
  onFailure?: Hook;
  /** After Cancelled. */
  onCancellation?: Hook;
  /** After Crashed: the process died under the task. Of a flow: it failed of such a task. */
  onCrashed?: Hook;
}

export const hookNames = ['onCompletion', 'onFailure', 'onCancellation', 'onCrashed'] as const;

const isHook = (value: unknown): boolean =>
  typeof (value as Partial<HookTask> | null)?.taskName === 'string' &&
  typeof (value as Partial<HookTask>).fn === 'function';

/** The hooks among `options`, where there are any. @throws AuthoringError BAD_OPTION */
export const hooksOf = (owner: string, options: HookOptions): HookOptions | undefined => {
  let hooks: HookOptions | undefined;
  for (const name of hookNames) {
    const value = options[name];
    if (value === undefined) continue;
    if (![value].flat().every(isHook))
      throw new AuthoringError('BAD_OPTION', `${owner}: expected \`${name}\` to be a task, or a list of tasks.`, {
        details: { option: name, expected: 'a task, or a list of tasks', received: typeof value },
      });
    hooks = { ...hooks, [name]: value };
  }
  return hooks;
};
