/**
 * A flow run in memory, from its parameters to its end: the body in a scope of its own, again as often as `retries` says,
 * within `timeout`. HOST. What a server would do for a workflow; the engine does the rest.
 */
import { inRunContext, type RunFacts } from '../authoring/current-run.js';
import { checkFlowValue, stemsFromCancellation } from '../authoring/engine/flow-end.js';
import type { Inbound } from '../authoring/engine/engine-port.js';
import { FlowRun } from '../authoring/engine/flow-run.js';
import { flowRunWindow } from '../authoring/engine/window.js';
import type { HookOptions } from '../authoring/hook-options.js';
import { errorData } from '../core/error-data.js';
import type { FlowStartOptions } from '../core/flow-start.js';
import type { MapOwner } from '../core/protocol.js';
import { State } from '../core/state.js';
import { ambient, flowAmbient } from '../worker/pool/ambient.js';
import type { ChildRun, Children } from './child-run.js';
import type { FlowEnding } from './flow-ending.js';
import { InlinePort } from './inline-port.js';
import { passed } from './passed.js';
import { RunRecord } from './run-record.js';
import type { RunScope } from './run-scope.js';

export interface Execution {
  name: string;
  runId: string;
  tags: readonly string[];
  /** What the run does, in its scope. */
  work(flowRun: FlowRun): Promise<unknown>;
  options: FlowStartOptions;
  /** Of a part of a map. */
  of?: MapOwner | undefined;
  hooks?: HookOptions | undefined;
}

export class FlowExecution implements ChildRun {
  readonly ending: Promise<FlowEnding>;
  record: RunRecord;
  private readonly startedAt: Date;
  private flowRun: FlowRun | undefined;
  private port: InlinePort | undefined;
  private isCancelled = false;
  private readonly cancelling = new AbortController();
  private readonly deadlineMs: number;

  constructor(
    private readonly scope: RunScope,
    private readonly execution: Execution,
    private readonly childrenOf: (execution: FlowExecution) => Children,
  ) {
    this.record = this.newRecord();
    scope.executions.set(execution.runId, this);
    this.startedAt = new Date(scope.clock.now());
    this.deadlineMs = scope.clock.now() + (execution.options.workflowExecutionTimeout ?? Infinity);
    this.ending = this.inTime();
  }

  get name(): string {
    return this.execution.name;
  }
  get runId(): string {
    return this.execution.runId;
  }
  get tags(): readonly string[] {
    return this.execution.tags;
  }

  /** Where what comes from outside goes, as long as the run is under way. */
  get inbound(): Inbound | undefined {
    return this.record.isOver ? undefined : this.port?.inbound;
  }

  cancel(): void {
    if (this.isCancelled) return;
    this.isCancelled = true;
    this.cancelling.abort();
    this.flowRun?.cancelAll();
  }

  private newRecord(): RunRecord {
    const record = new RunRecord(this.runId, this.execution, () => this.scope.clock.now());
    this.scope.records.set(this.runId, record);
    return record;
  }

  private inTime(): Promise<FlowEnding> {
    if (this.deadlineMs === Infinity) return this.all();
    return new Promise((resolve) => {
      const callOff = this.scope.clock.bound(this.deadlineMs, () => {
        const ending = { state: State.TimedOut };
        this.record.runEnded(ending.state);
        resolve(ending);
        // What still runs is told to stop, and nobody waits for it.
        this.cancel();
      });
      void this.all().then((ending) => {
        callOff();
        resolve(ending);
      });
    });
  }

  private async all(): Promise<FlowEnding> {
    const { maximumAttempts = 1, initialInterval = 0 } = this.execution.options.retry ?? {};
    const { clock } = this.scope;
    for (let attempt = 1; ; attempt++) {
      const ending = await this.once(attempt, attempt >= maximumAttempts);
      const isLast = ending.state !== State.Failed || attempt >= maximumAttempts;
      const said = ending.state === State.Failed ? ending.error.message : undefined;
      if (isLast || clock.now() + initialInterval > this.deadlineMs) {
        this.record.runEnded(ending.state, said);
        return ending;
      }
      await clock.sleep(initialInterval, this.cancelling.signal);
      if (this.isCancelled) {
        this.record.runEnded(State.Cancelled);
        return { state: State.Cancelled };
      }
      this.record = this.newRecord();
    }
  }

  private async once(attempt: number, isLastAttempt: boolean): Promise<FlowEnding> {
    const { execution, scope } = this;
    const run = { runId: execution.runId, flowName: execution.name, tags: execution.tags };
    const portRun = { ...run, executionId: scope.nextExecution(), of: execution.of };
    const port = new InlinePort(scope, portRun, this.record, this.childrenOf(this));
    const flowRun = new FlowRun(port, {
      ...{ ...run, window: flowRunWindow, isLastAttempt },
      ...(execution.hooks && { hooks: execution.hooks }),
    });
    this.flowRun = flowRun;
    this.port = port;
    if (this.isCancelled) flowRun.cancelAll();
    const facts: RunFacts = { kind: 'flow', ...run, attempt, scheduledStartAt: this.startedAt };
    const { maximumAttempts } = execution.options.retry ?? {};
    if (maximumAttempts !== undefined) facts.retries = maximumAttempts - 1;
    const current = inRunContext(facts);
    try {
      // A run may be started by the body of another one's task: its scope is not this flow's.
      const value = await ambient.exit(() =>
        flowAmbient.run({ current, flowRun, log: scope.flowLog }, () => execution.work(flowRun)),
      );
      checkFlowValue(value, run);
      return { state: State.Completed, value: passed(value) };
    } catch (error) {
      if (this.isCancelled && stemsFromCancellation(error)) return { state: State.Cancelled };
      return { state: State.Failed, error: errorData(error) };
    }
  }
}
