/**
 * The port through which `flow.run()` and `flow.start()` leave the pure code. The host's door installs a launcher; in
 * the sandbox there is none, and both are refused. Pure.
 */
import type { Artifact, ArtifactOptions } from '../core/artifact.js';
import type { LogLine, LogOptions } from '../core/log-line.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import type { RunView } from '../core/run-view/run-view.js';
import { AuthoringError } from '../core/errors.js';
import type { State } from '../core/state.js';
import type { FlowDefinition } from './definition.js';

/** Host-side types that the pure code only passes on; `client` adds `workflow` by declaration merging. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled in by the host
export interface HostTypes {}
type Hosted<K extends string> = HostTypes extends { [P in K]: infer T } ? T : unknown;

/** Where flows and tasks run: `local(…)` or `temporal(…)`. */
export interface Executor {
  readonly kind: string;
}

/** Options of one run. */
export interface RunOptions {
  /** The run's id (Temporal's workflow id). Default: made from the flow's name. An id that is running is refused. At most 800 bytes. */
  id?: string;
  /** Where to run. Default `local()`. */
  executor?: Executor;
  /** Labels for people; kept with the run. */
  tags?: readonly string[];
}

export interface SendOptions {
  /** The same id counts once, however often it is sent. Default: a new one each time. */
  id?: string;
}

/** What waits for somebody in a run. */
export interface Approval {
  /** What `approve` takes; `id` where two of one name are open. */
  name: string;
  id: string;
  /** An `approval(…)`, or a task with the trigger rule `manualOnly`. */
  kind: 'approval' | 'manual';
  since: Date;
  /** When it gives up. */
  until?: Date;
  /** JSON schema of the answer, where the flow's schema can give one. */
  schema?: unknown;
}

/** A started run. */
export interface RunHandle<T> {
  /** The run's id, the same as its Temporal workflow id. */
  readonly runId: string;
  readonly flowName: string;
  /** The flow's value. @throws RunError when the run ends in any other way. */
  result(): Promise<T>;
  /** The state of the run now. */
  state(): Promise<State>;
  /**
   * Sends a signal to the run's `waitFor(name)`, which keeps it until the flow is there. Resolves once the server has it.
   * @throws RunError RUN_ENDED, RUN_NOT_FOUND
   */
  signal(name: string, value?: unknown, options?: SendOptions): Promise<void>;
  /** What waits for an answer or a word now, from history; needs no worker. */
  approvals(): Promise<Approval[]>;
  /**
   * Answers the open approval `name` (or of that id), or gives the word for the `manualOnly` task of that task-run id.
   * The flow checks the value before it is accepted; a refused one leaves no trace. Gives the id of what was answered.
   * @throws RunError BAD_ANSWER; APPROVAL_NOT_OPEN; NOT_ANSWERED when no worker took it within 15 seconds; RUN_ENDED
   */
  approve(name: string, value?: unknown, options?: SendOptions): Promise<string>;
  /**
   * Pauses the run, and the runs of flows that it has called: no new task run starts, running ones end, timers go on.
   * Durable, and in force as soon as a worker has taken it. @throws RunError RUN_ENDED, RUN_NOT_FOUND
   */
  pause(): Promise<void>;
  /** Lets a paused run, and the runs of flows that it has called, go on. @throws RunError RUN_ENDED, RUN_NOT_FOUND */
  resume(): Promise<void>;
  /** Asks the run to stop: its running tasks get their signal, what has not started is cancelled. */
  cancel(): Promise<void>;
  /** All that is known of the run and of its tasks, from history; needs no worker. */
  tasks(): Promise<RunView>;
  /**
   * The items of the map `mapId` (`name-0`, as `tasks()` names it) with state, attempts, duration and error, a page at a
   * time; those not scheduled yet are left out. Needs no worker, of a map in batches the result store.
   */
  items(mapId: string, page?: ItemPage): Promise<ItemView[]>;
  /**
   * The lines that the run's tasks and flow code logged, in order of time; read as they are asked for, from the result
   * store. With `follow` it goes on until the run has ended. Child runs of flows have logs of their own.
   * @example for await (const line of handle.logs({ level: 'warn' })) console.log(line.at, line.message);
   */
  logs(options?: LogOptions): AsyncIterable<LogLine>;
  /** What the run's tasks left to look at: the last artifact of each task run and key. From the result store. */
  artifacts(options?: ArtifactOptions): Promise<Artifact[]>;
  /** The SDK's own handle of the workflow. */
  readonly workflow: Hosted<'workflow'>;
}

export interface FlowLauncher {
  start(flow: FlowDefinition, params: unknown, options: RunOptions): Promise<RunHandle<unknown>>;
}

let launcher: FlowLauncher | undefined;

export const installLauncher = (installed: FlowLauncher): void => {
  launcher = installed;
};

export const launcherFor = (flow: FlowDefinition): FlowLauncher => {
  if (launcher === undefined) throw runInsideFlow(flow);
  return launcher;
};

export const runInsideFlow = (flow: FlowDefinition): AuthoringError =>
  new AuthoringError(
    'CALLED_INSIDE_FLOW',
    `'${flow.name}'.run() was called inside a flow. A flow in a flow is simply called: it becomes a child run with its own future.`,
    { details: { flowName: flow.name } },
  );
