/** The handle of a run: waits for it, looks at it, cancels it. HOST. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { approvalsIn } from '../authoring/approvals.js';
import type { Approval, RunHandle, SendOptions } from '../authoring/launcher.js';
import { pausedMemoKey } from '../core/protocol.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import type { RunView } from '../core/run-view/run-view.js';
import { State } from '../core/state.js';
import type { Artifact, ArtifactOptions } from '../core/artifact.js';
import { checkedLogOptions, type LogLine, type LogOptions } from '../core/log-line.js';
import { type LogReading, readArtifacts, readLog } from '../results/index.js';
import { valuesOf } from './connect.js';
import { isUnknownRun, notFound, runFailure } from './failures.js';
import { mapItems } from './map-items.js';
import { sendAnswer, sendPause, sendSignal } from './speak.js';
import { RunWatcher } from './watch-run.js';

declare module '../authoring/launcher.js' {
  interface HostTypes {
    workflow: WorkflowHandle;
  }
}

/** Temporal's statuses of a run. */
const states: Readonly<Record<string, State>> = {
  RUNNING: State.Running,
  COMPLETED: State.Completed,
  FAILED: State.Failed,
  CANCELLED: State.Cancelled,
  TERMINATED: State.Crashed,
  TIMED_OUT: State.TimedOut,
  CONTINUED_AS_NEW: State.Running,
  PAUSED: State.Paused,
};

export class ClientRunHandle<T> implements RunHandle<T> {
  constructor(
    private readonly client: Client,
    readonly runId: string,
    readonly flowName: string,
    readonly workflow: WorkflowHandle = client.workflow.getHandle(runId),
  ) {}

  async result(): Promise<T> {
    try {
      const value: unknown = await this.workflow.result();
      return (await (await valuesOf(this.client)).resolve(value)) as T;
    } catch (error) {
      throw runFailure(error, { runId: this.runId, flowName: this.flowName });
    }
  }

  async state(): Promise<State> {
    return this.known(async () => {
      const { status, memo } = await this.workflow.describe();
      const state = states[status.name] ?? State.Running;
      return state === State.Running && memo?.[pausedMemoKey] === true ? State.Paused : state;
    });
  }

  async signal(name: string, value?: unknown, options: SendOptions = {}): Promise<void> {
    await sendSignal(this.workflow, { name, value }, options);
  }

  async approvals(): Promise<Approval[]> {
    return approvalsIn(await this.tasks());
  }

  async approve(name: string, value?: unknown, options: SendOptions = {}): Promise<string> {
    return sendAnswer(this.client, this.workflow, { answer: { name, value }, ...options });
  }

  async pause(): Promise<void> {
    await sendPause(this.client, this.runId, 'pause');
  }

  async resume(): Promise<void> {
    await sendPause(this.client, this.runId, 'resume');
  }

  async cancel(): Promise<void> {
    await this.known(() => this.workflow.cancel());
  }

  async tasks(): Promise<RunView> {
    return this.known(() => this.watch().view());
  }

  async items(mapId: string, page: ItemPage = {}): Promise<ItemView[]> {
    return this.known(() => mapItems(this.client, this.runId, { id: mapId, ...page }));
  }

  async *logs(options: LogOptions & Partial<LogReading> = {}): AsyncIterable<LogLine> {
    const { store } = await valuesOf(this.client);
    let hasEnded = false;
    const end = (): void => void (hasEnded = true);
    if (options.follow && options.isOver === undefined) this.result().then(end, end);
    const isOver = (): Promise<boolean> => Promise.resolve(hasEnded);
    yield* readLog(store, this.runId, { isOver, ...checkedLogOptions(options) });
  }

  async artifacts(options: ArtifactOptions = {}): Promise<Artifact[]> {
    return readArtifacts((await valuesOf(this.client)).store, this.runId, options);
  }

  /** Follows the run; see RunWatcher. */
  watch(): RunWatcher {
    return new RunWatcher(this.client, this.runId);
  }

  private known<V>(ask: () => Promise<V>): Promise<V> {
    return known(this.runId, ask);
  }
}

/** @throws RunError RUN_NOT_FOUND where the server does not know the run */
const known = async <V>(runId: string, ask: () => Promise<V>): Promise<V> => {
  try {
    return await ask();
  } catch (error) {
    throw isUnknownRun(error) ? notFound(runId, error) : error;
  }
};

/** The handle of a run that exists already. @throws RunError RUN_NOT_FOUND */
export const existingRun = (client: Client, runId: string): Promise<ClientRunHandle<unknown>> =>
  known(runId, async () => {
    const workflow = client.workflow.getHandle(runId);
    return new ClientRunHandle(client, runId, (await workflow.describe()).type, workflow);
  });
