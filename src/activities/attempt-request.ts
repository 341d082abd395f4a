/**
 * What a task run's header says, and whose it is, as a request to the task host. Host; knows no Temporal, so that every
 * runtime asks in the same way.
 */
import type { TaskRunHeader } from '../core/protocol.js';
import type { TaskPolicy } from '../core/task-policy.js';
import { toSent } from './sent-value.js';
import type { AttemptRequest } from './task-host.js';

/** Where in which run the attempt belongs. */
export interface AttemptIdentity {
  taskName: string;
  flowName: string;
  runId: string;
  /** Names this execution of the run: a later one of the same id has records of its own. */
  executionId: string;
  taskRunId: string;
  /** 1-based. */
  attempt: number;
}

export const attemptRequest = (
  identity: AttemptIdentity,
  call: { args: unknown[]; header: TaskRunHeader | undefined },
  { policy, charged }: { policy: TaskPolicy; charged: number },
): AttemptRequest => {
  const { taskName, flowName, runId, executionId, taskRunId, attempt } = identity;
  const { args, header } = call;
  const request: AttemptRequest = {
    taskName,
    args,
    charged,
    policy,
    run: {
      kind: 'task',
      flowName: header?.of?.flowName ?? flowName,
      runId: header?.of?.runId ?? runId,
      tags: header?.tags ?? [],
      taskName,
      taskRunId,
      attempt,
      ...(header?.name === undefined ? {} : { name: header.name }),
      ...(header?.index === undefined ? {} : { mapIndex: header.index }),
    },
  };
  if (header?.store) {
    if (!header.undo) request.place = { runId, taskRunId, attempt };
    const { value, format } = toSent(args);
    if (format !== undefined) Object.assign(request, { args: [], sentArgs: { value, format } });
  }
  if (header?.undo) request.isUndo = true;
  if (header?.batch) request.batch = { spec: header.batch, executionId, attempt, reruns: 0 };
  return request;
};
