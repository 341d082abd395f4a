/** Starts a run of a flow on a server: checks the parameters, gives it an id and a memo that says where it comes from. HOST. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { flowStartOptions, type Priority } from '../core/flow-start.js';
import { type RunMemo, runMemoKey } from '../core/protocol.js';
import { runExists, unsendableParams } from '../core/run-end.js';
import { runIdOf } from './run-id.js';
import { ClientRunHandle } from './run-handle.js';

/** A flow as far as starting it goes; a definition is one, and so is what a worker reports of its flows. */
export interface StartableFlow {
  name: string;
  retries?: number | undefined;
  retryDelay?: number | string | undefined;
  timeout?: number | string | undefined;
  priority?: Priority | undefined;
  /** Template of the run's id. */
  idTemplate?: string | undefined;
}

export interface StartRun {
  params: unknown;
  taskQueue: string;
  id?: string | undefined;
  tags?: readonly string[] | undefined;
  source?: string | undefined;
  bundle?: string | undefined;
}

const defined = <T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;

/**
 * @throws RunError RUN_EXISTS when a run with that id is under way or has completed; PAYLOAD_TOO_LARGE, NOT_SERIALIZABLE
 *   when the parameters cannot be sent; AuthoringError BAD_OPTION for an id that is none
 */
export const startRun = async (
  client: Client,
  flow: StartableFlow,
  start: StartRun,
): Promise<ClientRunHandle<unknown>> => {
  const workflowId = runIdOf(start.id, flow, start.params);
  const memo: RunMemo = defined({
    v: 1,
    source: start.source,
    bundle: start.bundle,
    tags: start.tags && [...start.tags],
  });
  try {
    const workflow = await client.workflow.start(flow.name, {
      workflowId,
      taskQueue: start.taskQueue,
      args: [start.params ?? {}],
      memo: { [runMemoKey]: memo },
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      ...flowStartOptions(
        defined({ retries: flow.retries, retryDelay: flow.retryDelay, timeout: flow.timeout, priority: flow.priority }),
      ),
    });
    return new ClientRunHandle(client, workflowId, flow.name, workflow);
  } catch (error) {
    throw refused(error, workflowId, flow.name);
  }
};

const refused = (error: unknown, runId: string, flowName: string): unknown => {
  const run = { runId, flowName };
  if (error instanceof WorkflowExecutionAlreadyStartedError) return runExists(run, { cause: error });
  const payloadCode = (error as { payloadCode?: 'NOT_SERIALIZABLE' | 'PAYLOAD_TOO_LARGE' }).payloadCode;
  return payloadCode === undefined ? error : unsendableParams(run, payloadCode, error);
};
