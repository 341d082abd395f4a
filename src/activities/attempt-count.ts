/**
 * How often a task run has failed, crashed, been lost and been let go. Host. Temporal only counts attempts; what each
 * one was is kept in the heartbeat details, which the server hands to the next attempt. The SDK sends the last details
 * with a failure, in one request, so that a count and its failure cannot come apart. An attempt that nobody counted was
 * lost with its worker.
 */
import type { Info } from '@temporalio/activity';

export interface AttemptCount {
  v: 1;
  /** Failures and time-outs of the body. */
  charged: number;
  /** Attempts whose child process died. */
  crashes: number;
  /** Attempts that a worker gave back when it shut down, or that Temporal paused or reset. */
  released: number;
}

export interface AttemptHistory extends AttemptCount {
  /** Attempts lost with their worker. */
  lost: number;
}

const count = (value: unknown): number => (Number.isInteger(value) && (value as number) > 0 ? (value as number) : 0);

/** What came before this attempt. Details that are not ours count for nothing. */
export const attemptHistory = (info: Pick<Info, 'attempt' | 'heartbeatDetails' | 'isLocal'>): AttemptHistory => {
  const before = info.attempt - 1;
  // A local activity has no heartbeats, and its worker's loss starts it anew: every attempt before was a failure.
  if (info.isLocal) return { v: 1, charged: before, crashes: 0, released: 0, lost: 0 };
  const told = (info.heartbeatDetails ?? {}) as Partial<AttemptCount>;
  if (told.v !== 1) return { v: 1, charged: 0, crashes: 0, released: 0, lost: before };
  // A reset of the activity sets `attempt` back, not the details.
  const charged = Math.min(count(told.charged), before);
  const crashes = Math.min(count(told.crashes), before - charged);
  const released = Math.min(count(told.released), before - charged - crashes);
  return { v: 1, charged, crashes, released, lost: before - charged - crashes - released };
};

/** The details to heartbeat, after one more attempt of the kind `what`. */
export const countAfter = (
  { charged, crashes, released }: AttemptCount,
  what?: 'charged' | 'crashes' | 'released',
): AttemptCount => {
  const next: AttemptCount = { v: 1, charged, crashes, released };
  if (what) next[what] += 1;
  return next;
};
