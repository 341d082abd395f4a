/**
 * A task's policy as the options of its Temporal activity. Pure; the sandbox schedules with them. Temporal's own retry
 * policy allows any number of attempts: which failure is the last is decided by the worker alone, which marks it
 * non-retryable, because only failures of the body are charged to `retries` and only the host has the user's functions.
 */
import type { TaskPolicy } from './task-policy.js';

/** Only bounds an attempt that its worker holds without running it; the body's own bound is kept by the host. */
export const startToCloseMs = 30 * 24 * 3_600_000;

export interface TaskActivityOptions {
  startToCloseTimeout: number;
  scheduleToCloseTimeout?: number;
  heartbeatTimeout: number;
  /** `maximumAttempts` is left out: the SDK takes that as no limit and refuses 0. */
  retry: { initialInterval: number; backoffCoefficient: number };
}

export const activityOptions = (policy: TaskPolicy): TaskActivityOptions => ({
  startToCloseTimeout: startToCloseMs,
  ...(policy.totalTimeoutMs === undefined ? {} : { scheduleToCloseTimeout: policy.totalTimeoutMs }),
  heartbeatTimeout: policy.heartbeatTimeoutMs,
  // Used after a crash or a lost worker; a failure of the body brings its own delay.
  retry: { initialInterval: 1_000, backoffCoefficient: 1 },
});
