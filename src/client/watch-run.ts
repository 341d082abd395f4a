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

  /** Reads on until the run has ended; `onNews` is called after each answer. */
  private async follow(signal: AbortSignal | undefined, onNews: () => void): Promise<void> {
    while (!signal?.aborted && !this.isOver) {
      await this.read(true);
      onNews();
    }
  }

  /**
   * A view when something has changed and at least every quarter of a second, at most eight a second, until the run
   * has ended: the last one comes at once.
   */
  async *views(signal?: AbortSignal): AsyncGenerator<RunView> {
    let wake: () => void = () => undefined;
    const following = this.follow(signal, () => wake());
    following.catch(() => undefined);
    let shownAt = 0;
    while (!signal?.aborted) {
      const news = new Promise<void>((resolve) => (wake = resolve));
      await Promise.race([following, news, pause(lookEveryMs)]);
      const tooSoonMs = shownAt + lookEveryMs / 2 - Date.now();
      if (!this.isOver && tooSoonMs > 0) await Promise.race([following, pause(tooSoonMs)]);
      if (this.isOver) {
        yield this.fold.view();
        return;
      }
      shownAt = Date.now();
      yield this.fold.view(await this.pending());
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
