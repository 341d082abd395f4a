/**
 * Tells when a run cannot go on: no worker takes its next workflow task, or those that do cannot, because its code has
 * changed (parked). HOST. Only looks; whoever waits for the run decides what follows.
 */
import type { Client } from '@temporalio/client';
import { resumeCommand, shellQuoted, workerCommand } from '../invocation.js';
import { lookEvery } from '../../executors/index.js';
import { capitalised, oneLine } from '../printable.js';
import type { RunFollower } from './follow-run.js';
import { parkedWords } from './parked-words.js';
import type { RunContext } from './run-file.js';

export type Standstill = 'nobody' | 'parked';

const lookEveryMs = 1_000;
const standsMs = 10_000;
/** A worker that is gone may still have the task: longer than this is not waited for it. */
const goneWorkerMs = 60_000;

/** Temporal's PendingWorkflowTaskState. */
const [scheduled, started] = [1, 2];

interface PendingWorkflowTask {
  state?: number | null;
  startedTime?: { seconds?: { toString(): string } | number | null } | null;
}

/** The workflow task that the run waits for, if it waits for one. */
const pendingTask = async (client: Client, runId: string): Promise<PendingWorkflowTask | undefined> => {
  const { pendingWorkflowTask } = await client.workflowService.describeWorkflowExecution({
    namespace: client.options.namespace,
    execution: { workflowId: runId },
  });
  return pendingWorkflowTask ?? undefined;
};

/** What one look means; `undefined`: the run goes on, or sleeps. */
export const standstillIn = (
  task: PendingWorkflowTask | undefined,
  { isParked, since, forMs }: { isParked: boolean; since: number; forMs: number },
): Standstill | undefined => {
  if (task?.state === scheduled) return forMs < standsMs ? undefined : isParked ? 'parked' : 'nobody';
  if (task?.state !== started || !isParked) return undefined;
  const startedAt = Number(task.startedTime?.seconds ?? 0) * 1_000;
  // Taken before this process began, by a worker that perhaps went away with the code that did not fit.
  return forMs < (startedAt + 1_000 < since ? goneWorkerMs : standsMs) ? undefined : 'parked';
};

/**
 * Looks until the run stands still, calls `onStandstill` once, and stops. With `whenNobody` false a run that no worker
 * takes is left to wait for one.
 */
export const watchStandstill = (
  client: Client,
  follower: RunFollower,
  { whenNobody, onStandstill }: { whenNobody: () => boolean; onStandstill: (why: Standstill) => void },
): (() => void) => {
  const since = Date.now() - process.uptime() * 1_000;
  let movedAt = Date.now();
  const look = async (): Promise<void> => {
    const isParked = follower.view.parked !== undefined;
    if (follower.hasEnded || (!isParked && !whenNobody())) return void (movedAt = Date.now());
    const task = await pendingTask(client, follower.handle.runId);
    if (task === undefined || (task.state === started && !isParked)) return void (movedAt = Date.now());
    const why = standstillIn(task, { isParked, since, forMs: Date.now() - movedAt });
    if (why === undefined) return;
    stop();
    onStandstill(why);
  };
  const stop = lookEvery(lookEveryMs, look);
  return stop;
};

/** How to end a run for good. The embedded server may end with this command. */
const terminateWords = ({ session: { server } }: RunContext, runId: string, serverStays: boolean): string => {
  const at = serverStays ? server.address : 'HOST:PORT';
  const namespace = server.namespace === 'default' ? '' : ` --namespace ${shellQuoted(server.namespace)}`;
  const command = `temporal workflow terminate --address ${at}${namespace} -w ${shellQuoted(oneLine(runId))}`;
  return serverStays ? command : `start \`perdure dev\`, which says HOST:PORT, and: ${command}`;
};

/** What to say of a run that is left standing. */
export const standstillLines = (
  context: RunContext,
  { view }: RunFollower,
  { why, isCancelled, serverStays }: { why: Standstill; isCancelled: boolean; serverStays: boolean },
): string[] => {
  const id = oneLine(view.runId);
  const { workersQueue } = context;
  const end = `To end it for good: ${terminateWords(context, view.runId, serverStays)}`;
  const host = workersQueue === undefined ? resumeCommand(context.file) : workerCommand(context.file, workersQueue);
  if (why === 'nobody')
    return [
      `No worker polls the task queue of ${id}: nobody is there to cancel it. It is left unfinished, and the first worker that hosts it cancels it: ${host}`,
      end,
    ];
  const { why: cause, mend } = parkedWords(view.parked);
  return [
    `${id} is left parked: ${oneLine(view.parked ?? '')}`,
    `${cause}${isCancelled ? ', so that it cannot be cancelled either' : ''}. ${capitalised(mend)}, then: ${host}`,
    end,
  ];
};
