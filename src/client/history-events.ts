/**
 * Temporal's history events in the words of the RunView fold. HOST. Knows the wire format of events and of our header
 * and memo, and nothing of what the fold makes of them.
 */
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { cachedMark } from '../core/cached.js';
import { localTaskIn } from '../core/local-summary.js';
import { type BatchReport, endsApart } from '../core/map-batch.js';
import {
  type RunDelta,
  type RunMemo,
  type TaskRunHeader,
  deltaMemoKey,
  runMemoKey,
  storeActivity,
  taskRunHeader,
} from '../core/protocol.js';
import type { PendingTask, RunEvent } from '../core/run-view/run-event.js';
import { State } from '../core/state.js';
import { decodeText } from '../core/text-codec.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Failure = temporal.api.failure.v1.IFailure;
type Timestamp = { seconds?: unknown; nanos?: number | null } | null | undefined;

const dateOf = (time: Timestamp): Date => new Date(Number(time?.seconds ?? 0) * 1_000 + (time?.nanos ?? 0) / 1e6);

const jsonOf = (payload: Payload | null | undefined): unknown => {
  try {
    return payload?.data ? JSON.parse(new TextDecoder().decode(payload.data)) : undefined;
  } catch {
    return undefined; // Another program's payload, which only it can read.
  }
};

const headerOf = (fields: Record<string, Payload> | null | undefined): TaskRunHeader | undefined =>
  jsonOf(fields?.[taskRunHeader]) as TaskRunHeader | undefined;

/** The state that a failure leaves, and its message. */
const failureOf = (failure: Failure | null | undefined): { state: State; error?: string } => {
  let deepest: Failure | null | undefined = failure;
  const error = failure?.message ?? undefined;
  for (let one: Failure | null | undefined = failure; one; one = one.cause) deepest = one;
  const detail = jsonOf(failure?.applicationFailureInfo?.details?.payloads?.[0]) as { code?: string } | undefined;
  const state =
    failure?.canceledFailureInfo || deepest?.canceledFailureInfo
      ? State.Cancelled
      : failure?.timeoutFailureInfo || detail?.code === 'TASK_TIMED_OUT'
        ? State.TimedOut
        : detail?.code === 'TASK_CRASHED'
          ? State.Crashed
          : State.Failed;
  if (detail?.code === 'TASK_SKIPPED') return { state: State.Skipped };
  return { state, ...(error === undefined ? {} : { error }) };
};

const scheduled = (event: HistoryEvent, at: Date): RunEvent | undefined => {
  const activity = event.activityTaskScheduledEventAttributes;
  const child = event.startChildWorkflowExecutionInitiatedEventAttributes;
  const header = headerOf((activity ?? child)?.header?.fields);
  const id = header?.id ?? activity?.activityId ?? child?.workflowId;
  const name = activity?.activityType?.name ?? child?.workflowType?.name;
  if (id === undefined || id === null || name === undefined || name === null) return undefined;
  const title = jsonOf(event.userMetadata?.summary);
  return {
    kind: 'scheduled',
    at,
    key: String(event.eventId),
    what: activity ? 'task' : 'flow',
    id,
    name,
    upstream: header?.up ?? [],
    ...(typeof title === 'string' ? { title } : {}),
    ...(header?.tags?.length ? { tags: header.tags } : {}),
    ...(header?.index === undefined ? {} : { mapIndex: header.index }),
    ...(header?.batch === undefined ? {} : { batch: header.batch }),
  };
};

const runEnded = (event: HistoryEvent, at: Date): RunEvent | undefined => {
  if (event.workflowExecutionCompletedEventAttributes) return { kind: 'run-ended', at, state: State.Completed };
  if (event.workflowExecutionCanceledEventAttributes) return { kind: 'run-ended', at, state: State.Cancelled };
  if (event.workflowExecutionTimedOutEventAttributes) return { kind: 'run-ended', at, state: State.TimedOut };
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return { kind: 'run-ended', at, ...failureOf(failed.failure), state: State.Failed };
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  if (terminated) return { kind: 'run-ended', at, state: State.Crashed, error: terminated.reason ?? 'terminated' };
  return undefined;
};

