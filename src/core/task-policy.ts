/**
 * What may happen to one task run: how often, how long, after which delay. Pure data, so that it can travel in a
 * header and be reported by a child process. Functions among the options (`retryIf`, `retryDelay`) stay where the
 * user's code is; the flags here only say that they exist.
 */
export interface TaskPolicy {
  /** How many failures of the body are followed by another attempt. */
  retries: number;
  /** Delay before retry 1, 2, …; the last one repeats. Empty: no delay. */
  retryDelaysMs: number[];
  /** The delay is multiplied by this to the power of (retry - 1) once the list has run out. 1: constant. */
  retryBackoff: number;
  /** Upper bound of one delay. */
  maxRetryDelayMs: number;
  /** A delay is stretched by a random share up to this factor (Prefect's `retry_jitter_factor`). 0: none. */
  retryJitter: number;
  /** Bound on one attempt, counted from the start of its body. */
  timeoutMs?: number;
  /** Bound on all attempts together, with their delays and queueing. */
  totalTimeoutMs?: number;
  /** How long a worker may be silent before its attempts are given to another. */
  heartbeatTimeoutMs: number;
  /** What to do with an attempt that was lost with its process. */
  onCrash: 'rerun' | 'fail';
  hasRetryIf: boolean;
  hasRetryDelay: boolean;
}

/** Attempts lost with their process that are run again before the task run is given up as Crashed: 3, or `retries` where that is more. */
export const crashReruns = ({ retries }: Pick<TaskPolicy, 'retries'>): number => Math.max(3, retries);

export const defaultTaskPolicy: TaskPolicy = {
  retries: 0,
  retryDelaysMs: [],
  retryBackoff: 1,
  maxRetryDelayMs: 24 * 3_600_000,
  retryJitter: 0,
  heartbeatTimeoutMs: 10_000,
  onCrash: 'rerun',
  hasRetryIf: false,
  hasRetryDelay: false,
};

/** The delay before retry number `retry` (1-based); `random` is in [0, 1). */
export const retryDelayMs = (policy: TaskPolicy, retry: number, random: number): number => {
  const { retryDelaysMs: delays } = policy;
  if (delays.length === 0) return 0;
  const listed = delays[Math.min(retry, delays.length) - 1] ?? 0;
  const beyond = Math.max(0, retry - delays.length);
  const delay = Math.min(listed * policy.retryBackoff ** beyond, policy.maxRetryDelayMs);
  return Math.round(delay * (1 + policy.retryJitter * random));
};
