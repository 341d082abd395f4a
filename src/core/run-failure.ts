/**
 * What a task run, or the run of a flow called by a flow, failed with, as the RunError that flow code sees. Pure: every
 * runtime finds the same words here, whatever its own failures look like.
 */
import { RunError, type RunErrorDetails } from './errors.js';
import type { FailureDetail } from './protocol.js';

/** Which task run or child run failed. */
export interface Failing {
  kind: 'task' | 'flow';
  name: string;
  details: RunErrorDetails;
}

const label = ({ name, kind, details }: Failing): string =>
  `The ${kind} '${name}'${details.mapIndex === undefined ? '' : ` (map index ${details.mapIndex})`}`;

/** What the other side said of its failure: `detail` where it is one of ours, and the error as it was thrown there. */
export interface SaidFailure {
  detail: FailureDetail | undefined;
  message: string;
  cause: unknown;
}

export const failedError = (failing: Failing, { detail, message, cause }: SaidFailure): RunError => {
  const isTaskFailure = detail?.errorClass === 'RunError' && failing.kind === 'task';
  const { userError: _shown, ...known } = (detail?.details ?? {}) as RunErrorDetails;
  return new RunError(
    failing.kind === 'flow' ? 'FLOW_FAILED' : isTaskFailure ? detail.code : 'TASK_FAILED',
    // The host's own words for a timeout, a crash and so on name the task already.
    isTaskFailure && detail.code !== 'TASK_FAILED' ? message : `${label(failing)} failed: ${message}`,
    { cause, details: { ...(isTaskFailure ? known : {}), ...failing.details } },
  );
};

export const cancelledError = (failing: Failing): RunError =>
  new RunError('CANCELLED', `${label(failing)} was cancelled.`, { details: failing.details });

/** Its time over all attempts is up. */
export const outOfTimeError = (failing: Failing, cause: unknown): RunError =>
  new RunError(
    failing.kind === 'flow' ? 'FLOW_TIMED_OUT' : 'TASK_TIMED_OUT',
    `${label(failing)} did not end within its total timeout.`,
    { cause, details: failing.details },
  );

export const silentError = (failing: Failing, cause: unknown): RunError =>
  new RunError('TASK_CRASHED', `${label(failing)} crashed: its worker fell silent.`, {
    cause,
    details: failing.details,
  });

/** Its arguments cannot be encoded, or are more than can be carried. */
export const unsendableError = (
  failing: Failing,
  code: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE',
  cause: unknown,
): RunError =>
  new RunError(code, `${label(failing)} was given arguments that cannot be sent: ${(cause as Error).message}`, {
    cause,
    details: failing.details,
  });
