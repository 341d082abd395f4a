/**
 * The door of the pool: its options, what it can be asked, and its start. Host.
 */
import type { AttemptOptions, AttemptRequest, TaskHost, TaskManifest } from '../../activities/task-host.js';
import type { UndeclaredParams } from '../../core/params.js';
import type { Clock } from './clock.js';
import type { PoolEvent } from './crew.js';
import { Pool } from './pool.js';

export type { PoolEvent } from './crew.js';

export interface TaskPoolOptions {
  /** The files that declare the tasks, absolute. */
  sources: readonly string[];
  /** Where bodies run. `'inline'` is this process: nothing can be killed. */
  isolation: 'processes' | 'threads' | 'inline';
  /** Children at most (and as many again for bodies that must be alone). Default one a core. */
  size?: number;
  /** Bodies at one time in a child. Default 100. */
  bodiesPerChild?: number;
  /** How long a body that was told to stop may take before its child is killed. Default 5,000. */
  cancelGraceMs?: number;
  /** The whole environment of the children. Default this process's. */
  env?: NodeJS.ProcessEnv;
  /** The result store's address (`file:` or `s3:`). Without one, results stay inline and no batch can run. */
  store?: string;
  /** The module whose default export gives secrets by name, absolute. Default: they are in the environment. */
  secrets?: string;
  /** How often a batch writes down which items have ended. Default 1,000. */
  checkpointMs?: number;
  /** With `'inline'` isolation: the time that items of batches wait for. Default the system's. */
  clock?: Clock;
  /** What happens in the pool. Default: prints the bodies' output to stderr. */
  onEvent?: (event: PoolEvent) => void;
}

export interface TaskPool extends TaskHost {
  readonly ready: Promise<TaskManifest>;
  run(attempt: AttemptRequest, options?: AttemptOptions): Promise<unknown>;
  /** Parses a flow's input with its schema, in a child. Gives what the schema drops. @throws RunError BAD_PARAMS */
  checkParams(flowName: string, input: unknown): Promise<UndeclaredParams>;
  /** Waits for what runs, at most `graceMs` (default 10,000), then tells it to stop, then kills. */
  close(options?: { graceMs?: number }): Promise<void>;
  /** Ends everything at once. */
  kill(): Promise<void>;
}

/** Starts a pool; the first child boots at once. Close it: its children keep this process alive. */
export const createTaskPool = (options: TaskPoolOptions): TaskPool => new Pool(options);
