/**
 * The result store of a project, for commands that only read what runs left there. HOST. Needs no server, no worker and
 * no code of the user's; a server is asked only whether a run that is followed has ended.
 */
import { type LogLine, type LogOptions } from '../core/log-line.js';
import { RunError } from '../core/errors.js';
import { oneLine } from './printable.js';
import { say } from './standard-streams.js';
import { getRun } from '../executors/index.js';
import { findProject, resultStoreUrl } from '../project/index.js';
import { openResultStore, readLog, type ResultStore } from '../results/index.js';
import { isFinal } from '../core/state.js';

export const openRunStore = (given: string | undefined): Promise<ResultStore> =>
  openResultStore(resultStoreUrl(findProject(process.cwd()), given));

/** The run's log; whether it has ended is asked of the server only when it is followed. */
export const logOf = (store: ResultStore, runId: string, options: LogOptions): AsyncIterable<LogLine> => {
  let handle: Awaited<ReturnType<typeof getRun>> | undefined;
  const isOver = async (): Promise<boolean> => {
    handle ??= await getRun(runId);
    return isFinal(await handle.state());
  };
  return readLog(store, runId, { ...options, isOver });
};

/** Says so where nobody can tell. @throws RunError RUN_NOT_FOUND, where neither the store nor the server knows the run */
export const refuseUnknownRun = async (runId: string): Promise<void> => {
  try {
    await (await getRun(runId)).state();
  } catch (error) {
    if (error instanceof RunError && error.code === 'RUN_NOT_FOUND') throw error;
    say(`Whether there is a run ${oneLine(runId)} cannot be told: ${oneLine((error as Error).message)}`);
  }
};
