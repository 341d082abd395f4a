/**
 * Follows a run from outside: reads its history as it grows and folds it. HOST. Needs no worker, changes nothing.
 */
import type { Client } from '@temporalio/client';
import { RunFold } from '../core/run-view/run-fold.js';
import type { RunView } from '../core/run-view/run-view.js';
import { pendingTasks, runEvents } from './history-events.js';

/** Between two looks at what only the server knows (attempts under way), and the shortest between two views. */
const lookEveryMs = 250;

export class RunWatcher {
  private readonly fold: RunFold;
  private token: Uint8Array | undefined;
  private atEnd = false;

  constructor(
    private readonly client: Client,
    private readonly runId: string,
  ) {
    this.fold = new RunFold(runId);
  }

  /** Reads what is new; with `wait` the server answers only when there is something. */
  private async read(wait: boolean): Promise<void> {
    const response = await this.client.workflowService.getWorkflowExecutionHistory({
      namespace: this.client.options.namespace,
      execution: { workflowId: this.runId },
      waitNewEvent: wait,
      nextPageToken: this.token ?? null,
    });
    for (const event of response.history?.events ?? []) for (const one of runEvents(event)) this.fold.apply(one);
    this.token = response.nextPageToken && response.nextPageToken.length > 0 ? response.nextPageToken : undefined;
    this.atEnd = this.token === undefined;
  }

  private async pending(): Promise<ReturnType<typeof pendingTasks>> {
    const description = await this.client.workflowService.describeWorkflowExecution({
      namespace: this.client.options.namespace,
      execution: { workflowId: this.runId },
    });
    return pendingTasks(description.pendingActivities);
  }

  /** All that is known now. */
  async view(): Promise<RunView> {
    do await this.read(false);
    while (!this.atEnd);
    return this.fold.view(this.isOver ? [] : await this.pending());
  }

  private get isOver(): boolean {
    return this.fold.view().endedAt !== undefined;
  }

  /** A view whenever something has changed, and at least every quarter of a second, until the run has ended. */
  async *views(signal?: AbortSignal): AsyncGenerator<RunView> {
    let reading: Promise<void> | undefined;
    while (!signal?.aborted) {
      reading ??= this.read(true).finally(() => (reading = undefined));
      await Promise.race([reading, pause(lookEveryMs)]);
      if (this.isOver) return yield this.fold.view();
      yield this.fold.view(await this.pending());
      await pause(lookEveryMs / 2);
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
