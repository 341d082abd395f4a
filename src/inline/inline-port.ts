/**
 * The engine's port in memory: a task run is a call of its body in this process, a flow called by a flow another run
 * beside it. HOST. Every value passes the encoding that it would pass on Temporal.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { outcomesForFlow, readForFlow, sequenceForFlow } from '../activities/store-reads.js';
import { batchPolicyVersion } from '../authoring/engine/batch-policy.js';
import type {
  BatchInvocation,
  EnginePort,
  FlowInvocation,
  Inbound,
  ItemOutcome,
  ShardInvocation,
  Started,
  TaskInvocation,
  Timer,
} from '../authoring/engine/engine-port.js';
import { headerOf } from '../authoring/engine/header-of.js';
import { loadStored } from '../authoring/engine/load-stored.js';
import { type MapShare, shareOf } from '../authoring/engine/map-share.js';
import { RunError } from '../core/errors.js';
import type { BatchReport } from '../core/map-batch.js';
import { PayloadError } from '../core/payload-text.js';
import type { MapOwner, RunDelta } from '../core/protocol.js';
import type { Segment, StoredBytes, StoredData, StoredSequenceData } from '../core/result-ref.js';
import { type Failing, unsendableError } from '../core/run-failure.js';
import { State } from '../core/state.js';
import type { Place } from '../results/index.js';
import { guardsOf } from '../worker/pool/guard-keys.js';
import type { ChildRun, Children } from './child-run.js';
import { childFailure } from './flow-ending.js';
import { encoded, passed } from './passed.js';
import type { RunRecord } from './run-record.js';
import type { RunScope } from './run-scope.js';
import { TaskAttempts } from './task-attempts.js';

/** The flow run that the port is of. */
export interface PortRun {
  runId: string;
  flowName: string;
  executionId: string;
  tags: readonly string[];
  /** Of a part of a map. */
  of: MapOwner | undefined;
}

/** What one run's history holds on Temporal, in task runs: a flow that outgrows it there is refused here. */
const mostTaskRuns = Math.floor(45_000 / 3.5);

export class InlinePort implements EnginePort {
  readonly record: (delta: RunDelta) => void;
  private started = 0;

  constructor(
    private readonly scope: RunScope,
    private readonly run: PortRun,
    private readonly journal: RunRecord,
    private readonly children: Children,
  ) {
    this.record = journal.delta;
  }

  /** What comes from outside is delivered here, once the engine listens. */
  inbound: Inbound | undefined;
  listen(inbound: Inbound): void {
    this.inbound = inbound;
  }
  readonly ambient = new AsyncLocalStorage<unknown>();
  /** Cancelling a run in memory reaches only what the engine cancels. */
  shield<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  timer(ms: number): Timer {
    const { clock } = this.scope;
    const stop = new AbortController();
    return { result: clock.sleep(ms, stop.signal), at: clock.now() + ms, cancel: () => stop.abort() };
  }

  isNew(): boolean {
    return true;
  }
  batchPolicy(): number {
    return batchPolicyVersion;
  }
  hasRoom(count: number): boolean {
    return this.started + count <= mostTaskRuns;
  }
  checkRoom(count: number): void {
    if (this.hasRoom(count)) return;
    const { runId, flowName } = this.run;
    throw new RunError(
      'HISTORY_LIMIT',
      `The flow '${flowName}' cannot start ${count === 1 ? 'another task run' : `${count} more task runs`}: it has started ` +
        `${this.started}, and on Temporal one run's history has room for about ${mostTaskRuns}. ` +
        `Do a part of the work in a flow of its own and call that: each child run has its own history.`,
      { details: { runId, flowName, count } },
    );
  }

