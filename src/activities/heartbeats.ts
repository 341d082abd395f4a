/**
 * Heartbeats of all attempts of a worker, by one timer. Host. They say that the worker lives, not that the body makes
 * progress, and carry the attempt's counts; a body that computes for hours need not know of them. Young attempts are
 * left alone: most end before a heartbeat would be due. Many attempts beat less often each, since every beat is work for
 * the server; as the answer to a beat is also how an attempt hears that it is cancelled, the first of a run to hear it
 * has the others of its run ask at once.
 */
import type { Context } from '@temporalio/activity';
import type { AttemptCount } from './attempt-count.js';

const tickMs = 200;
const everyMs = 1_000;
/** Of all attempts together, while their time-outs allow it. */
const beatsASecond = 20;
/** Of a time-out, the part after which to beat at the latest: a beat may be throttled by the SDK, or be late. */
const share = 0.3;

export interface Heartbeats {
  /** Beats for an attempt until the returned function is called; `count` gives the details of each beat. */
  keep(context: Context, count: () => AttemptCount): () => void;
}

interface Kept {
  context: Context;
  count: () => AttemptCount;
  latestMs: number;
  dueAtMs: number;
}

const runOf = ({ info }: Context): string | undefined => info.workflowExecution?.runId;

export const createHeartbeats = (): Heartbeats => {
  const kept = new Set<Kept>();
  let timer: NodeJS.Timeout | undefined;
  const beat = (): void => {
    const nowMs = performance.now();
    const intervalMs = Math.max(everyMs, (kept.size / beatsASecond) * 1_000);
    for (const item of kept) {
      if (item.dueAtMs > nowMs) continue;
      item.dueAtMs = nowMs + Math.min(intervalMs, item.latestMs);
      item.context.heartbeat(item.count());
    }
  };
  const hurry = (run: string | undefined): void => {
    for (const item of kept)
      if (runOf(item.context) === run && !item.context.cancellationSignal.aborted) item.dueAtMs = 0;
  };
  return {
    keep: (context, count) => {
      const latestMs = (context.info.heartbeatTimeoutMs ?? Infinity) * share;
      const item = { context, count, latestMs, dueAtMs: performance.now() + Math.min(everyMs, latestMs) };
      const tellOthers = (): void => hurry(runOf(context));
      kept.add(item);
      context.cancellationSignal.addEventListener('abort', tellOthers, { once: true });
      timer ??= setInterval(beat, tickMs).unref();
      return () => {
        kept.delete(item);
        context.cancellationSignal.removeEventListener('abort', tellOthers);
        if (kept.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};
