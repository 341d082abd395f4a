/**
 * The one activity that serves every task. Host. Reads what the flow said in the header, counts what came before, has
 * the body run by the task host, and decides how an attempt that gave no value goes on: only failures of the body are
 * charged to `retries`, and every kind of end is bounded.
 */
import { type Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { isCached } from '../core/cached.js';
import { maxPayloadBytes, type TaskRunHeader } from '../core/protocol.js';
import type { TaskGuards } from '../core/task-guards.js';
import { crashReruns, type TaskPolicy } from '../core/task-policy.js';
import { type AttemptHistory, attemptHistory, countAfter, countNow } from './attempt-count.js';
import type { Guard } from './guard.js';
import { runGuarded } from './guarded-host.js';
import type { Heartbeats } from './heartbeats.js';
import { endOf } from './attempt-end.js';
import { attemptRequest } from './attempt-request.js';
import { bytesOver } from './result-size.js';
import { taskFailure } from './task-failure.js';
import { AttemptFailure, type AttemptRequest, type BatchProgress, type TaskHost } from './task-host.js';

export interface TaskCall {
  context: Context;
  args: unknown[];
  /** Absent when a hand-written workflow calls the task. */
  header: TaskRunHeader | undefined;
}

export interface TaskActivityOptions {
  host: TaskHost;
  policies: ReadonlyMap<string, TaskPolicy>;
  heartbeats: Heartbeats;
  /** Of the tasks that have any. */
  guards: ReadonlyMap<string, TaskGuards>;
  guard: Guard;
}

const requestOf = (
  { context: { info }, args, header }: TaskCall,
  policy: TaskPolicy,
  charged: number,
): AttemptRequest =>
  attemptRequest(
    {
      taskName: info.activityType,
      flowName: info.workflowType ?? '',
      runId: info.workflowExecution?.workflowId ?? '',
      executionId: info.workflowExecution?.runId ?? '',
      taskRunId: header?.id ?? info.activityId,
      attempt: info.attempt,
    },
    { args, header },
    { policy, charged },
  );

const lostRecord = (attempt: AttemptRequest, times: string): { name: string; message: string } => ({
  name: 'TaskCrashed',
  message: `Task '${attempt.taskName}' was lost with its worker ${times}: the worker was killed, or silent for longer than ${attempt.policy.heartbeatTimeoutMs} ms`,
});

/** Bound on attempts of which nothing was heard: a stopped worker may swallow one with each poll it holds open. */
const maxUnheard = 20;

/** The task run ends as Crashed here when what was lost before allows no further attempt. */
const refuseLost = (attempt: AttemptRequest, { lost, unheard, crashes, charged }: AttemptHistory): void => {
  const all = lost + unheard + crashes;
  // The records of a batch tell which of its items were running: only those must not run again.
  const isFail = attempt.policy.onCrash === 'fail' && attempt.batch === undefined;
  if (isFail ? all === 0 : lost + crashes <= crashReruns(attempt.policy) && unheard <= maxUnheard) return;
  const why = isFail ? `and its \`onCrash\` is 'fail'` : `or crashed, ${all} times in all`;
  throw taskFailure({ code: 'TASK_CRASHED', record: lostRecord(attempt, why), attempt, charged, retry: false });
};

/** During a deployment old and new workers poll one queue, and only the new ones have a new task. */
const anotherWorkerMs = 10 * 60_000;
const maxUnknownDelayMs = 3_000;

const unknownTask = (
  { host, policies }: TaskActivityOptions,
  { context, attempt, history }: { context: Context; attempt: AttemptRequest; history: AttemptHistory },
): Error => {
  const { info } = context;
  // A local activity stays with the worker that runs the flow.
  const retry = !info.isLocal && Date.now() - info.scheduledTimestampMs < anotherWorkerMs;
  if (retry) context.heartbeat(countAfter(history, 'released'));
  return taskFailure({
    code: 'TASK_NOT_FOUND',
    record: {
      name: 'TaskNotFound',
      message:
        `This worker has no task '${attempt.taskName}'. It has: ${[...policies.keys()].join(', ') || 'none'}; ` +
        `loaded from ${host.sources.join(', ') || 'no file'}.`,
    },
    attempt,
    charged: attempt.charged,
    retry,
    delayMs: Math.min(maxUnknownDelayMs, 100 * 2 ** Math.min(info.attempt - 1, 10)),
  });
};

const refuseTooLarge = (value: unknown, attempt: AttemptRequest): void => {
  const bytes = bytesOver(value, maxPayloadBytes);
  if (bytes === undefined) return;
  const message = `The result of task '${attempt.taskName}' is ${bytes} bytes of JSON; Temporal takes ${maxPayloadBytes} at most. Store it and return where it is.`;
  throw taskFailure({
    code: 'PAYLOAD_TOO_LARGE',
    record: { name: 'PayloadTooLarge', message },
    attempt,
    charged: attempt.charged,
    retry: false,
    details: { bytes, maxBytes: maxPayloadBytes },
  });
};

/** What the activity throws for an attempt that gave no value. Tells the server the new count first. */
const afterFailure = (
  end: AttemptFailure,
  { context, attempt, history }: { context: Context; attempt: AttemptRequest; history: AttemptHistory },
): Error => {
  const { record, kind, verdict } = end;
  const { info } = context;
  const tell = (what: 'charged' | 'crashes' | 'released'): void => {
    if (!info.isLocal) context.heartbeat(countAfter(history, what));
  };
  const lost = history.crashes + history.lost + (info.isLocal ? info.attempt - 1 : 0);
  const ended = endOf(end, attempt, { charged: history.charged, lost });
  if (ended !== undefined) {
    if (ended.retry) tell(ended.code === 'TASK_CRASHED' ? 'crashes' : 'charged');
    return taskFailure(ended);
  }
  if (kind === 'cancelled' && context.cancellationDetails?.cancelRequested)
    return new CancelledFailure(record.message, end.report === undefined ? [] : [end.report]);
  if (verdict.sinceMs !== undefined) history.since = verdict.sinceMs;
  // A worker that shuts down, an attempt that Temporal paused, reset or gave to another worker: nobody's failure.
  tell('released');
  const reason: unknown = context.cancellationSignal.reason;
  const isShutdown = kind === 'released' || (reason as Error | undefined)?.message === 'WORKER_SHUTDOWN';
  if (!isShutdown && reason instanceof CancelledFailure) return reason;
  return taskFailure({
    code: 'CANCELLED',
    record,
    attempt,
    charged: history.charged,
    retry: true,
    delayMs: verdict.delayMs ?? 0,
  });
};

/** One attempt of a task run. @throws ApplicationFailure, CancelledFailure */
export const runTaskActivity = async (options: TaskActivityOptions, call: TaskCall): Promise<unknown> => {
  const { context, header } = call;
  const { info } = context;
  const history = attemptHistory(info);
  const declared = options.policies.get(info.activityType);
  const attempt = requestOf(call, { ...declared, ...header?.policy } as TaskPolicy, history.charged);
  if (declared === undefined) throw unknownTask(options, { context, attempt, history });
  refuseLost(attempt, history);
  const endHeartbeats = info.isLocal ? undefined : options.heartbeats.keep(context, () => countNow(history));
  const onProgress = ({ saved, records }: BatchProgress): void => {
    history.batch = { before: history.batch?.before ?? 0, saved, records };
  };
  let value: unknown;
  try {
    const sinceMs = history.since ?? info.currentAttemptScheduledTimestampMs;
    const running = { signal: context.cancellationSignal, onProgress, sinceMs };
    const guards = options.guards.get(info.activityType);
    value = await (guards === undefined
      ? options.host.run(attempt, running)
      : runGuarded({ host: options.host, guard: options.guard, guards }, attempt, running));
  } catch (error) {
    endHeartbeats?.();
    throw error instanceof AttemptFailure ? afterFailure(error, { context, attempt, history }) : error;
  }
  endHeartbeats?.();
  refuseTooLarge(isCached(value) ? value.value : value, attempt);
  return value;
};
