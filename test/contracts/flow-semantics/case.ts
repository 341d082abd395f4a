// One case of the contract: a flow, what it is given, and what has to come of it on every runtime.
export interface Case {
  /** Unique within its group. */
  name: string;
  /** The flow's name. */
  flow: string;
  params?: unknown;
  /** The value that the run has to have. */
  value?: unknown;
  /** What the run has to fail with, in part. */
  error?: { code: string } & Record<string, unknown>;
  /** States by id, in part; of a map, how many children are in which state. */
  tasks?: Record<string, string | Record<string, number>>;
  /** What is done from outside, one after the other, and what came of each: a value or an error's code. */
  steps?: Step[];
  said?: unknown[];
  /** The task runs that undo and hooks are, in order: these and no others. */
  afterwards?: string[];
  /** Lines of the log, in part: these and no others, in any order. */
  logs?: Record<string, unknown>[];
  /** Likewise artifacts. */
  artifacts?: Record<string, unknown>[];
  /** Cancels the run as soon as the task run with this id is Running. */
  cancelWhenRunning?: string;
  /** Answers what waits under this name, or the task run with this id, as soon as it does. */
  answer?: { name: string; value?: unknown };
  /** How it ends otherwise than by `value` and `error`. Default Completed or Failed. */
  state?: string;
  /** Options of the run. */
  tags?: string[];
}

export interface Step {
  /** As soon as these task runs, or under `flow` the run, are in these states. */
  when?: Record<string, string>;
  /** A method of the run's handle, or `look`: at the states of the task runs that are named. */
  do: 'approve' | 'signal' | 'pause' | 'resume' | 'cancel' | 'look';
  with?: unknown[];
}

/** How a case went. */
export interface Outcome {
  value?: unknown;
  error?: unknown;
  state: string;
  tasks: Record<string, string | Record<string, number>>;
  said?: unknown[];
  logs?: unknown[];
  artifacts?: unknown[];
}
