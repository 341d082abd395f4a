/**
 * The engine's port on Temporal: a task run is an activity with the task run's id, a flow called by a flow is a child
 * workflow. SANDBOX. Replay checks an activity's id and type: both come from the order of the calls alone.
 */
import {
  ActivityCancellationType,
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  workflowInfo,
} from '@temporalio/workflow';
import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow/lib/workflow.js';
import type { EnginePort, FlowInvocation, Started, TaskInvocation } from '../authoring/engine/engine-port.js';
import { activityOptions } from '../core/activity-options.js';
import { RunError, type RunErrorDetails } from '../core/errors.js';
import { type RunMemo, type TaskRunHeader, runMemoKey } from '../core/protocol.js';
import { maxCrashReruns } from '../core/task-policy.js';
import { toRunError, type Failing } from './failures.js';
import { withHeader } from './task-headers.js';
import { flowStartOptions } from '../core/flow-start.js';
import { Recorder } from './recorder.js';

const headerOf = (invocation: TaskInvocation | FlowInvocation): TaskRunHeader => {
  const { id, upstreamIds, mapIndex } = invocation;
  const header: TaskRunHeader = { v: 1, id };
  if (upstreamIds.length > 0) header.up = upstreamIds;
  if (mapIndex !== undefined) header.index = mapIndex;
  return header;
};

/** Temporal ends a run at 51,200 events; what is under way then still needs room to end. */
const mostEvents = 45_000;
/** Scheduled, started, ended, and its share of workflow tasks (3.4 measured in a map). */
const eventsATaskRun = 3.5;

export class TemporalPort implements EnginePort {
  readonly record = new Recorder().record;

  constructor(private readonly flowName: string) {}

  checkRoom(count: number): void {
    const { historyLength, workflowId } = workflowInfo();
    if (historyLength + count * eventsATaskRun <= mostEvents) return;
    throw new RunError(
      'HISTORY_LIMIT',
      `The flow '${this.flowName}' cannot start ${count === 1 ? 'another task run' : `${count} more task runs`}: its history has ` +
        `${historyLength} events, a task run takes ${eventsATaskRun}, and Temporal ends a run at 51,200. ` +
        `Do a part of the work in a flow of its own and call that: each child run has its own history.`,
      { details: { runId: workflowId, flowName: this.flowName, historyLength, count } },
    );
  }

  startTask(invocation: TaskInvocation): Started {
    const { definition, id, args, policy, tags } = invocation;
    const header = headerOf(invocation);
    if (policy !== undefined) header.policy = policy;
    if (tags !== undefined) header.tags = [...tags];
    const options = activityOptions({ ...definition.policy, ...policy });
    const start = definition.options.local
      ? (): Promise<unknown> => {
          const { heartbeatTimeout: _none, ...local } = options;
          const retry = {
            ...local.retry,
            maximumAttempts: (policy?.retries ?? definition.policy.retries) + 1 + maxCrashReruns,
          };
          return scheduleLocalActivity(
            definition.name,
            args,
            withHeader({ ...local, retry, summary: invocation.title }, header),
          );
        }
      : (): Promise<unknown> =>
          scheduleActivity(
            definition.name,
            args,
            withHeader(
              {
                ...options,
                activityId: id,
                summary: invocation.title,
                cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
              },
              header,
            ),
          );
    return this.started(start, { kind: 'task', name: definition.name, details: this.details(invocation) });
  }

  startFlow(invocation: FlowInvocation): Started {
    const { definition, id, params } = invocation;
    const info = workflowInfo();
    const memo = info.memo?.[runMemoKey] as RunMemo | undefined;
    const options = {
      ...flowStartOptions(definition.options),
      args: [params],
      workflowId: `${info.workflowId}/${id}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: id,
      ...(memo && { memo: { [runMemoKey]: memo } }),
    };
    const start = (): Promise<unknown> => executeChild(definition.name, withHeader(options, headerOf(invocation)));
    return this.started(start, { kind: 'flow', name: definition.name, details: this.details(invocation) });
  }

  private details({ definition, id, mapIndex }: TaskInvocation | FlowInvocation): RunErrorDetails {
    return {
      runId: workflowInfo().workflowId,
      flowName: this.flowName,
      taskName: definition.name,
      taskRunId: id,
      ...(mapIndex === undefined ? {} : { mapIndex }),
    };
  }

  private started(start: () => Promise<unknown>, failing: Failing): Started {
    const scope = new CancellationScope();
    const result = scope.run(start).catch((error: unknown) => {
      throw toRunError(error, failing);
    });
    return { result, cancel: () => scope.cancel() };
  }
}
