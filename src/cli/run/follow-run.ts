/**
 * Follows one run to its end, through whatever happens to the connection: a server that is away for a while costs one
 * warning. HOST.
 */
import type { ClientRunHandle } from '../../client.js';
import type { RunView } from '../../core/run-view/run-view.js';
import { State, isFinal } from '../../core/state.js';

const retryMs = 500;
/** Views come four times a second; without any for so long, the server does not answer. */
const silentMs = 5_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Deadline exceeded, exhausted, internal, unavailable: gRPC's words for "later". */
const passingCodes: ReadonlySet<unknown> = new Set([1, 4, 8, 13, 14]);
const isPassing = (error: unknown): boolean => {
  for (let one = error; one instanceof Error; one = one.cause)
    if (passingCodes.has((one as { code?: unknown }).code)) return true;
  return false;
};

export interface FollowOptions {
  onView: (view: RunView) => void;
  /** The server does not answer; `false`: it does so again. */
  onSilence: (isSilent: boolean) => void;
  signal?: AbortSignal | undefined;
}

/** What a view shows of the run's going on: when this stays the same, nothing has happened. */
const progressOf = ({ state, parked, tasks }: RunView): string =>
  JSON.stringify([state, parked, tasks.map((task) => [task.id, task.state, task.attempt, task.counts])]);

export class RunFollower {
  view: RunView;
  /** When it was last seen to go on; a task that is under way goes on. */
  progressAt = Date.now();
  private progress = '';
  private viewAt = Date.now();

  constructor(
    readonly handle: ClientRunHandle<unknown>,
    private readonly options: FollowOptions,
  ) {
    this.view = { runId: handle.runId, flowName: handle.flowName, state: State.Running, tasks: [] };
  }

  get hasEnded(): boolean {
    return isFinal(this.view.state);
  }

  /** The last view. Resolves early, with an unfinished view, when the signal is aborted. */
  async follow(): Promise<RunView> {
    const { signal, onSilence } = this.options;
    let isSilent = false;
    const watchdog = setInterval(() => {
      const isSilentNow = Date.now() - this.viewAt > silentMs;
      if (isSilentNow !== isSilent) onSilence((isSilent = isSilentNow));
    }, 250);
    watchdog.unref();
    try {
      while (!signal?.aborted && !this.hasEnded) await this.watchOnce();
      return this.view;
    } finally {
      clearInterval(watchdog);
    }
  }

  private async watchOnce(): Promise<void> {
    try {
      for await (const view of this.handle.watch().views(this.options.signal)) {
        // A failed run of a flow with retries is followed by another under the same id.
        const mayGoOn = view.state === State.Failed || view.state === State.TimedOut;
        if (mayGoOn && !isFinal(await this.handle.state())) return;
        this.see(view);
      }
    } catch (error) {
      if (!isPassing(error)) throw error;
      await pause(retryMs);
    }
  }

  private see(view: RunView): void {
    this.view = view;
    this.viewAt = Date.now();
    const progress = progressOf(view);
    const isWorking = view.parked === undefined && view.tasks.some(({ state }) => state === State.Running);
    if (progress !== this.progress || isWorking) this.progressAt = this.viewAt;
    this.progress = progress;
    this.options.onView(view);
  }

  /** The flow's value. @throws RunError when it ended in any other way */
  async value(): Promise<unknown> {
    for (;;)
      try {
        return await this.handle.result();
      } catch (error) {
        if (!isPassing(error)) throw error;
        await pause(retryMs);
      }
  }
}
