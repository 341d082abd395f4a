/**
 * One execution of a flow body: owns its task runs, gives them ids, waits for all of them and decides how the flow
 * ends (SEMANTICS: final state). Pure: everything outside happens through the port.
 */
import { AuthoringError, RunError, SkipTask } from '../../core/errors.js';
import { State } from '../../core/state.js';
import { TaskFuture } from '../future.js';
import type { HookOptions } from '../hook-options.js';
import type { EnginePort } from './engine-port.js';
import { resolveFutures, sourcesIn } from './futures-in.js';
import { flowStateOf } from './flow-end.js';
import { runFlowHooks } from './hooks.js';
import { Hold } from './hold.js';
import { Inbox } from './inbox.js';
import { afterRollback, rollBack, type Undoable } from './rollback.js';
import type { Run } from './run.js';
import { Transaction } from './transaction.js';
import { Window } from './window.js';

export interface FlowRunInfo {
  runId: string;
  flowName: string;
  tags: readonly string[];
  /** Task runs in flight at once; Temporal slows down above a few hundred and breaks at 2,000. */
  window: number;
  hooks?: HookOptions;
  /** Another run of the flow follows when this one fails: `false`. Default true. */
  isLastAttempt?: boolean;
}

/** Microtask turns without any task run before a flow is taken to be done. */
const turnsOfGrace = 20;

export class FlowRun {
  readonly window: Window;
  readonly hold = new Hold();
  readonly inbox: Inbox;
  private readonly runs: Run[] = [];
  private readonly failures: Run[] = [];
  private readonly counts = new Map<string, number>();
  private readonly floats: { error: unknown; isObserved: () => boolean; isTransaction?: true }[] = [];
  /** What can be undone when the flow fails. */
  readonly done: Undoable[] = [];
  private completions = 0;
  private hasTransactions = false;
  private unfinished = 0;
  private wake: (() => void) | undefined;
  private cancelled = false;

  constructor(
    readonly port: EnginePort,
    readonly info: FlowRunInfo,
  ) {
    this.window = new Window(info.window, this.hold);
    this.inbox = new Inbox(this);
    port.listen(this.inbox);
  }

  /** While it is paused no task run starts; what runs goes on to its end, and cancelling works as ever. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.hold.isHeld) return;
    this.port.record({ kind: 'run', state: isPaused ? 'Paused' : 'Running' });
    this.hold.set(isPaused);
  }

  /** Notes an error in a handler; at the end it fails the run if nobody ever looked at it. */
  readonly floating = (error: unknown, isObserved: () => boolean): void => {
    this.floats.push({ error, isObserved });
  };

  /** The same of a transaction, whose error may be that of a task in it: it counts as its own. */
  readonly floatingTransaction = (error: unknown, isObserved: () => boolean): void => {
    this.floats.push({ error, isObserved, isTransaction: true });
  };

  private get transaction(): Transaction | undefined {
    if (!this.hasTransactions) return undefined;
    let transaction = this.port.ambient.getStore() as Transaction | undefined;
    while (transaction?.isOver) transaction = transaction.parent;
    return transaction;
  }

  /** Runs `body` as a transaction; the flow does not end before it has. */
  transact(body: () => unknown): Promise<unknown> {
    this.hasTransactions = true;
    const running = new Transaction(this, this.transaction).execute(body);
    this.unfinished++;
    const ended = (): void => this.oneEnded();
    running.then(ended, ended);
    return running;
  }

  /** Notes what `run` has completed that can be undone. */
  completed(run: Run, undoable: Omit<Undoable, 'order'>): void {
    (run.transaction ?? this).done.push({ ...undoable, order: this.completions++ });
  }

  /** Takes in a run of the engine's own: the flow does not end before it has. */
  include(run: Run): void {
    this.unfinished++;
    run.whenEnded(() => this.oneEnded());
  }

  private oneEnded(): void {
    if (--this.unfinished === 0) this.wake?.();
  }

  /** `name-0`, `name-1`, … in order of the calls. */
  nextId(name: string): string {
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return `${name}-${count}`;
  }

  /** Takes in a new task run or map run. */
  add(run: Run): void {
    const { transaction } = this;
    if (transaction !== undefined) {
      run.transaction = transaction;
      transaction.add(run);
    }
    if (this.cancelled) run.cancel();
    this.runs.push(run);
    this.unfinished++;
    run.whenEnded(() => {
      if (run.failed) this.failures.push(run);
      this.oneEnded();
    });
  }

