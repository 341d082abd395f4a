/**
 * A run on the queue of another process's worker goes on here when that worker goes away: nobody else would. HOST.
 */
import { findUnfinished, hostedQueues, hostRuns } from './continue-runs.js';
import type { LocalSession } from './local-session.js';
import { lookEvery } from './look-every.js';

const lookEveryMs = 1_000;

export interface TakeOverOptions {
  /** The file that defines the run's flow, absolute. */
  file: string;
  runId: string;
  taskQueue: string;
  /** It goes on here. */
  onTaken: () => void;
  /** Runs of other files wait in the queue too, which a worker of this file alone would park. */
  onMixed: () => void;
}

/** Looks until the function it gives is called. Does nothing for a queue that is hosted here. */
export const takeOverWhenAlone = async (
  session: LocalSession,
  { file, runId, taskQueue, onTaken, onMixed }: TakeOverOptions,
): Promise<() => void> => {
  // Not by the registry: the worker that the run was meant for may have left before the run was there.
  if (session.hosts(taskQueue)) return () => undefined;
  let isStopped = false;
  const stop = (): void => {
    isStopped = true;
    end();
  };
  const look = async (): Promise<void> => {
    if ((await hostedQueues(session.project)).has(taskQueue)) return;
    const { free, mixed } = await findUnfinished(session, [file]);
    if (isStopped) return;
    if (free.some((run) => run.runId === runId)) {
      stop();
      onTaken();
      await hostRuns(
        session,
        free.filter((run) => run.taskQueue === taskQueue),
      );
    } else if (mixed.some((run) => run.runId === runId)) {
      stop();
      onMixed();
    }
  };
  const end = lookEvery(lookEveryMs, look);
  return stop;
};
