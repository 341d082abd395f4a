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
  /** Cancels the run as soon as the task run with this id is Running. */
  cancelWhenRunning?: string;
  /** Answers what waits under this name, or the task run with this id, as soon as it does. */
  answer?: { name: string; value?: unknown };
  /** How it ends otherwise than by `value` and `error`. Default Completed or Failed. */
  state?: string;
  /** Options of the run. */
  tags?: string[];
}

/** How a case went. */
export interface Outcome {
  value?: unknown;
  error?: unknown;
  state: string;
  tasks: Record<string, string | Record<string, number>>;
}