/** A workflow task that fails is tried again for ever: the run stands still until another worker can do it. */
const flowTaskEvent = (event: HistoryEvent, at: Date): RunEvent | undefined => {
  if (event.workflowTaskCompletedEventAttributes) return { kind: 'unparked', at };
  const failed = event.workflowTaskFailedEventAttributes;
  if (!failed || passingCauses.has(failed.cause ?? 0)) return undefined;
  return { kind: 'parked', at, message: failed.failure?.message || 'The flow cannot go on.' };
};
/** Part of the protocol between server and worker: unhandled command, sticky queue, close, failover, reset, update. */
const passingCauses: ReadonlySet<number> = new Set([1, 13, 17, 18, 20, 31]);

const ended = (at: Date, key: unknown, event: HistoryEvent): Extract<RunEvent, { kind: 'ended' }> => {
  const items = endsApart(batchReport(event));
  const result = event.activityTaskCompletedEventAttributes?.result?.payloads?.[0];
  const state = result?.metadata?.[cachedMark] === undefined ? State.Completed : State.Cached;
  return { kind: 'ended', at, key: String(key), state, ...(items && { items }) };
};

/** What a batch reported, where the event is the end of one that some items of have no value or a log. */
export const batchReport = (event: HistoryEvent): BatchReport | undefined => {
  const { result } =
    event.activityTaskCompletedEventAttributes ?? event.childWorkflowExecutionCompletedEventAttributes ?? {};
  const payload = (result ?? event.activityTaskCanceledEventAttributes?.details)?.payloads?.[0];
  const report = payload && mayBeReport(payload) ? (valueOf(payload) as BatchReport | undefined) : undefined;
  return Array.isArray(report?.segments) ? report : undefined;
};

/** Results are many, and reports with something to say few: only those are parsed. */
const mayBeReport = ({ data }: Payload): boolean => {
  const bytes = Buffer.from(data ?? []);
  return (
    bytes.includes('"segments"') &&
    ['"ended"', '"skipped"', '"cached"', '"items":{'].some((field) => bytes.includes(field))
  );
};

const valueOf = ({ data, metadata }: Payload): unknown => {
  const format = Buffer.from(metadata?.['encoding'] ?? []).toString();
  try {
    return decodeText(Buffer.from(data ?? []).toString(), format === 'json/devalue' ? 'devalue' : 'json');
  } catch {
    return undefined; // Another program's payload, which only it can read.
  }
};

const activityEvent = (event: HistoryEvent, at: Date): RunEvent | undefined => {
  const started = event.activityTaskStartedEventAttributes;
  if (started) return { kind: 'started', at, key: String(started.scheduledEventId), attempt: started.attempt ?? 1 };
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) return ended(at, completed.scheduledEventId, event);
  const cancelled = event.activityTaskCanceledEventAttributes;
  if (cancelled) return { ...ended(at, cancelled.scheduledEventId, event), state: State.Cancelled };
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  return failed ? { kind: 'ended', at, key: String(failed.scheduledEventId), ...failureOf(failed.failure) } : undefined;
};

const childEvent = (event: HistoryEvent, at: Date): RunEvent | undefined => {
  const started = event.childWorkflowExecutionStartedEventAttributes;
  if (started) return { kind: 'started', at, key: String(started.initiatedEventId), attempt: 1 };
  const completed = event.childWorkflowExecutionCompletedEventAttributes;
  if (completed) return ended(at, completed.initiatedEventId, event);
  const cancelled = event.childWorkflowExecutionCanceledEventAttributes;
  if (cancelled) return { kind: 'ended', at, key: String(cancelled.initiatedEventId), state: State.Cancelled };
  const timedOut = event.childWorkflowExecutionTimedOutEventAttributes;
  if (timedOut) return { kind: 'ended', at, key: String(timedOut.initiatedEventId), state: State.TimedOut };
  const failed = event.childWorkflowExecutionFailedEventAttributes;
  if (failed) return { kind: 'ended', at, key: String(failed.initiatedEventId), ...failureOf(failed.failure) };
  const terminated = event.childWorkflowExecutionTerminatedEventAttributes;
  return terminated ? { kind: 'ended', at, key: String(terminated.initiatedEventId), state: State.Crashed } : undefined;
};

