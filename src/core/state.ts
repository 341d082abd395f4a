/**
 * The states of a task run or flow run. Pure. Prefect's vocabulary (SEMANTICS: states); the final ones are final.
 */
export const State = {
  Pending: 'Pending',
  Running: 'Running',
  Retrying: 'Retrying',
  Paused: 'Paused',
  Completed: 'Completed',
  Cached: 'Cached',
  Skipped: 'Skipped',
  Failed: 'Failed',
  TimedOut: 'TimedOut',
  Crashed: 'Crashed',
  TriggerFailed: 'TriggerFailed',
  Cancelled: 'Cancelled',
} as const;
export type State = (typeof State)[keyof typeof State];

/** Skipped counts as success, as in Prefect 1. */
const successes: ReadonlySet<State> = new Set([State.Completed, State.Cached, State.Skipped]);
const failures: ReadonlySet<State> = new Set([
  State.Failed,
  State.TimedOut,
  State.Crashed,
  State.TriggerFailed,
  State.Cancelled,
]);

/** TriggerFailed and Cancelled count as failure. */
export const isFailure = (state: State): boolean => failures.has(state);
export const isFinal = (state: State): boolean => successes.has(state) || failures.has(state);
