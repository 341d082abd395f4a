/**
 * One task run, or one batch, in memory: its attempts one after the other, until one gives a value or none may follow.
 * HOST. What follows from an attempt is decided where it is for Temporal (`activities/attempt-end`); here is only what a
 * server would do: waiting, the bound on all attempts, cancellation.
 */
import { detailOf, endOf, type EndedAttempt, messageOf } from '../activities/attempt-end.js';
import { type AttemptIdentity, attemptRequest } from '../activities/attempt-request.js';
import type { ErrorRecord } from '../activities/error-record.js';
import { runGuarded } from '../activities/guarded-host.js';
import { AttemptFailure, type AttemptOptions, type AttemptRequest } from '../activities/task-host.js';
import { stateOfFailure } from '../authoring/engine/run.js';
import { isCached } from '../core/cached.js';
import type { RunError } from '../core/errors.js';
import { userError } from '../core/failure-detail.js';
import type { BatchReport } from '../core/map-batch.js';
import type { TaskRunHeader } from '../core/protocol.js';
import { cancelledError, type Failing, failedError, outOfTimeError } from '../core/run-failure.js';
import { State } from '../core/state.js';
import type { TaskGuards } from '../core/task-guards.js';
import type { TaskPolicy } from '../core/task-policy.js';
import { passed } from './passed.js';
import type { RunRecord } from './run-record.js';
import type { RunScope } from './run-scope.js';

export interface TaskAttemptsOptions {
  scope: RunScope;
  record: RunRecord;
  /** Of the task run in the record. */
  key: string;
  identity: Omit<AttemptIdentity, 'attempt'>;
  header: TaskRunHeader;
  policy: TaskPolicy;
  /** Absent: the task has neither limits nor a cache. */
  guards: TaskGuards | undefined;
  failing: Failing;
  /** The arguments, anew for each attempt: a body may change what it was given. */
  args: () => unknown[];
  signal: AbortSignal;
}

/** Where a failure says nothing of the delay; as in a task's activity options. */
const defaultDelayMs = 1_000;

const userErrorOf = ({ name, message, stack, cause, props }: ErrorRecord, isTop = true): Error =>
  userError({ name, message, stack, cause: cause && userErrorOf(cause, false), ...(isTop && props && { props }) });

export class TaskAttempts {
  private charged = 0;
  private lost = 0;
  private attempt = 0;
  private readonly deadlineMs: number;
  private readonly stopping = new AbortController();
  /** Of a batch that was cancelled: what it had done by then. */
  report: BatchReport | undefined;

  constructor(private readonly options: TaskAttemptsOptions) {
    const { scope, policy, signal } = options;
    this.deadlineMs = scope.clock.now() + (policy.totalTimeoutMs ?? Infinity);
    if (signal.aborted) this.stopping.abort();
    else signal.addEventListener('abort', () => this.stopping.abort(), { once: true });
  }

  /** The value of the first attempt that gives one. @throws RunError */
  async run(): Promise<unknown> {
    const { record, key } = this.options;
    try {
      const value = await this.inTime();
      const report = this.options.header.batch === undefined ? {} : { report: value as BatchReport };
      record.ended(key, { state: isCached(value) ? State.Cached : State.Completed, ...report });
      return value;
    } catch (thrown) {
      const { error, says } = thrown as Ended;
      const state = stateOfFailure(error);
      const isSaid = state !== State.Cancelled && state !== State.Skipped;
      const { report } = this;
      record.ended(key, { state, ...(isSaid ? { error: says } : {}), ...(report && { report }) });
      throw error;
    }
  }

  private inTime(): Promise<unknown> {
    const { scope, failing } = this.options;
    if (this.deadlineMs === Infinity) return this.all();
    return new Promise((resolve, reject) => {
      const callOff = scope.clock.bound(this.deadlineMs, () => {
        const error = outOfTimeError(failing, undefined);
        reject(new Ended(error, error.message));
        this.stopping.abort();
      });
      this.all().finally(callOff).then(resolve, reject);
    });
  }

  private async all(): Promise<unknown> {
    const { scope, record, key } = this.options;
    for (;;) {
      const next = await this.one();
      if ('value' in next) return next.value;
      const { ended } = next;
      const delayMs = Math.max(1, Math.ceil(ended.delayMs ?? defaultDelayMs));
      // As the server does: what could only begin too late is not waited for.
      if (!ended.retry || scope.clock.now() + delayMs > this.deadlineMs) throw this.failed(ended);
      if (ended.code === 'TASK_CRASHED') this.lost++;
      else this.charged++;
      record.retrying(key, this.attempt + 1, messageOf(ended));
      await scope.clock.sleep(delayMs, this.stopping.signal);
      if (this.stopping.signal.aborted) throw this.cancelled();
    }
  }

  private async one(): Promise<{ value: unknown } | { ended: EndedAttempt }> {
    const { scope, record, key } = this.options;
    if (this.stopping.signal.aborted) throw this.cancelled();
    const attempt = ++this.attempt;
    const request = this.request(attempt);
    try {
      const value = await scope.clock.during(() =>
        this.body(request, {
          signal: this.stopping.signal,
          onStarted: () => record.started(key, attempt),
          onProgress: ({ finished }) => record.progressed(key, finished),
        }),
      );
      return { value: passed(value) };
    } catch (error) {
      if (!(error instanceof AttemptFailure)) throw error;
      const ended = endOf(error, request, { charged: this.charged, lost: this.lost });
      if (ended !== undefined) return { ended };
      if (error.report !== undefined) this.report = passed(error.report) as BatchReport;
      throw this.cancelled();
    }
  }

  private body(request: AttemptRequest, running: AttemptOptions): Promise<unknown> {
    const { scope, guards } = this.options;
    const { host, guard } = scope;
    return guards === undefined ? host.run(request, running) : runGuarded({ host, guard, guards }, request, running);
  }

  private request(attempt: number): AttemptRequest {
    const { identity, header, policy, args } = this.options;
    return attemptRequest({ ...identity, attempt }, { args: args(), header }, { policy, charged: this.charged });
  }

  private cancelled(): Ended {
    const error = cancelledError(this.options.failing);
    return new Ended(error, error.message);
  }

  private failed(ended: EndedAttempt): Ended {
    const message = messageOf(ended);
    const cause = userErrorOf({ ...ended.record, message });
    const error = failedError(this.options.failing, { detail: detailOf(ended), message, cause });
    return new Ended(error, message);
  }
}

/** How a task run ended without a value: the error for flow code, and what the record says. */
class Ended extends Error {
  constructor(
    readonly error: RunError,
    readonly says: string,
  ) {
    super(says);
  }
}
