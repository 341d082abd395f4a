/**
 * What the engine asks of whatever really executes: Temporal in the sandbox, or a runtime in memory. Pure. The engine
 * decides what runs when; a port only starts it and says how it ended.
 */
import type { RunError } from '../../core/errors.js';
import type { RunDelta } from '../../core/protocol.js';
import type { TaskPolicy } from '../../core/task-policy.js';
import type { FlowDefinition, TaskDefinition } from '../definition.js';

/** A started task run or child flow run. */
export interface Started {
  /** The value, or whatever the runtime rejects with. */
  result: Promise<unknown>;
  /** That rejection as an error of ours; left out, the engine finds words itself. */
  explain?(error: unknown): RunError;
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
  upstreamIds: string[];
  mapIndex: number | undefined;
}

export interface FlowInvocation {
  id: string;
  definition: FlowDefinition;
  params: unknown;
  upstreamIds: string[];
  mapIndex: number | undefined;
}

export interface EnginePort {
  /** Refuses `count` more task runs when the run's record has no room for them. @throws RunError HISTORY_LIMIT */
  checkRoom(count: number): void;
  startTask(invocation: TaskInvocation): Started;
  startFlow(invocation: FlowInvocation): Started;
  /** Notes what would leave no trace otherwise. */
  record(delta: RunDelta): void;
}
