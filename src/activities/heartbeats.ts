/**
 * Heartbeats of all attempts of a worker, by one timer. Host. They say that the worker lives, not that the body makes
 * progress, and carry the attempt's counts; a body that computes for hours need not know of them. Young attempts are
 * left alone: most end before a heartbeat would be due.
 */
import type { Context } from '@temporalio/activity';
import type { AttemptCount } from './attempt-count.js';

const tickMs = 200;
const everyMs = 1_000;
/** Of a short time-out, the part after which to beat: a beat may be throttled by the SDK (to 0.8 of it) or be late. */
const share = 0.3;

export interface Heartbeats {
  /** Beats for an attempt until the returned function is called; `count` gives the details of each beat. */
  keep(context: Context, count: () => AttemptCount): () => void;
}

interface Kept {
  context: Context;
  count: () => AttemptCount;
  everyMs: number;
  dueAtMs: number;
}

export const createHeartbeats = (): Heartbeats => {
  const kept = new Set<Kept>();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    const nowMs = performance.now();
    for (const item of kept) {
      if (item.dueAtMs > nowMs) continue;
      item.dueAtMs = nowMs + item.everyMs;
      item.context.heartbeat(item.count());
    }
  };
  return {
    keep: (context, count) => {
      const intervalMs = Math.min(everyMs, (context.info.heartbeatTimeoutMs ?? Infinity) * share);
      const item = { context, count, everyMs: intervalMs, dueAtMs: performance.now() + intervalMs };
      kept.add(item);
      timer ??= setInterval(beat, tickMs).unref();
      return () => {
        kept.delete(item);
        if (kept.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};
