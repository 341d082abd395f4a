/**
 * A flow run on a port whose task runs end when, and as, the test says. Pure engine, no server: what is started, in
 * which order and with which arguments is what these tests look at.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { FlowRun } from '../../src/authoring/engine/flow-run.js';
import type {
  BatchInvocation,
  EnginePort,
  FlowInvocation,
  Inbound,
  ItemOutcome,
  Started,
  TaskInvocation,
  Timer,
} from '../../src/authoring/engine/engine-port.js';
import { batchPolicyVersion } from '../../src/authoring/engine/batch-policy.js';
import { type MapShare, runMapShare } from '../../src/authoring/engine/map-share.js';
import type { HookOptions } from '../../src/authoring/hook-options.js';
import { provideFlowRun } from '../../src/authoring/scope.js';
import { RunError } from '../../src/core/errors.js';
import type { BatchReport } from '../../src/core/map-batch.js';
import type { RunDelta } from '../../src/core/protocol.js';
import type { StoredData, StoredSequenceData } from '../../src/core/result-ref.js';
import { flattenedIn, itemsOf, outcomesOf, reportOf } from './fake-batch.js';

type Invocation = TaskInvocation | FlowInvocation | BatchInvocation;

interface Running {
  invocation: Invocation;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  isCancelled: boolean;
  isOver: boolean;
}

/** Long enough for every chain of promises between an end and what it starts. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise<void>((done) => setImmediate(done));
};

export interface FakeRun {
  /** The flow's end; pre-caught. */
  outcome: Promise<unknown>;
  /** Ids of all that was started, in order. */
  readonly started: string[];
  /** Ids of what is under way. */
  readonly running: string[];
  readonly deltas: RunDelta[];
  /** Most runs that were under way at once. */
  readonly peak: number;
  argsOf(id: string): unknown[];
  upstreamOf(id: string): string[];
  invocationOf(id: string): Invocation;
  /** Ids of the batches that were to be child runs. */
  readonly shards: string[];
  isCancelled(id: string): boolean;
  /** Ends runs with values, lets what follows happen. */
  complete(values: Record<string, unknown>): Promise<void>;
  fail(id: string, error?: unknown): Promise<void>;
  /** Ends whatever is under way, until nothing is: with its body's value where it has one. */
  drain(): Promise<void>;
  /** From outside, as a client's request. */
  cancelAll(): void;
  readonly inbound: Inbound;
  /** Timers in the order in which they were set. */
  readonly timers: { ms: number; title: string; fire(): void; isCancelled: boolean }[];
}

export interface FakeRunOptions {
  window?: number;
  /** As many runs as the record can hold. Default: any number. */
  room?: number;
  /** A cancelled run ends at once, as cancelled. Default true. */
  obeysCancel?: boolean;
  /** 0: as a run that was begun before maps came in batches. Default: as new runs. */
  batchPolicy?: number;
  /** Of the flow. */
  hooks?: HookOptions;
  isLastAttempt?: boolean;
}

export const taskFailure = (id: string, code: 'TASK_FAILED' | 'CANCELLED' = 'TASK_FAILED'): RunError =>
  new RunError(code, `${id} ${code === 'CANCELLED' ? 'was cancelled' : 'failed'}`, { details: { taskRunId: id } });

const bodyValue = (invocation: Invocation): unknown => {
  if ('spec' in invocation) return reportOf(invocation);
  const { definition, ...rest } = invocation;
  return definition.kind === 'task' ? definition.fn?.(...((rest as TaskInvocation).args as never[])) : undefined;
};

class FakePort implements EnginePort {
  readonly runs = new Map<string, Running>();
  readonly deltas: RunDelta[] = [];
  peak = 0;
  readonly shards: string[] = [];
  constructor(
    private readonly obeysCancel: boolean,
    private readonly room: number,
    private readonly policy: number,
  ) {}

  inbound: Inbound | undefined;
  listen = (inbound: Inbound): void => {
    this.inbound = inbound;
  };
  readonly timers: { ms: number; title: string; fire(): void; isCancelled: boolean }[] = [];
  timer = (ms: number, title: string): Timer => {
    let fire: () => void = () => undefined;
    const result = new Promise<void>((resolve) => (fire = resolve));
    const timer = { ms, title, fire, isCancelled: false };
    this.timers.push(timer);
    return { result, at: ms, cancel: () => void (timer.isCancelled = true) };
  };
  shield = <T>(work: () => Promise<T>): Promise<T> => work();
  readonly ambient = new AsyncLocalStorage<unknown>();
  isNew = (): boolean => true;
  batchPolicy = (): number => this.policy;
  hasRoom = (count: number): boolean => this.runs.size + count <= this.room;
  load = (data: StoredData): Promise<unknown> => Promise.resolve(itemsOf(data));
  sequence = (data: StoredData): Promise<unknown[] | StoredSequenceData> => Promise.resolve(flattenedIn(data));
  keep = (): Promise<never> => Promise.reject(new Error('nothing is kept here'));
  outcomes = (report: BatchReport): Promise<ItemOutcome[]> => Promise.resolve(outcomesOf(report) as ItemOutcome[]);
  startBatch = (invocation: BatchInvocation): Started => this.start(invocation);
  startShard = (invocation: BatchInvocation): Started => {
    this.shards.push(invocation.id);
    return this.start(invocation);
  };