  /** Any error as a RunError of `run`; one that is a RunError already stays as it is. */
  asRunError(error: unknown, run: { id: string; name: string; mapIndex?: number | undefined }): RunError {
    if (error instanceof RunError) return error;
    const message = error instanceof Error ? error.message : String(error);
    const code =
      error instanceof AuthoringError ? error.code : error instanceof SkipTask ? 'TASK_SKIPPED' : 'TASK_FAILED';
    return new RunError(code, `The task run '${run.id}' failed: ${message}`, {
      cause: error,
      details: {
        runId: this.info.runId,
        flowName: this.info.flowName,
        taskName: run.name,
        taskRunId: run.id,
        ...(run.mapIndex === undefined ? {} : { mapIndex: run.mapIndex }),
      },
    });
  }

  /** Runs `body` to the flow's value; throws what fails the flow once every task run has ended. */
  async execute(body: () => unknown): Promise<unknown> {
    try {
      const given = body();
      let returned = given;
      try {
        returned = await given;
      } catch (error) {
        // A failed future returned as it stands is no throw: the others go on to their end, then the flow fails.
        if (!(given instanceof TaskFuture && this.port.isNew('returned-failure'))) throw error;
      }
      const upstream = sourcesIn(returned, 'the value that the flow returned');
      await this.allEnded();
      if (this.port.strays !== undefined) await this.port.strays().then(() => this.allEnded());
      const failed = upstream.find(({ run, allowsFailure }) => run.failed && !allowsFailure);
      if (failed !== undefined) throw failed.run.error;
      for (const { run, allowsFailure } of upstream) {
        if (!allowsFailure) continue;
        run.handled = true;
        const reading = run.failuresRead();
        if (reading !== undefined) await reading;
      }
      for (const run of this.failures) if (run.handled) run.handle();
      const unhandled = this.failures.find((run) => !run.isHandled);
      if (unhandled !== undefined) throw unhandled.error;
      const floating = this.floats.find(
        ({ error, isObserved, isTransaction }) => !isObserved() && (isTransaction || !this.isTaskFailure(error)),
      );
      if (floating !== undefined) throw floating.error;
      const value = resolveFutures(returned);
      const { hooks } = this.info;
      if (hooks !== undefined) await runFlowHooks(this, hooks, { state: State.Completed, value });
      return value;
    } catch (error) {
      const wasCancelled = this.cancelled;
      this.cancelAll();
      await this.allEnded();
      if (this.done.length === 0 && this.info.hooks === undefined) throw error;
      throw await this.clearedUp(error, wasCancelled);
    }
  }

  /** Rolls back, then runs the hooks; gives what is to be thrown. */
  private async clearedUp(thrown: unknown, wasCancelled: boolean): Promise<unknown> {
    const { hooks, isLastAttempt = true } = this.info;
    const error = this.done.length === 0 ? thrown : afterRollback(this, thrown, await rollBack(this, this.done));
    const state = flowStateOf(error, wasCancelled);
    if (hooks !== undefined && (isLastAttempt || state === State.Cancelled))
      await runFlowHooks(this, hooks, { state, error });
    return error;
  }

  // A task's own failure that merely passed through a handler is judged by `handled`.
  private isTaskFailure(error: unknown): boolean {
    return this.failures.some((run) => run.error === error);
  }

  /** Whether what was called in `transaction`, or in none, and has not started, is to end as Cancelled. */
  isCallingOff(transaction: Transaction | undefined): boolean {
    // Before, what waited for something that ended at once, such as a sleep, was judged by that.
    return (this.cancelled || (transaction?.isFailing ?? false)) && this.port.isNew('called-off');
  }

  /** Ends what has not started as Cancelled and asks the rest to stop; whatever is called later is cancelled too. */
  cancelAll(): void {
    this.cancelled = true;
    for (const run of this.runs) run.cancel();
  }

  // Code that goes on by itself after a task (`void (async () => …)()`) gets its turn to call more before the end.
  private async allEnded(): Promise<void> {
    for (let quietTurns = 0; quietTurns < turnsOfGrace; quietTurns++) {
      while (this.unfinished > 0) {
        quietTurns = 0;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
      await Promise.resolve();
    }
  }
}
