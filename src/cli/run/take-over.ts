/**
 * A run on the queue of another process's worker goes on here when that worker goes away: nobody else would. HOST.
 */
import { invocation } from '../invocation.js';
import { lookEvery } from '../look-every.js';
import { oneLine } from '../printable.js';
import { fromHere } from '../source-file.js';
import { say } from '../standard-streams.js';
import { findUnfinished, hostedQueues, hostRuns } from './continue-runs.js';
import type { RunContext } from './run-file.js';

const lookEveryMs = 1_000;

/** Looks until the function it gives is called. Does nothing for a queue that is hosted here. */
export const takeOverWhenAlone = async (
  { session, file }: RunContext,
  { runId, taskQueue }: { runId: string; taskQueue: string },
): Promise<() => void> => {
  if (!(await hostedQueues(session.project)).has(taskQueue)) return () => undefined;
  const look = async (): Promise<void> => {
    if ((await hostedQueues(session.project)).has(taskQueue)) return;
    const { free, mixed } = await findUnfinished(session, [file]);
    if (free.some((run) => run.runId === runId)) {
      stop();
      say('The worker of this run is gone: it goes on here.');
      await hostRuns(
        session,
        free.filter((run) => run.taskQueue === taskQueue),
      );
    } else if (mixed.some((run) => run.runId === runId)) {
      stop();
      say(
        `The worker of ${oneLine(runId)} is gone, and runs of other files wait in its queue too: it goes on when a worker of all of them is up (${invocation()} dev ${fromHere(file)} …).`,
      );
    }
  };
  const stop = lookEvery(lookEveryMs, look);
  return stop;
};
