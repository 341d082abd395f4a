/**
 * What follows a failure of a body: another attempt or not, and after which delay. Host, runs where the user's
 * functions are (a child), or without them in the worker. A function of the user's that throws ends the task run and
 * is named, since retrying for ever on a broken condition helps nobody.
 */
import type { Verdict } from '../../activities/task-host.js';
import type { TaskOptions } from '../../authoring/options.js';
import { parseDuration } from '../../core/duration.js';
import { NonRetryableError, RetryableError, SkipTask } from '../../core/errors.js';
import { retryDelayMs, type TaskPolicy } from '../../core/task-policy.js';

export interface Failure {
  error: unknown;
  policy: TaskPolicy;
  /** Failures charged before this one. */
  charged: number;
}

type UserFunctions = Pick<TaskOptions, 'retryIf' | 'retryDelay'>;

const textOf = (error: unknown): string => {
  try {
    return String(error);
  } catch {
    return 'an unprintable value';
  }
};

/** The delay, or `undefined` when the user's function gives none. */
const delayOf = ({ error, policy, charged }: Failure, functions: UserFunctions): number | undefined => {
  const retry = charged + 1;
  if (typeof functions.retryDelay !== 'function') return retryDelayMs(policy, retry, Math.random());
  const ms = parseDuration(functions.retryDelay(retry, error));
  return ms === undefined ? undefined : retryDelayMs({ ...policy, retryDelaysMs: [ms] }, 1, Math.random());
};

const retryAfterOf = (error: RetryableError): Verdict => {
  const delayMs = parseDuration(error.retryAfter);
  return delayMs === undefined
    ? { retry: false, note: `its \`retryAfter\` is no duration: ${textOf(error.retryAfter)}` }
    : { retry: true, delayMs };
};

/** The verdict on a failure; never rejects. */
export const judge = async (failure: Failure, functions: UserFunctions = {}): Promise<Verdict> => {
  const { error, policy, charged } = failure;
  if (error instanceof SkipTask) return { retry: false, isSkip: true };
  if (error instanceof NonRetryableError || charged >= policy.retries) return { retry: false };
  try {
    if (functions.retryIf && !(await functions.retryIf(error, charged + 1))) return { retry: false };
  } catch (thrown) {
    return { retry: false, note: `its \`retryIf\` threw: ${textOf(thrown)}` };
  }
  if (error instanceof RetryableError) return retryAfterOf(error);
  try {
    const delayMs = delayOf(failure, functions);
    if (delayMs === undefined) return { retry: false, note: 'its `retryDelay` gave no duration' };
    return { retry: true, delayMs };
  } catch (thrown) {
    return { retry: false, note: `its \`retryDelay\` threw: ${textOf(thrown)}` };
  }
};