  strays(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  startTask(invocation: TaskInvocation): Started {
    return this.startBody(invocation);
  }
  startBatch(invocation: BatchInvocation): Started {
    return this.startBody(invocation);
  }

  private startBody(invocation: TaskInvocation | BatchInvocation): Started {
    this.started++;
    const { definition, id, title, args, upstreamIds } = invocation;
    const failing = this.failing('task', invocation);
    const header = headerOf(invocation, this.run);
    const controller = new AbortController();
    let attempts: TaskAttempts | undefined;
    const start = async (): Promise<unknown> => {
      const decoders = sendable(failing, () => args.map(encoded));
      const key = this.journal.scheduled({
        what: 'task',
        id,
        name: definition.name,
        title,
        upstream: upstreamIds,
        ...(header.tags && { tags: header.tags }),
        ...(header.index === undefined ? {} : { mapIndex: header.index }),
        ...(header.batch === undefined ? {} : { batch: header.batch }),
      });
      const { runId, flowName, executionId } = this.run;
      attempts = new TaskAttempts({
        scope: this.scope,
        record: this.journal,
        key,
        identity: { taskName: definition.name, flowName, runId, executionId, taskRunId: id },
        header,
        policy: { ...definition.policy, ...invocation.policy },
        guards: guardsOf(definition.options),
        failing,
        args: () => decoders.map((decode) => decode()),
        signal: controller.signal,
      });
      return attempts.run();
    };
    return { result: start(), reportIn: () => attempts?.report, cancel: () => controller.abort() };
  }

  startFlow(invocation: FlowInvocation): Started {
    const { definition, params } = invocation;
    return this.startChild(invocation, (id, failing) =>
      this.children.startFlow(id, { definition, params: sendable(failing, () => encoded(params)) }),
    );
  }

  startShard(invocation: ShardInvocation): Started {
    const { runId, flowName } = this.run;
    const share = shareOf(invocation, { runId, flowName });
    return this.startChild(invocation, (id, failing) =>
      this.children.startShare(id, sendable(failing, () => encoded(share)) as () => MapShare),
    );
  }

  private startChild(
    invocation: FlowInvocation | ShardInvocation,
    begin: (id: string, failing: Failing) => ChildRun,
  ): Started {
    this.started++;
    const { definition, id, upstreamIds } = invocation;
    const failing = this.failing('flow', invocation);
    let child: ChildRun | undefined;
    let isCancelled = false;
    const start = async (): Promise<unknown> => {
      const one = begin(`${this.run.runId}/${id}`, failing);
      child = one;
      if (isCancelled) child.cancel();
      const key = this.journal.scheduled({
        what: 'flow',
        id,
        name: one.name,
        title: id,
        upstream: upstreamIds,
        ...('spec' in invocation ? { batch: invocation.spec } : {}),
        ...('mapIndex' in invocation && invocation.mapIndex !== undefined ? { mapIndex: invocation.mapIndex } : {}),
      });
      this.journal.started(key, 1);
      const ending = await child.ending;
      const report =
        'spec' in invocation && ending.state === State.Completed ? (ending.value as BatchReport) : undefined;
      this.journal.ended(key, {
        state: ending.state,
        ...(ending.state === State.Failed ? { error: ending.error.message } : {}),
        ...(report === undefined ? {} : { report }),
      });
      if (ending.state !== State.Completed) throw childFailure(ending, { ...failing, name: definition.name });
      return ending.value;
    };
    return {
      result: start(),
      cancel: () => {
        isCancelled = true;
        child?.cancel();
      },
    };
  }

  private failing(kind: Failing['kind'], invocation: TaskInvocation | BatchInvocation | FlowInvocation): Failing {
    const { definition, id } = invocation;
    const mapIndex = 'mapIndex' in invocation ? invocation.mapIndex : undefined;
    const { runId, flowName } = this.run;
    const details = { runId, flowName, taskName: definition.name, taskRunId: id };
    return { kind, name: definition.name, details: { ...details, ...(mapIndex === undefined ? {} : { mapIndex }) } };
  }

  private get place(): Place {
    return { runId: this.run.runId, taskRunId: 'flow', attempt: 1 };
  }
  readonly load = (data: StoredData): Promise<unknown> =>
    loadStored(data, (one) =>
      this.scope.clock.during(async () => {
        const { value, bytes } = await readForFlow(this.scope.values, one);
        return bytes === undefined ? { value: passed(value) } : { bytes };
      }),
    );
  sequence(data: StoredData): Promise<unknown[] | StoredSequenceData> {
    return this.scope.clock.during(async () => {
      const { items, sequence } = await sequenceForFlow(this.scope.values, data, this.place);
      return sequence ?? (items as unknown[]);
    });
  }
  keep(what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes> {
    const value = 'list' in what ? what.list : what.items;
    return this.scope.clock.during(() => this.scope.values.put(this.place, value));
  }
  outcomes(report: BatchReport): Promise<ItemOutcome[]> {
    return this.scope.clock.during(() => outcomesForFlow(this.scope.values, report));
  }
}

const sendable = <T>(failing: Failing, encode: () => T): T => {
  try {
    return encode();
  } catch (error) {
    throw error instanceof PayloadError ? unsendableError(failing, error.payloadCode, error) : error;
  }
};
