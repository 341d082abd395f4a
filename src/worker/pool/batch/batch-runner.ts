/**
 * Runs the items of one batch in a child: many at a time, each with its own outcome, retries and time, yielding to the
 * event loop often enough that heartbeats and neighbours live. Host. Writes down what has ended (`save`), and, where it
 * must, what is about to start. Knows neither the store's layout nor how values are encoded.
 */
import type { DatasetHost } from '../../../core/dataset.js';
import { RunError, SkipTask } from '../../../core/errors.js';
import { SimulatedEnd } from '../../../core/simulated-end.js';
import { ambient } from '../ambient.js';
import { runNameOf } from '../../../authoring/run-name.js';
import { hasSecrets, secretIn } from '../../../secrets/index.js';
import { judge } from '../judge.js';
import { isFinalFailure } from '../record-failure.js';
import { findUnserializable, notSerializable } from '../unserializable.js';
import { type ItemArgs, noValue, upstreamSkipped } from './batch-feed.js';
import type { BatchParts } from './batch-parts.js';
import { BatchSaver } from './batch-saver.js';
import type { ItemPast } from './checkpoint.js';
import { type GatedItems, gatedItems } from './gated-items.js';
import { causeOf, endUnstarted, failItem, skipItem } from './item-ends.js';
import { ItemRun, type ItemOwner } from './item-run.js';

/** How long bodies that do not wait may follow each other before timers and messages have their turn. */
const sliceMs = 10;
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

export class BatchRunner implements ItemOwner {
  readonly n: number;
  readonly run: ItemOwner['run'];
  readonly notes: ItemOwner['notes'];
  private readonly body: (...args: unknown[]) => unknown;
  private readonly inFlight = new Set<ItemRun>();
  private readonly saver: BatchSaver;
  private readonly keptArgs = new Map<number, unknown[]>();
  private stopReason: RunError | undefined;
  private readonly gated: GatedItems | undefined;
  private isPumping = false;
  private isWaiting = false;
  private isExclusive = false;
  private isSettled = false;
  private sliceAtMs = performance.now();
  /** As of the last start or end of an item. */
  private nowMs = this.sliceAtMs;
  private endRetryWait: () => void = () => undefined;
  private settle!: () => void;
  private reject!: (error: unknown) => void;

  constructor(private readonly parts: BatchParts) {
    this.n = parts.n;
    this.run = parts.run;
    this.notes = parts.notes;
    this.body = parts.definition.fn as (...args: unknown[]) => unknown;
    this.saver = new BatchSaver({
      columns: parts.columns,
      save: (record) => parts.save(record),
      start: ({ position, args }) => this.start(position, args),
      isStopped: () => this.isStopped,
      onIdle: this.pump,
      onError: (error) => this.reject(error),
    });
    this.gated = gatedItems(parts, {
      onPassed: this.pump,
      isStopped: () => this.isStopped,
      admit: (position, args) => this.admit(position, args),
      onBroken: (error) => this.reject(error),
    });
  }

  datasetsOf(taskRunId: string): DatasetHost {
    return this.parts.datasetsOf(taskRunId);
  }

  nameOf(args: readonly unknown[]): string | undefined {
    return runNameOf(this.parts.definition, args);
  }

  indexOf(position: number): number {
    return this.parts.columns.start + position;
  }
  labelOf(position: number): string {
    return `Task '${this.parts.definition.name}'[${this.indexOf(position)}]`;
  }

