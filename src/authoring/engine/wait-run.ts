/**
 * A run that does no work but waits: for time (`sleep`), a signal (`waitFor`) or an answer (`approval`). Pure. It has a
 * future and edges like any other, and begins to wait once its upstream has ended well.
 */
import { RunError } from '../../core/errors.js';
import { complaintOf } from '../../core/params.js';
import type { UnstartedState, Waiting } from '../../core/protocol.js';
import { State } from '../../core/state.js';
import type { Timer } from './engine-port.js';
import type { FlowRun } from './flow-run.js';
import { Run } from './run.js';
import { triggerFailure } from './trigger-failure.js';

export interface WaitPlan {
  what: 'sleep' | 'signal' | 'approval';
  /** How long at most; of a sleep, how long. */
  ms?: number | undefined;
  /** Checks what comes, and may change it. */
  parse?: ((value: unknown) => unknown) | undefined;
  /** JSON schema of what is to come. */
  schema?: unknown;
  /** The value when nothing came in time; absent: that is a failure. */
  onTimeout?: { value: unknown } | undefined;
}

const wordsFor = { sleep: 'the sleep', signal: 'the wait for the signal', approval: 'the approval' };

export class WaitRun extends Run {
  readonly depth = 0;
  private timer: Timer | undefined;
  private waiting = 0;

  constructor(
    flowRun: FlowRun,
    name: string,
    private readonly plan: WaitPlan,
  ) {
    super(flowRun, flowRun.nextId(name), name);
  }

  open(): void {
    this.sealSoon();
  }

  protected onSealed(): void {
    for (const run of this.upstream) if (!run.ended) this.waiting++;
    if (this.waiting === 0) return this.proceed();
    const { id, name, upstreamIds: up } = this;
    this.flowRun.port.record({ kind: 'pending', id, name, up });
    for (const run of this.upstream)
      if (!run.ended) run.whenEnded(() => --this.waiting === 0 && !this.ended && this.proceed());
  }

  private proceed(): void {
    if (this.isCalledOff) return this.cancel();
    if (this.hasSkippedUpstream()) return this.endUnstarted(State.Skipped);
    const cause = this.failedUpstream();
    if (cause !== undefined) return this.endUnstarted(State.TriggerFailed, triggerFailure(this, { cause }));
    const { what, ms, schema } = this.plan;
    const { id, name, upstreamIds: up } = this;
    this.state = what === 'sleep' ? State.Running : State.Paused;
    const waiting: Waiting = { what };
    if (ms !== undefined) waiting.until = this.startTimer(ms);
    if (schema !== undefined) waiting.schema = schema;
    this.flowRun.port.record({ kind: 'waiting', id, name, up, ...waiting });
    if (what === 'signal') this.flowRun.inbox.expect(this);
    if (what === 'approval') this.flowRun.inbox.ask(this);
  }

  private startTimer(ms: number): number {
    this.timer = this.flowRun.port.timer(ms, this.id);
    this.timer.result.then(
      () => this.expire(),
      () => this.cancel(),
    );
    return this.timer.at;
  }

  check(value: unknown): void {
    const complaint = this.complaint(value);
    if (complaint !== undefined) throw complaint;
  }

  private complaint(value: unknown): RunError | undefined {
    try {
      this.plan.parse?.(value);
      return undefined;
    } catch (error) {
      const { words, issues } = complaintOf(error);
      const [code, subject] =
        this.plan.what === 'approval'
          ? (['BAD_ANSWER', `The answer to '${this.id}'`] as const)
          : (['BAD_SIGNAL', `The signal '${this.name}'`] as const);
      return new RunError(code, `${subject} is not valid: ${words}`, { details: { ...this.place, issues } });
    }
  }

  receive(value: unknown): void {
    if (this.ended) return;
    const error = this.complaint(value);
    if (error !== undefined) return this.finish(State.Failed, { error });
    this.finish(State.Completed, { value: this.plan.parse === undefined ? value : this.plan.parse(value) });
  }

  private expire(): void {
    if (this.ended) return;
    const { what, ms = 0, onTimeout } = this.plan;
    if (what === 'sleep') return this.finish(State.Completed, {});
    this.flowRun.inbox.forget(this);
    if (onTimeout !== undefined) return this.finish(State.Completed, onTimeout);
    const error = new RunError('WAIT_TIMED_OUT', `Nothing came for ${wordsFor[what]} '${this.id}' within ${ms} ms.`, {
      details: { ...this.place, timeoutMs: ms },
    });
    this.finish(State.TimedOut, { error });
  }

  private stoppedError(): RunError {
    const words = wordsFor[this.plan.what].replace('the', 'The');
    return new RunError('CANCELLED', `${words} '${this.id}' was cancelled.`, { details: this.place });
  }

  private get place(): { runId: string; flowName: string; taskRunId: string } {
    const { runId, flowName } = this.flowRun.info;
    return { runId, flowName, taskRunId: this.id };
  }

  private finish(state: State, outcome: { value?: unknown; error?: RunError }): void {
    this.timer?.cancel();
    const { id, name, upstreamIds: up } = this;
    const error = outcome.error?.message;
    this.flowRun.port.record({ kind: 'waited', id, name, up, state, ...(error === undefined ? {} : { error }) });
    this.end(state, outcome);
  }

  private endUnstarted(state: UnstartedState, error?: RunError): void {
    this.flowRun.port.record({ kind: 'ended', id: this.id, name: this.name, up: this.upstreamIds, state });
    this.end(state, error === undefined ? {} : { error });
  }

  /** A wait that is given up loses no work: whoever cancels it has dealt with that. */
  cancel(): void {
    if (this.ended) return;
    this.handled = true;
    this.flowRun.inbox.forget(this);
    if (this.state === State.Pending) this.endUnstarted(State.Cancelled, this.cancelledError());
    else this.finish(State.Cancelled, { error: this.stoppedError() });
  }
}
