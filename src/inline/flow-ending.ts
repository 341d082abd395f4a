/** How a flow run in memory ends, and what that is to its parent and to the program that waits for it. HOST. */
import { type ErrorData, errorOf, plainErrorOf } from '../core/error-data.js';
import type { RunError } from '../core/errors.js';
import { runCancelled, runFailedOf, type RunIdentity, runTimedOut } from '../core/run-end.js';
import { cancelledError, type Failing, failedError, outOfTimeError } from '../core/run-failure.js';
import type { State } from '../core/state.js';

export type FlowEnding =
  | { state: typeof State.Completed; value: unknown }
  | { state: typeof State.Cancelled }
  | { state: typeof State.TimedOut }
  | { state: typeof State.Failed; error: ErrorData };
type Uncompleted = Exclude<FlowEnding, { value: unknown }>;

export const childFailure = (ending: Uncompleted, failing: Failing): RunError => {
  if (ending.state === 'Cancelled') return cancelledError(failing);
  if (ending.state === 'TimedOut') return outOfTimeError(failing, undefined);
  const { message, detail } = ending.error;
  return failedError(failing, { detail, message, cause: plainErrorOf(ending.error) });
};

export const runFailure = (ending: Uncompleted, run: RunIdentity): Error => {
  if (ending.state === 'Cancelled') return runCancelled(run);
  return ending.state === 'TimedOut' ? runTimedOut(run) : runFailedOf(errorOf(ending.error), run);
};
