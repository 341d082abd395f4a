/**
 * What task runs and map runs have in common: an id, upstream, a state, and one end. Pure.
 */
import { RunError } from '../../core/errors.js';
import { storedIn } from '../../core/result-ref.js';
import { failureValue } from '../../core/failure-value.js';
import { State, isFailure, isFinal } from '../../core/state.js';
import type { UpstreamCounts } from '../../core/trigger-rule.js';
import type { FlowRun } from './flow-run.js';
import { quietly } from './quietly.js';
import type { Transaction } from './transaction.js';

const laterMicrotask = Promise.resolve();

export abstract class Run {
  state: State = State.Pending;
  value: unknown = undefined;
  error: RunError | undefined;
  /** Set once a rejection handler is attached, or something downstream deals with the failure. */
  handled = false;
  /** The transaction that the call was made in. */
  transaction: Transaction | undefined;
  /** Upstream by data and by ordering; fixed once `sealed`. */
  readonly upstream = new Set<Run>();
  sealed = false;
  /** Of `upstream`, those whose futures stand in `allowFailure(…)` only: this run runs however they end. */
  private allowed: Set<Run> | undefined;
  private readonly onEnd: (() => void)[] = [];
  private promise: Promise<unknown> | undefined;
  private raw: Promise<unknown> | undefined;

  constructor(
    readonly flowRun: FlowRun,
    readonly id: string,
    readonly name: string,
  ) {}

  /** How many mapped stages lie before this one. */
  abstract readonly depth: number;
  abstract cancel(): void;

  get ended(): boolean {
    return isFinal(this.state);
  }
  get failed(): boolean {
    return isFailure(this.state);
  }
  get upstreamIds(): string[] {
    return [...this.upstream].map((run) => run.id);
  }

  /** Waits for `run`; with `allowsFailure`, and unless another edge asks for more, however it ends. */
  dependOn(run: Run, allowsFailure = false): void {
    if (!allowsFailure) this.allowed?.delete(run);
    else if (!this.upstream.has(run)) (this.allowed ??= new Set()).add(run);
    this.upstream.add(run);
  }
  allows(run: Run): boolean {
    return this.allowed?.has(run) ?? false;
  }

  /** As what it counts among the upstream of another run, once it has ended. */
  counts(): UpstreamCounts {
    const isSkipped = this.state === State.Skipped;
    return { succeeded: this.failed ? 0 : 1, skipped: isSkipped ? 1 : 0, failed: this.failed ? 1 : 0, borne: 0 };
  }
  /** It ended in a way that leaves no value, and no part of one to be taken. */
  get hasNoValue(): boolean {
    return this.value === undefined && (this.failed || this.state === State.Skipped);
  }
  /** What `allowFailure` passes on. */
  valueOrFailure(): unknown {
    return this.error === undefined ? this.value : failureValue(this.state, this.error);
  }
  /** What has to be read before `valueOrFailure` can tell; `undefined`: nothing. */
  failuresRead(): Promise<void> | undefined {
    return undefined;
  }
  /** The same of all that this run may be passed the failures of. */
  protected allowedRead(): Promise<unknown> | undefined {
    const reading = [...(this.allowed ?? [])].flatMap((run) => run.failuresRead() ?? []);
    return reading.length === 0 ? undefined : Promise.all(reading);
  }

  /** Deals with what failed upstream: this run runs all the same. */
  protected dealWithUpstream(): void {
    for (const run of this.upstream) if (run.failed && !run.handled) run.handle();
  }

  /** Deals with the failure; and with those upstream that alone kept this run from starting. */
  handle(): void {
    this.handled = true;
    if (this.state !== State.TriggerFailed) return;
    for (const run of this.watched) if (run.failed && !run.handled) run.handle();
  }
  get isHandled(): boolean {
    return this.handled;
  }

  /** Calls `done` when this run has ended; at once if it has. */
  whenEnded(done: () => void): void {
    if (this.ended) done();
    else this.onEnd.push(done);
  }

  protected end(state: State, outcome: { value?: unknown; error?: RunError }): void {
    this.state = state;
    this.value = outcome.value;
    this.error = outcome.error;
    for (const done of this.onEnd.splice(0)) done();
  }

  /** The value, or the error. Pre-caught: nobody has to listen. */
  settled(): Promise<unknown> {
    return (this.promise ??= this.ending((value) => this.brought(value)));
  }

  /** The same without bringing a stored value into the flow. */
  outcome(): Promise<unknown> {
    return (this.raw ??= this.ending((value) => value));
  }

  /** `value` for flow code to work on; a promise of it only where it has to be read from the store first. */
  brought(value: unknown): unknown {
    const data = storedIn(value);
    return data === undefined ? value : this.flowRun.port.load(data);
  }

  private ending(read: (value: unknown) => unknown): Promise<unknown> {
    return quietly(() => {
      const promise = new Promise((resolve, reject) => {
        this.whenEnded(() => (this.failed ? reject(this.error) : resolve(read(this.value))));
      });
      promise.catch(() => undefined);
      return promise;
    });
  }

  /** Fixes the edges in a later microtask than the call, then goes on when `ready` holds for all of the upstream. */
  protected sealSoon(): void {
    void quietly(() =>
      laterMicrotask.then(() => {
        this.sealed = true;
        if (!this.ended) this.onSealed();
      }),
    );
  }
  protected abstract onSealed(): void;

  /** The upstream that has to do with whether this run starts. */
  protected get watched(): Run[] {
    return this.allowed === undefined ? [...this.upstream] : [...this.upstream].filter((run) => !this.allows(run));
  }
  /** The first upstream that did not succeed, in the order of the edges. */
  protected failedUpstream(): Run | undefined {
    for (const run of this.upstream) if (run.failed && !this.allows(run)) return run;
    return undefined;
  }
  /** Of an upstream: itself, or any child of a map, was skipped. */
  get hasSkipped(): boolean {
    return this.state === State.Skipped;
  }
  protected hasSkippedUpstream(): boolean {
    for (const run of this.upstream) if (run.hasSkipped && !this.allows(run)) return true;
    return false;
  }

  /** What it belongs to is being cancelled, itself too: how its upstream ended meanwhile makes no difference. */
  protected get isCalledOff(): boolean {
    return this.flowRun.isCallingOff(this.transaction);
  }

  protected cancelledError(): RunError {
    return new RunError('CANCELLED', `The task run '${this.id}' was cancelled before it started.`, {
      details: {
        runId: this.flowRun.info.runId,
        flowName: this.flowRun.info.flowName,
        taskName: this.name,
        taskRunId: this.id,
      },
    });
  }
}

/** The state that a failure of `code` leaves behind. */
export const stateOfFailure = (error: RunError): State => {
  switch (error.code) {
    case 'TASK_TIMED_OUT':
    case 'FLOW_TIMED_OUT':
      return State.TimedOut;
    case 'TASK_CRASHED':
      return State.Crashed;
    case 'TRIGGER_FAILED':
      return State.TriggerFailed;
    case 'CANCELLED':
      return State.Cancelled;
    case 'TASK_SKIPPED':
      return State.Skipped;
    default:
      return State.Failed;
  }
};
