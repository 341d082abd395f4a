/**
 * What a client says to a run that goes on: signals, answers, pause and resume. HOST. Signals wait for a worker; an answer
 * is only taken by one, which may refuse it.
 */
import { randomUUID } from 'node:crypto';
import {
  type Client,
  WorkflowUpdateFailedError,
  type WorkflowHandle,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { SendOptions } from '../authoring/launcher.js';
import { RunError } from '../core/errors.js';
import { type Answer, inboundName } from '../core/protocol.js';
import { runEnded } from '../core/run-end.js';
import { isUnknownRun, notFound, rebuilt } from './failures.js';

/** A worker that is there takes an answer within milliseconds. */
const answerMs = 15_000;

/** @throws RunError RUN_ENDED or RUN_NOT_FOUND where the server says that there is nothing to speak to */
const spoken = async <T>(workflow: WorkflowHandle, speak: () => Promise<T>): Promise<T> => {
  try {
    return await speak();
  } catch (error) {
    if (!isUnknownRun(error)) throw error;
    const { workflowId: runId } = workflow;
    const status = await workflow.describe().then(
      (description) => description.status.name,
      (why: unknown) => {
        throw isUnknownRun(why) ? notFound(runId, why) : why;
      },
    );
    throw runEnded(runId, status, error);
  }
};

export const sendSignal = (
  workflow: WorkflowHandle,
  signal: { name: string; value: unknown },
  { id = randomUUID() }: SendOptions,
): Promise<void> => spoken(workflow, () => workflow.signal(signal.name, signal.value, { id }));

export const sendAnswer = (
  client: Client,
  workflow: WorkflowHandle,
  { answer, id = randomUUID() }: { answer: Answer } & SendOptions,
): Promise<string> =>
  spoken(workflow, async () => {
    try {
      return await client.withDeadline(Date.now() + answerMs, () =>
        workflow.executeUpdate<string, [Answer]>(inboundName.answer, { args: [answer], updateId: id }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError) throw rebuilt(error.cause);
      if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
      const { workflowId: runId } = workflow;
      throw new RunError(
        'NOT_ANSWERED',
        `No worker took the answer to '${answer.name}' within ${answerMs / 1_000} s: nobody hosts the run '${runId}' now, or it stands still. ` +
          'Start what hosts it (`perdure run FILE --resume`, `perdure worker FILE`) and answer again.',
        { cause: error, details: { runId, name: answer.name } },
      );
    }
  });

/** Pauses or resumes the run and, parents first, the runs under it that are under way. */
export const sendPause = async (client: Client, runId: string, how: 'pause' | 'resume'): Promise<void> => {
  const workflow = client.workflow.getHandle(runId);
  await spoken(workflow, () => workflow.signal(inboundName[how], null, { id: randomUUID() }));
  const { pendingChildren } = await client.workflowService.describeWorkflowExecution({
    namespace: client.options.namespace,
    execution: { workflowId: runId },
  });
  // One that has ended meanwhile needs no word.
  const tell = (child: string): Promise<void> => sendPause(client, child, how).catch(ignoreEnded);
  await Promise.all((pendingChildren ?? []).flatMap(({ workflowId }) => (workflowId ? tell(workflowId) : [])));
};

const ignoreEnded = (error: unknown): void => {
  if (!(error instanceof RunError) || error.code !== 'RUN_ENDED') throw error;
};
