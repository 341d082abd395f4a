/**
 * The unfinished runs of a file that nobody else hosts: what a killed run left behind, and what this process goes on
 * with. HOST.
 */
import type { UnfinishedRun } from '../client.js';
import type { Project } from '../project/index.js';
import type { LocalSession } from './local-session.js';
import { hasOtherPollers } from './task-queue-pollers.js';

/** The queues that workers of other live processes on this machine have. */
export const hostedQueues = async (project: Project): Promise<Set<string>> => {
  const { otherWorkers } = await import('../worker/registry.js');
  return new Set(otherWorkers(project).flatMap(({ taskQueues }) => taskQueues));
};

export interface UnfinishedFound {
  /** Nobody has their queues: they can be hosted here. */
  free: UnfinishedRun[];
  /** A live worker has their queues. */
  hosted: UnfinishedRun[];
  /** Runs of other files wait in their queues, which a worker that does not know those flows would park. */
  mixed: UnfinishedRun[];
}

/** The unfinished runs of `files`, and which of them can be hosted here. Hosts nothing yet. */
export const findUnfinished = async (session: LocalSession, files: readonly string[]): Promise<UnfinishedFound> => {
  const sources = new Set(files.map((file) => session.sourceOf(file)));
  const { unfinishedRuns } = await import('../client.js');
  const all = await unfinishedRuns(session.client);
  const mine = all.filter(({ source }) => sources.has(source));
  const taken = await hostedQueues(session.project);
  const found: UnfinishedFound = { free: [], hosted: [], mixed: [] };
  for (const queue of new Set(mine.map(({ taskQueue }) => taskQueue))) {
    const inQueue = mine.filter(({ taskQueue }) => taskQueue === queue);
    const isTaken =
      taken.has(queue) || (session.server.kind === 'external' && (await hasOtherPollers(session.client, queue)));
    const isMixed = all.some(({ taskQueue, source }) => taskQueue === queue && !sources.has(source));
    found[isTaken ? 'hosted' : isMixed ? 'mixed' : 'free'].push(...inQueue);
  }
  return found;
};

/** Hosts the queues of `runs`. */
export const hostRuns = async (session: LocalSession, runs: readonly UnfinishedRun[]): Promise<void> => {
  for (const queue of new Set(runs.map(({ taskQueue }) => taskQueue))) await session.serve(queue);
};
