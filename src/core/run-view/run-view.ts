/**
 * What is known of a run, for people and programs to look at. Pure data: the CLI, the dashboard, `handle.tasks()` and
 * tests all read this one shape.
 */
import type { State } from '../state.js';

/** A task run, a child flow run, a map with its children counted, or a wait (`sleep`, `waitFor`, `approval`). */
export interface TaskView {
  id: string;
  kind: 'task' | 'flow' | 'map' | 'wait';
  name: string;
  /** The call's own name, where it was given one. */
  title?: string;
  /** Of the run, the task's declaration and the call; absent: none. */
  tags?: readonly string[];
  state: State;
  upstream: string[];
  /** 1-based; of a map: the highest of its children. */
  attempt: number;
  scheduledAt?: Date;
  startedAt?: Date;
  endedAt?: Date;
  /** The failure's message; of a running or retrying task, the last attempt's. */
  error?: string;
  /** What it waits for, as long as it does; `until`: when it gives up, or has slept enough. */
  waits?: { for: 'sleep' | 'signal' | 'approval' | 'manual'; until?: Date; schema?: unknown };
  /** Of a map only. */
  width?: number;
  /** Of a map only: how many children are in each state; those not yet scheduled are Pending. */
  counts?: Partial<Record<State, number>>;
}

export interface RunView {
  runId: string;
  flowName: string;
  /** As it was started with; absent: none. */
  tags?: readonly string[];
  state: State;
  startedAt?: Date;
  endedAt?: Date;
  error?: string;
  /** Why the flow's code cannot go on; the server tries it again until code comes that can. Absent: it can. */
  parked?: string;
  /** In the order in which they became known; maps in place of their children. */
  tasks: TaskView[];
}
