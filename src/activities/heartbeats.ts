/**
 * Heartbeats of all attempts of a worker, by one timer. Host. They say that the worker lives, not that the body makes
 * progress, and carry the attempt's counts; a body that computes for hours need not know of them. Young attempts are
 * left alone: most end before a heartbeat would be due.
 */
import type { Context } from '@temporalio/activity';
import type { AttemptCount } from './attempt-count.js';

const everyMs = 1_000;

export interface Heartbeats {
  /** Beats for an attempt until the returned function is called. */
  keep(context: Context, count: AttemptCount): () => void;
}

export const createHeartbeats = (): Heartbeats => {
  const kept = new Set<{ context: Context; count: AttemptCount; sinceMs: number }>();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    const bornBeforeMs = performance.now() - everyMs;
    for (const { context, count, sinceMs } of kept) if (sinceMs <= bornBeforeMs) context.heartbeat(count);
  };
  return {
    keep: (context, count) => {
      const item = { context, count, sinceMs: performance.now() };
      kept.add(item);
      timer ??= setInterval(beat, everyMs).unref();
      return () => {
        kept.delete(item);
        if (kept.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};
