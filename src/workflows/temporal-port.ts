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
import { RunError } from '../core/errors.js';
import { type RunMemo, type TaskRunHeader, runMemoKey } from '../core/protocol.js';
import { maxCrashReruns } from '../core/task-policy.js';
import { cancelActivity } from './cancel-activity.js';
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
    const timeouts = activityOptions({ ...definition.policy, ...policy });
    const explain = this.explained('task', invocation);
    const summary = invocation.title;
    if (definition.options.local) {
      const { heartbeatTimeout: _none, ...local } = timeouts;
      const maximumAttempts = (policy?.retries ?? definition.policy.retries) + 1 + maxCrashReruns;
      const options = withHeader({ ...local, retry: { ...local.retry, maximumAttempts }, summary }, header);
      const result = scheduleLocalActivity(definition.name, args, options);
      return { result, explain, cancel: () => cancelActivity(options, 'local activity') };
    }
    const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
    const options = withHeader({ ...timeouts, activityId: id, summary, cancellationType }, header);
    const result = scheduleActivity(definition.name, args, options);
    return { result, explain, cancel: () => cancelActivity(options, 'activity') };
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
    const scope = new CancellationScope();
    const result = scope.run(() => executeChild(definition.name, withHeader(options, headerOf(invocation))));
    return { result, explain: this.explained('flow', invocation), cancel: () => scope.cancel() };
  }

  private explained(kind: Failing['kind'], invocation: TaskInvocation | FlowInvocation): (error: unknown) => RunError {
    const { definition, id, mapIndex } = invocation;
    return (error) =>
      toRunError(error, {
        kind,
        name: definition.name,
        details: {
          runId: workflowInfo().workflowId,
          flowName: this.flowName,
          taskName: definition.name,
          taskRunId: id,
          ...(mapIndex === undefined ? {} : { mapIndex }),
        },
      });
  }
}