  /** Resolves when every item has ended, or, once stopped, when none is running. Rejects when the store fails. */
  async work(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.settle = resolve;
        this.reject = reject;
        this.pump();
      });
    } catch (error) {
      this.stop(new RunError('CANCELLED', 'Its batch was given up'));
      throw error;
    } finally {
      this.isSettled = true;
      this.endRetryWait();
    }
  }

  get isStopped(): boolean {
    return this.stopReason !== undefined;
  }
  /** Starts no more, and tells those that run. */
  stop(reason: RunError): void {
    if (this.stopReason !== undefined) return;
    this.stopReason = reason;
    for (const item of this.inFlight) item.abort(reason);
    this.saver.close();
    this.gated?.stop();
    this.pump();
  }

  /** Has what ended since the last time written down, soon. */
  checkpoint(): void {
    if (this.saver.hasUnsaved) this.saver.flush();
  }

  private readonly pump = (): void => {
    if (this.isPumping || this.isWaiting || this.isSettled) return;
    this.isPumping = true;
    while (this.startNext());
    this.isPumping = false;
    if (this.saver.waiting > 0) this.saver.flush();
    this.checkEnd();
  };

  private checkEnd(): void {
    if (this.busy > 0 || this.saver.isSaving || this.isSettled) return;
    const { columns, isJournaled } = this.parts;
    if (!this.isStopped && columns.finished < columns.length) return;
    if ((isJournaled || this.isStopped) && this.saver.hasUnsaved) this.saver.flush();
    else this.settle();
  }

  /** Items that run, or are about to. */
  private get busy(): number {
    return this.inFlight.size + this.saver.waiting + (this.gated?.waiting ?? 0);
  }

  /** Starts one more item; `false` when there is none to start now. */
  private startNext(): boolean {
    if (this.isStopped) return false;
    const { busy } = this;
    const { queue, width } = this.parts;
    if (busy === 0) this.isExclusive = false;
    if (busy >= width || (busy > 0 && (this.isExclusive || queue.isAlone))) return false;
    if (this.nowMs - this.sliceAtMs > sliceMs) return this.yieldOnce();
    this.isExclusive = queue.isAlone;
    const position = queue.take();
    if (position === undefined) return this.awaitRetry();
    const args = this.keptArgs.get(position) ?? this.parts.feed.get(position);
    if (args === undefined) return this.awaitArgs(position);
    this.begin(position, args);
    return true;
  }

  private yieldOnce(): false {
    this.isWaiting = true;
    setImmediate(() => {
      this.isWaiting = false;
      this.sliceAtMs = this.nowMs = performance.now();
      this.pump();
    });
    return false;
  }

  private awaitRetry(): false {
    const { dueAtMs } = this.parts.queue;
    this.endRetryWait();
    const isIdle = this.busy === 0 && !this.saver.isSaving;
    if (dueAtMs !== undefined) this.endRetryWait = this.parts.clock.wait(dueAtMs, this.pump, isIdle);
    return false;
  }

  private awaitArgs(position: number): false {
    this.isWaiting = true;
    this.parts.feed.fetch(position, this.parts.queue.tookInTurn).then(
      (args) => {
        this.isWaiting = false;
        if (!this.isStopped) this.begin(position, args);
        this.pump();
      },
      (error: unknown) => this.reject(error),
    );
    return false;
  }

  private begin(position: number, args: ItemArgs): void {
    if (args === noValue) endUnstarted(this.parts.columns, position, this.labelOf(position));
    else if (args === upstreamSkipped) this.parts.columns.skip(position, { ms: 0, attempts: 0 });
    else if (this.gated === undefined) this.admit(position, args);
    else void this.gated.pass(position, args);
  }

  private admit(position: number, args: unknown[]): void {
    if (this.parts.isJournaled) this.saver.gate({ position, args });
    else this.start(position, args);
  }

  private start(position: number, args: unknown[]): void {
    const { past, policy } = this.parts;
    const attempts = past.size === 0 ? 0 : (past.get(position)?.attempts ?? 0);
    const item = new ItemRun(this, position, attempts + 1, args);
    this.nowMs = item.startedAtMs;
    this.inFlight.add(item);
    if (policy.timeoutMs !== undefined) item.limit(policy.timeoutMs, () => this.threw(item, undefined));
    let value: unknown;
    try {
      value = ambient.run(item, this.body, ...args);
    } catch (error) {
      return this.threw(item, error);
    }
    if (isThenable(value)) value.then((result) => this.returned(item, result), this.throwing(item));
    else this.returned(item, value);
  }

  private throwing(item: ItemRun): (error: unknown) => void {
    return (error) => this.threw(item, error);
  }

  private returned(item: ItemRun, value: unknown): void {
    if (item.isOver) return;
    if (item.isTimedOut) return this.threw(item, undefined);
    if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
      const storing = ambient.run(item, this.parts.stored, value, item.position);
      if (storing !== undefined) return void storing.then((data) => this.keep(item, data), this.throwing(item));
      const problem = findUnserializable(value);
      if (problem !== undefined)
        return this.threw(item, notSerializable(this.labelOf(item.position), this.parts.definition.name, problem));
    }
    const told = hasSecrets() && secretIn(value, this.labelOf(item.position));
    if (told) return this.threw(item, told);
    this.keep(item, value);
  }

  /** Ends the item with its value, once the cache has it too. */
  private keep(item: ItemRun, value: unknown): void {
    if (this.gated === undefined) this.complete(item, value);
    else this.gated.keep(item.position, value, () => this.complete(item, value));
  }

  private complete(item: ItemRun, value: unknown): void {
    if (item.isOver) return;
    this.nowMs = performance.now();
    this.parts.columns.complete(item.position, value, { ms: this.nowMs - item.startedAtMs, attempts: item.attempt });
    this.ended(item);
  }

  /** Also for an item whose time is up; its own error counts for nothing then. */
  threw(item: ItemRun, error: unknown): void {
    if (item.isOver) return;
    item.end();
    const { policy, definition, past } = this.parts;
    const thrown = causeOf(item, error, { label: this.labelOf(item.position), timeoutMs: policy.timeoutMs });
    if (thrown instanceof SimulatedEnd) return this.reject(thrown);
    if (thrown instanceof SkipTask) return this.ended(skipItem(this.parts.columns, item));
    if (this.isStopped) return this.interrupted(item);
    const charged = past.get(item.position)?.charged ?? 0;
    if (charged >= policy.retries || isFinalFailure(thrown)) return this.failed(item, thrown);
    void judge({ error: thrown, policy, charged }, definition.options).then(({ retry, delayMs = 0, note }) => {
      if (!retry) return this.failed(item, thrown, note);
      if (this.isStopped) return this.interrupted(item);
      this.retry(item, { charged: charged + 1, retryAtMs: this.parts.clock.now() + delayMs });
    });
  }

  private retry(item: ItemRun, { charged, retryAtMs }: { charged: number; retryAtMs: number }): void {
    const { past, queue } = this.parts;
    const { crashes = 0 } = past.get(item.position) ?? {};
    const next: ItemPast = { attempts: item.attempt, charged, crashes, retryAtMs };
    past.set(item.position, next);
    this.saver.changed(item.position, next);
    this.keptArgs.set(item.position, item.args);
    queue.clear(item.position);
    queue.retryAt(item.position, retryAtMs);
    this.ended(item);
  }

  private failed(item: ItemRun, thrown: unknown, note?: string): void {
    failItem(this.parts.columns, item, { thrown, note });
    this.ended(item);
  }

  /** Told to stop, it did: it has no outcome of its own, and whoever goes on with the batch runs it again. */
  private interrupted(item: ItemRun): void {
    this.saver.notStarted(item.position);
    this.ended(item);
  }

  private ended(item: ItemRun): void {
    item.end();
    this.gated?.leave(item.position);
    this.inFlight.delete(item);
    if (this.keptArgs.size > 0 && this.parts.columns.isFinished(item.position)) this.keptArgs.delete(item.position);
    if (this.parts.isJournaled) this.checkpoint();
    this.pump();
  }
}