const ownActivities: ReadonlySet<string> = new Set(Object.values(storeActivity));

/** A local activity leaves one marker when it has ended: all of its life in one event. */
const localActivityEvents = (event: HistoryEvent, at: Date): RunEvent[] => {
  const marker = event.markerRecordedEventAttributes;
  if (marker?.markerName !== 'core_local_activity') return [];
  const data = jsonOf(marker.details?.['data']?.payloads?.[0]) as
    { activity_id?: string; activity_type?: string; attempt?: number; original_schedule_time?: Timestamp } | undefined;
  // The flow's own way to the store is no task of anybody's.
  if (!data?.activity_type || ownActivities.has(data.activity_type)) return [];
  const key = String(event.eventId);
  const name = data.activity_type;
  const task = localTaskIn(jsonOf(event.userMetadata?.summary), name) ?? { id: data.activity_id ?? key };
  // The marker is written when the flow's step has ended: that is the latest that the task can have.
  const began = data.original_schedule_time === undefined ? at : dateOf(data.original_schedule_time);
  const startedAt = began < at ? began : at;
  return [
    { kind: 'scheduled', at: startedAt, key, what: 'task', ...task, name, upstream: [] },
    { kind: 'started', at: startedAt, key, attempt: data.attempt ?? 1 },
    { kind: 'ended', at, key, ...(marker.failure ? failureOf(marker.failure) : { state: State.Completed }) },
  ];
};

const deltaEvents = (event: HistoryEvent, at: Date): RunEvent[] => {
  const fields = event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields;
  const deltas = jsonOf(fields?.[deltaMemoKey]);
  return Array.isArray(deltas) ? deltas.map((delta) => ({ kind: 'delta', at, delta: delta as RunDelta })) : [];
};

/** What one history event says; most say nothing to the fold. */
export const runEvents = (event: HistoryEvent): RunEvent[] => {
  const at = dateOf(event.eventTime);
  const begun = event.workflowExecutionStartedEventAttributes;
  if (begun) {
    const { tags } = (jsonOf(begun.memo?.fields?.[runMemoKey]) ?? {}) as RunMemo;
    return [{ kind: 'run-started', at, flowName: begun.workflowType?.name ?? '', ...(tags?.length ? { tags } : {}) }];
  }
  if (event.workflowPropertiesModifiedEventAttributes) return deltaEvents(event, at);
  if (event.markerRecordedEventAttributes) return localActivityEvents(event, at);
  const one =
    scheduled(event, at) ??
    activityEvent(event, at) ??
    flowTaskEvent(event, at) ??
    childEvent(event, at) ??
    runEnded(event, at);
  return one ? [one] : [];
};

/** The server's words for a worker that is not heard of any more. */
const heartbeatTimeout = 'activity Heartbeat timeout';

/** A worker has the activity: started, or told to cancel. */
const runningStates: ReadonlySet<number> = new Set([2, 3]);

/** Activities under way, of the server's description of a run. */
export const pendingTasks = (
  pending: readonly temporal.api.workflow.v1.IPendingActivityInfo[] | null | undefined,
): PendingTask[] =>
  (pending ?? []).map((activity) => {
    const attempt = activity.attempt ?? 1;
    const running = runningStates.has(activity.state ?? 0);
    const failure = activity.lastFailure?.message;
    const error = failure === heartbeatTimeout ? 'the worker was lost, or silent for too long' : failure;
    return {
      id: activity.activityId ?? '',
      state: running ? 'Running' : attempt > 1 ? 'Retrying' : 'Pending',
      attempt,
      ...(running && activity.lastStartedTime ? { startedAt: dateOf(activity.lastStartedTime) } : {}),
      ...(error ? { error } : {}),
    };
  });
