/**
 * How often a task run has failed, crashed, been lost and been let go. Host. Temporal only counts attempts; what each
 * one was is kept in the heartbeat details, which the server hands to the next attempt. The SDK sends the last details
 * with a failure, in one request, so that a count and its failure cannot come apart. An attempt that nobody counted was
 * lost with its worker: under its eyes when it had heartbeat, else perhaps before it even started, as when the server
 * hands it to a worker that is stopped but still holds its polls open.
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
  /** Attempts that had heartbeat when their worker was lost. */
  lost: number;
  /** Since when it waits under a limit (epoch ms), across the attempts that were given back meanwhile. */
  since?: number;
  /** The attempt that writes this; absent once its end has been counted. */
  open?: number;
  /** Of a batch: how many items were written down when the attempt began, how many are, and in how many records. */
  batch?: { before: number; saved: number; records: number };
}

export interface AttemptHistory extends AttemptCount {
  /** Attempts of which nothing was heard. */
  unheard: number;
}

const count = (value: unknown): number => (Number.isInteger(value) && (value as number) > 0 ? (value as number) : 0);

/** What came before this attempt. Details that are not ours count for nothing. */
export const attemptHistory = (info: Pick<Info, 'attempt' | 'heartbeatDetails' | 'isLocal'>): AttemptHistory => {
  const none = { v: 1 as const, charged: 0, crashes: 0, released: 0, lost: 0, unheard: 0, open: info.attempt };
  let left = info.attempt - 1;
  // A local activity has no heartbeats, and its worker's loss starts it anew: every attempt before was a failure.
  if (info.isLocal) return { ...none, charged: left };
  const told = (info.heartbeatDetails ?? {}) as Partial<AttemptCount>;
  if (told.v !== 1) return { ...none, unheard: left };
  // A reset of the activity sets `attempt` back, not the details: never count more than there were.
  const take = (value: number): number => {
    const taken = Math.min(value, left);
    left -= taken;
    return taken;
  };
  const charged = take(count(told.charged));
  const crashes = take(count(told.crashes));
  const released = take(count(told.released));
  const lost = take(count(told.lost) + (told.open === undefined ? 0 : 1));
  const since = count(told.since);
  const history = { ...none, charged, crashes, released, lost, unheard: left, ...(since > 0 ? { since } : {}) };
  return told.batch === undefined ? history : ofBatch(history, told.batch);
};

/** A batch that came further may be lost as often as it does: what was lost before is as good as given back. */
const ofBatch = (history: AttemptHistory, told: NonNullable<AttemptCount['batch']>): AttemptHistory => {
  const saved = count(told.saved);
  const batch = { before: saved, saved, records: count(told.records) };
  if (saved <= count(told.before)) return { ...history, batch };
  const { crashes, lost, released } = history;
  return { ...history, crashes: 0, lost: 0, released: released + crashes + lost, batch };
};

/** The details while this attempt runs. */
export const countNow = ({ v, charged, crashes, released, lost, open, batch }: AttemptHistory): AttemptCount => ({
  v,
  charged,
  crashes,
  released,
  lost,
  ...(open === undefined ? {} : { open }),
  ...(batch === undefined ? {} : { batch }),
});

/** The details that go with the end of this attempt. */
export const countAfter = (history: AttemptHistory, what: 'charged' | 'crashes' | 'released'): AttemptCount => {
  const { open: _, ...next } = countNow(history);
  if (what === 'released' && history.since !== undefined) next.since = history.since;
  next[what] += 1;
  return next;
};
