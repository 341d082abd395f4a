/**
 * The engine's port on Temporal: a task run is an activity with the task run's id, a flow called by a flow is a child
 * workflow. SANDBOX. Replay checks an activity's id and type: both come from the order of the calls alone.
 */
import {
  ActivityCancellationType,
  AsyncLocalStorage,
  CancellationScope,
  ChildWorkflowCancellationType,
  executeChild,
  patched,
  workflowInfo,
} from '@temporalio/workflow';
import { scheduleActivity, scheduleLocalActivity } from '@temporalio/workflow/lib/workflow.js';
import { batchPolicyVersion } from '../authoring/engine/batch-policy.js';
import type {
  BatchInvocation,
  EnginePort,
  FlowInvocation,
  ShardInvocation,
  Started,
  TaskInvocation,
} from '../authoring/engine/engine-port.js';
import { headerOf } from '../authoring/engine/header-of.js';
import { shareOf } from '../authoring/engine/map-share.js';
import { listen, timer } from './outside.js';
import { activityOptions } from '../core/activity-options.js';
import { RunError } from '../core/errors.js';
import { localSummary } from '../core/local-summary.js';
import { mapShardType, type MapOwner, type RunMemo, runMemoKey } from '../core/protocol.js';
import { crashReruns } from '../core/task-policy.js';
import { cancelActivity } from './cancel-activity.js';
import { inTurn } from './local-turns.js';
import { reportOfCancelled, toRunError } from './failures.js';
import type { Failing } from '../core/run-failure.js';
import { storeCalls } from './store-calls.js';
import { withHeader } from './task-headers.js';
import { flowStartOptions } from '../core/flow-start.js';
import { Recorder } from './recorder.js';

const runTags = (): readonly string[] => (workflowInfo().memo?.[runMemoKey] as RunMemo | undefined)?.tags ?? [];

/** Temporal ends a run at 51,200 events; what is under way then still needs room to end. */
const mostEvents = 45_000;
/** Scheduled, started, ended, and its share of workflow tasks (3.4 measured in a map). */
const eventsATaskRun = 3.5;

export class TemporalPort implements EnginePort {
  readonly record = new Recorder().record;

  /** `of`: of a part of a map. */
  constructor(
    private readonly flowName: string,
    private readonly of?: MapOwner,
  ) {}

  readonly listen = listen;
  readonly timer = timer;
  private store: EnginePort['ambient'] | undefined;
  get ambient(): EnginePort['ambient'] {
    return (this.store ??= new AsyncLocalStorage<unknown>());
  }
  shield<T>(work: () => Promise<T>): Promise<T> {
    return CancellationScope.nonCancellable(work);
  }
  readonly load = storeCalls.load;
  readonly sequence = storeCalls.sequence;
  readonly keep = storeCalls.keep;
  readonly outcomes = storeCalls.outcomes;

  isNew(change: string): boolean {
    return patched(`perdure.${change}`);
  }

  batchPolicy(): number {
    // Begun with one of these, a run maps in batches; the version says by which policy.
    for (let version = batchPolicyVersion; version > 0; version--)
      if (this.isNew(`map-batches.${version}`)) return version;
    return 0;
  }

  hasRoom(count: number): boolean {
    return workflowInfo().historyLength + count * eventsATaskRun <= mostEvents;
  }

  checkRoom(count: number): void {
    if (this.hasRoom(count)) return;
    const { historyLength, workflowId } = workflowInfo();
    throw new RunError(
      'HISTORY_LIMIT',
      `The flow '${this.flowName}' cannot start ${count === 1 ? 'another task run' : `${count} more task runs`}: its history has ` +
        `${historyLength} events, a task run takes ${eventsATaskRun}, and Temporal ends a run at 51,200. ` +
        `Do a part of the work in a flow of its own and call that: each child run has its own history.`,
      { details: { runId: workflowId, flowName: this.flowName, historyLength, count } },
    );
  }

  startTask(invocation: TaskInvocation): Started {
    const { definition, args, policy } = invocation;
    if (!definition.options.local) return this.startActivity(invocation);
    const { heartbeatTimeout: _none, ...local } = activityOptions({ ...definition.policy, ...policy });
    const { retries } = { ...definition.policy, ...policy };
    const maximumAttempts = retries + 1 + crashReruns({ retries });
    const retry = { ...local.retry, maximumAttempts };
    const summary = localSummary(invocation.id, invocation.title);
    const options = withHeader({ ...local, retry, summary }, this.header(invocation));
    const result = inTurn(() => scheduleLocalActivity(definition.name, args, options));
    const explain = this.explained('task', invocation);
    return { result, explain, cancel: () => cancelActivity(options, 'local activity') };
  }

  startBatch(invocation: BatchInvocation): Started {
    return { ...this.startActivity(invocation), reportIn: reportOfCancelled };
  }

  private startActivity(invocation: TaskInvocation | BatchInvocation): Started {
    const { definition, id, args, policy, title } = invocation;
    const timeouts = activityOptions({ ...definition.policy, ...policy });
    const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
    const priority = invocation.priority ?? definition.options.priority;
    const given = { ...timeouts, activityId: id, summary: title, cancellationType };
    const options = withHeader(priority === undefined ? given : { ...given, priority }, this.header(invocation));
    const result = scheduleActivity(definition.name, args, options);
    const explain = this.explained('task', invocation);
    return { result, explain, cancel: () => cancelActivity(options, 'activity') };
  }

  startShard(invocation: ShardInvocation): Started {
    const share = shareOf(invocation, { runId: workflowInfo().workflowId, flowName: this.flowName });
    return this.startChild(mapShardType, { id: invocation.id, options: { args: [share] }, invocation });
  }

  startFlow(invocation: FlowInvocation): Started {
    const { definition, id, params } = invocation;
    const { priority = definition.options.priority } = invocation;
    const start = flowStartOptions({ ...definition.options, ...(priority && { priority }) });
    const options = { ...start, args: [params] };
    return this.startChild(definition.name, { id, options, invocation });
  }

  private startChild(
    type: string,
    child: { id: string; options: { args: unknown[] }; invocation: FlowInvocation | ShardInvocation },
  ): Started {
    const info = workflowInfo();
    const memo = info.memo?.[runMemoKey] as RunMemo | undefined;
    const options = {
      ...child.options,
      workflowId: `${info.workflowId}/${child.id}`,
      cancellationType: ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED,
      staticSummary: child.id,
      ...(memo && { memo: { [runMemoKey]: memo } }),
    };
    const scope = new CancellationScope();
    const result = scope.run(() => executeChild(type, withHeader(options, this.header(child.invocation))));
    return { result, explain: this.explained('flow', child.invocation), cancel: () => scope.cancel() };
  }

  private header(invocation: Parameters<typeof headerOf>[0]): ReturnType<typeof headerOf> {
    return headerOf(invocation, { tags: runTags(), of: this.of });
  }

  private explained(
    kind: Failing['kind'],
    invocation: TaskInvocation | BatchInvocation | FlowInvocation,
  ): (error: unknown) => RunError {
    const { definition, id } = invocation;
    const mapIndex = 'mapIndex' in invocation ? invocation.mapIndex : undefined;
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