  checkRoom = (count: number): void => {
    if (this.runs.size + count > this.room)
      throw new RunError('HISTORY_LIMIT', `There is no room for ${count} more`, { details: {} });
  };

  running(): Running[] {
    return [...this.runs.values()].filter(({ isOver }) => !isOver);
  }

  private start(invocation: Invocation): Started {
    const { id } = invocation;
    if (this.runs.has(id)) throw new Error(`'${id}' was started twice`);
    let running: Running | undefined;
    const result = new Promise<unknown>((resolve, reject) => {
      running = { invocation, resolve, reject, isCancelled: false, isOver: false };
    });
    result.catch(() => undefined);
    const run = running as unknown as Running;
    this.runs.set(id, run);
    this.peak = Math.max(this.peak, this.running().length);
    return {
      result,
      cancel: () => {
        run.isCancelled = true;
        if (this.obeysCancel && !run.isOver) this.end(run, () => run.reject(taskFailure(id, 'CANCELLED')));
      },
    };
  }
  end(run: Running, how: () => void): void {
    run.isOver = true;
    how();
  }
  startTask = (invocation: TaskInvocation): Started => this.start(invocation);
  startFlow = (invocation: FlowInvocation): Started => this.start(invocation);
  record = (delta: RunDelta): void => {
    this.deltas.push(delta);
  };
}

/** Starts `body` as a flow; what it calls is under way, once `settle` has passed, until the test ends it. */
export const startFlow = (body: () => unknown, options: FakeRunOptions = {}): FakeRun =>
  start((flowRun) => flowRun.execute(body), options);

/** The same of a part of a map, as a run of its own. */
export const startShare = (share: MapShare, options: FakeRunOptions = {}): FakeRun =>
  start((flowRun) => runMapShare(flowRun, share), options);

const start = (execute: (flowRun: FlowRun) => Promise<unknown>, options: FakeRunOptions): FakeRun => {
  const port = new FakePort(
    options.obeysCancel ?? true,
    options.room ?? Infinity,
    options.batchPolicy ?? batchPolicyVersion,
  );
  const flowRun = new FlowRun(port, {
    runId: 'run',
    flowName: 'test',
    tags: [],
    window: options.window ?? 200,
    ...(options.hooks && { hooks: options.hooks }),
    isLastAttempt: options.isLastAttempt ?? true,
  });
  provideFlowRun(() => flowRun);
  const outcome = execute(flowRun);
  outcome.catch(() => undefined);
  const of = (id: string): Running => {
    const run = port.runs.get(id);
    if (run === undefined) throw new Error(`'${id}' was not started; started: ${[...port.runs.keys()].join(', ')}`);
    return run;
  };
  return {
    outcome,
    deltas: port.deltas,
    shards: port.shards,
    get started() {
      return [...port.runs.keys()];
    },
    get running() {
      return port.running().map(({ invocation }) => invocation.id);
    },
    get peak() {
      return port.peak;
    },
    argsOf: (id) => (of(id).invocation as TaskInvocation).args,
    upstreamOf: (id) => of(id).invocation.upstreamIds,
    invocationOf: (id) => of(id).invocation,
    isCancelled: (id) => of(id).isCancelled,
    async complete(values) {
      for (const [id, value] of Object.entries(values)) port.end(of(id), () => of(id).resolve(value));
      await settle();
    },
    async fail(id, error = taskFailure(id)) {
      port.end(of(id), () => of(id).reject(error));
      await settle();
    },
    async drain() {
      await settle();
      for (let runs = port.running(); runs.length > 0; runs = port.running()) {
        for (const run of runs) {
          if (run.isOver) continue;
          try {
            const value = bodyValue(run.invocation);
            port.end(run, () => run.resolve(value));
          } catch (error) {
            port.end(run, () => run.reject(error));
          }
        }
        await settle();
      }
    },
    cancelAll: () => flowRun.cancelAll(),
    inbound: port.inbound as Inbound,
    timers: port.timers,
  };
};

/** Runs `body` to its end, with each task's own function as its result. Throws what the flow throws. */
export const runFlow = async (
  body: () => unknown,
  options?: FakeRunOptions,
): Promise<{ value: unknown; run: FakeRun }> => {
  const run = startFlow(body, options);
  await run.drain();
  return { value: await run.outcome, run };
};

/** What the flow fails with. */
export const failureOf = async (body: () => unknown, options?: FakeRunOptions): Promise<RunError> => {
  const run = startFlow(body, options);
  await run.drain();
  return run.outcome.then(
    () => {
      throw new Error('the flow completed');
    },
    (error: unknown) => error as RunError,
  );
};
