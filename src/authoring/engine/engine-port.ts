/**
 * What the engine asks of whatever really executes: Temporal in the sandbox, or a runtime in memory. Pure. The engine
 * decides what runs when; a port only starts it and says how it ended.
 */
import type { RunError } from '../../core/errors.js';
import type { BatchReport, BatchSpec, ItemError } from '../../core/map-batch.js';
import type { Answer, RunDelta } from '../../core/protocol.js';
import type { Segment, StoredBytes, StoredData, StoredSequenceData } from '../../core/result-ref.js';
import type { TaskPolicy } from '../../core/task-policy.js';
import type { State } from '../../core/state.js';
import type { FlowDefinition, TaskDefinition } from '../definition.js';
import type { Priority } from '../priority-option.js';

/** A started task run or child flow run. */
export interface Started {
  /** The value (a task's may be `Cached`), or whatever the runtime rejects with. */
  result: Promise<unknown>;
  /** That rejection as an error of ours; left out, the engine finds words itself. */
  explain?(error: unknown): RunError;
  /** Of a batch that was cancelled: the report of what it had done by then, which that rejection may bring. */
  reportIn?(error: unknown): BatchReport | undefined;
  /** Asks for cancellation; `result` then ends in bounded time. */
  cancel(): void;
}

export interface TaskInvocation {
  id: string;
  /** What people read: the call's own name or the id. */
  title: string;
  definition: TaskDefinition;
  args: unknown[];
  policy: Partial<TaskPolicy> | undefined;
  tags: readonly string[] | undefined;
  /** Absent: the flow's, or what the definition says. */
  priority?: Priority | undefined;
  upstreamIds: string[];
  mapIndex: number | undefined;
  /** The task's `undo` is meant; `args` are the result and the arguments of what is undone. Its value does not count. */
  undo?: true;
}

export interface FlowInvocation {
  id: string;
  definition: FlowDefinition;
  params: unknown;
  priority?: Priority | undefined;
  upstreamIds: string[];
  mapIndex: number | undefined;
}

/** Several items of a map as one activity; `args` stand as `spec.inputs` says. Its result is a `BatchReport`. */
export interface BatchInvocation extends Omit<TaskInvocation, 'mapIndex'> {
  spec: BatchSpec;
}

/** A batch that is a map of its own in a child run, in batches of `batch` items or, with `false`, item by item. */
export interface ShardInvocation extends BatchInvocation {
  batch: number | false | undefined;
}

/** One item, as a batch's log has it. */
export interface ItemOutcome {
  index: number;
  state: State;
  value?: unknown;
  error?: ItemError & { attempts?: number };
}

/** What comes to a run from outside. A port delivers each in the order in which it came, before flow code goes on. */
export interface Inbound {
  /** Kept until the flow waits for it; `id`: the same one counts once. */
  signal(name: string, value: unknown, id?: string): void;
  /** Whether the answer can be accepted; changes nothing. @throws RunError APPROVAL_NOT_OPEN, BAD_ANSWER */
  check(answer: Answer): void;
  /** Takes an answer that has been checked; gives the id of what it answers. */
  answer(answer: Answer): string;
}

export interface Timer {
  /** Resolves once the time is over. After `cancel`, or when the run is cancelled, it may reject or stay as it is. */
  result: Promise<void>;
  /** When that is: milliseconds since 1970 on the run's clock. */
  at: number;
  cancel(): void;
}

export interface EnginePort {
  /** Has what comes from outside delivered to `inbound`; called once, before the flow's body. */
  listen(inbound: Inbound): void;
  /** Runs `work`, and whatever it starts, so that cancelling the run does not reach it. */
  shield<T>(work: () => Promise<T>): Promise<T>;
  /** A value that follows the asynchronous flow of the code run within it, as Node's AsyncLocalStorage. */
  readonly ambient: { run<T>(value: unknown, work: () => T): T; getStore(): unknown };
  /** A durable timer; `title` is what people read. */
  timer(ms: number, title: string): Timer;
  /** Refuses `count` more task runs when the run's record has no room for them. @throws RunError HISTORY_LIMIT */
  checkRoom(count: number): void;
  startTask(invocation: TaskInvocation): Started;
  startFlow(invocation: FlowInvocation): Started;
  /** Whether this run's record has room for `count` more task runs. */
  hasRoom(count: number): boolean;
  /** Whether this run began, or came to this point first, when the engine had `change`. Leaves a trace: Temporal's `patched`. */
  isNew(change: string): boolean;
  /** The batching policy that this run is pinned to; 0: begun before there was one, it maps item by item. Leaves a trace. */
  batchPolicy(): number;
  startBatch(invocation: BatchInvocation): Started;
  /** The same by a child run with a history of its own, for more items than this run's history has room for. */
  startShard(invocation: ShardInvocation): Started;
  /** A stored value for flow code; above the cap a sealed handle. */
  load(data: StoredData): Promise<unknown>;
  /** A stored array of which parts were taken, as items or as a sequence of known length. */
  sequence(data: StoredData): Promise<unknown[] | StoredSequenceData>;
  /** Puts items, or a list of segments, into the store. */
  keep(what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes>;
  /** The items of a batch one by one. */
  outcomes(report: BatchReport): Promise<ItemOutcome[]>;
  /** Where rejections that nothing handles are heard of later than all that they follow: resolves once they have been. */
  strays?(): Promise<void>;
  /** Notes what would leave no trace otherwise. */
  record(delta: RunDelta): void;
}
