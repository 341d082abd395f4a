/**
 * The pool that runs task bodies in child processes, threads, or in place. Host. It promises that every attempt ends in
 * bounded time with its own outcome: a body that crashes, spins, exits or leaks costs its child and its own attempt;
 * whoever only shared the child runs again, uncharged. ADR 0002 says why it is our own.
 */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { ErrorRecord } from '../../activities/error-record.js';
import { fromSent } from '../../activities/sent-value.js';
import type { AttemptOptions, AttemptRequest, TaskManifest } from '../../activities/task-host.js';
import type { BatchReport } from '../../core/map-batch.js';
import { Crew, type PoolEvent, printOutput } from './crew.js';
import { fatesOf, type Limits, seatFor, seatForBatch, startsAtOnce, wantedSeats } from './dispatch.js';
import { Entry } from './entry.js';
import { passGate } from './gate-messages.js';
import { Inquiries, keysIn, undeclaredIn } from './inquiries.js';
import { bodiesPerChild, isolations, memberOptions } from './isolations.js';
import type { AbortWhy, FromChild } from './messages.js';
import { killSeat, type Seat } from './seat.js';
import { Sweep } from './sweep.js';
import type { TaskPool, TaskPoolOptions } from './task-pool.js';
import { Waiting } from './waiting.js';

/** A timed-out body has had its time: this is only for putting things away. */
const timeoutGraceMs = 1_000;
/** Beyond an item's time-out: how long a batch may be silent. It reports several times a second while it yields. */
const silenceMs = 2_000;

export class Pool implements TaskPool {
  readonly sources: readonly string[];
  readonly #crew: Crew;
  readonly #limits: Limits;
  readonly #cancelGraceMs: number;
  readonly #onEvent: (event: PoolEvent) => void;
  readonly #active = new Set<Entry>();
  readonly #waiting = new Waiting();
  readonly #inquiries = new Inquiries(() => this.#dispatch());
  readonly #sweep: Sweep;
  #lastNumber = 0;
  #isClosing = false;
  #onIdle: (() => void)[] = [];

  constructor(options: TaskPoolOptions) {
    const isolation = isolations[options.isolation];
    const size = Math.max(1, options.size ?? availableParallelism());
    this.sources = options.sources;
    this.#limits = isolation.canKill
      ? { size, bodiesPerChild: options.bodiesPerChild ?? bodiesPerChild, canKill: true }
      : { size: 1, bodiesPerChild: Infinity, canKill: false };
    this.#cancelGraceMs = options.cancelGraceMs ?? 5_000;
    this.#onEvent = options.onEvent ?? printOutput;
    this.#crew = new Crew({
      isolation,
      member: memberOptions(options),
      onEvent: this.#onEvent,
      onReady: () => this.#dispatch(),
      onMessage: (seat, message) => this.#receive(seat, message),
      onReclaimed: (seat, n) => this.#takenBack(seat, n, false),
      onGone: (seat, cause) => this.#gone(seat, cause),
      onUnloadable: (error) => this.#unloadable(error),
    });
    this.#sweep = new Sweep(this.#crew.seats, this.#limits);
    this.#crew.boot(false);
  }

  get ready(): Promise<TaskManifest> {
    return this.#crew.ready;
  }

  run(attempt: AttemptRequest, options: AttemptOptions = {}): Promise<unknown> {
    const entry = new Entry(attempt, options, (ended) => this.#ended(ended));
    this.#active.add(entry);
    if (this.#isClosing) this.#settleStopped(entry, 'shutdown');
    else if (this.#crew.unloadable) entry.crash('cannot load its files', this.#crew.unloadable);
    else if (options.signal?.aborted) this.#settleStopped(entry, 'cancelled');
    else {
      entry.isSolo = attempt.policy.onCrash === 'fail' && this.#limits.canKill;
      entry.onAbort(() => this.#stop(entry, 'cancelled'));
      this.#waiting.add(entry);
      this.#sweep.begin();
      this.#dispatch();
    }
    return entry.promise;
  }

  async checkParams(flowName: string, input: unknown): ReturnType<TaskPool['checkParams']> {
    if (this.#crew.unloadable) await this.ready;
    return undeclaredIn(flowName, await this.#inquiries.ask({ ask: 'params', flowName, input }));
  }

  async keysOf(attempt: AttemptRequest): ReturnType<TaskPool['keysOf']> {
    return keysIn(attempt.taskName, await this.#inquiries.ask({ ask: 'keys', attempt }));
  }

  async close({ graceMs = 10_000 }: { graceMs?: number } = {}): Promise<void> {
    this.#isClosing = true;
    await this.#idleWithin(graceMs);
    for (const entry of this.#active) this.#stop(entry, 'shutdown');
    await this.#idleWithin(this.#cancelGraceMs + timeoutGraceMs);
    this.#release();
    for (const seat of this.#crew.seats) {
      seat.isKilled = true;
      // One that still loads reads no messages, and has nothing to put away.
      if (seat.isReady) seat.member.dismiss();
      else seat.member.kill();
    }
    await this.#crew.empty();
  }

  async kill(): Promise<void> {
    this.#isClosing = true;
    this.#release();
    for (const seat of this.#crew.seats) killSeat(seat);
    await this.#crew.empty();
  }

  #release(): void {
    this.#inquiries.close();
    for (const entry of this.#active) this.#settleStopped(entry, 'shutdown');
  }

  async #idleWithin(ms: number): Promise<void> {
    if (this.#active.size === 0) return;
    const tooLong = new AbortController();
    const idle = new Promise<void>((resolve) => this.#onIdle.push(resolve)).then(() => tooLong.abort());
    await Promise.race([idle, delay(ms, undefined, { signal: tooLong.signal }).catch(() => undefined)]);
  }

  #ended(entry: Entry): void {
    this.#active.delete(entry);
    if (this.#active.size > 0) return;
    this.#sweep.end();
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #dispatch(): void {
    const { seats } = this.#crew;
    const { batches } = this.#waiting;
    for (const isSolo of [false, true]) {
      const queue = isSolo ? this.#waiting.solo : this.#waiting.shared;
      const waiting = queue.length + (isSolo ? 0 : this.#inquiries.waiting + batches.length);
      if (waiting === 0) continue;
      for (let missing = wantedSeats(seats, { isSolo, waiting }, this.#limits); missing > 0; missing--)
        this.#crew.boot(isSolo);
      for (let seat; queue.length > 0 && (seat = seatFor(isSolo, seats, this.#limits));)
        this.#send(seat, queue.shift()!);
    }
    for (let seat; (seat = batches[0] && seatForBatch(batches[0], seats, this.#limits));)
      this.#send(seat, batches.shift()!);
    const seat = this.#inquiries.waiting > 0 && seatFor(false, seats, this.#limits);
    if (seat) this.#inquiries.send(seat, () => ++this.#lastNumber);
  }

  #send(seat: Seat, entry: Entry): void {
    const n = ++this.#lastNumber;
    entry.place = { seat, n };
    const [atMs, quiet] = [performance.now(), startsAtOnce(seat, entry)];
    if (quiet) entry.quietSinceMs = atMs;
    else seat.sent.set(n, { entry, atMs });
    seat.member.send({ kind: 'run', n, attempt: entry.attempt, quiet });
    // After it: whoever hears of the start may have it aborted.
    if (quiet) this.#runs(seat, n, entry);
  }

  #takenBack(seat: Seat, n: number, isHeardOf: boolean): void {
    const entry = seat.sent.get(n)?.entry ?? seat.running.get(n);
    if (entry === undefined) return;
    // Idle by the book, and yet it had not started this one: it gets nothing more until it is heard of.
    if (!isHeardOf && seat.running.has(n)) seat.stuckSinceMs ??= performance.now();
    entry.unplace();
    if (entry.aborting) this.#settleStopped(entry, entry.aborting);
    else this.#waiting.addFirst(entry);
    this.#dispatch();
  }

  #receive(seat: Seat, message: FromChild): void {
    if (message.kind === 'answer') this.#inquiries.answered(seat, message.n, message.answer);
    else if (message.kind === 'started') this.#started(seat, message.n);
    // The news of it may be overtaken by the child itself.
    else if (message.kind === 'missed') this.#takenBack(seat, message.n, true);
    else if (message.kind === 'progress') this.#progress(seat, message);
    else if (message.kind === 'enter' || message.kind === 'left') return passGate(seat, message);
    else if (message.kind === 'completed' || message.kind === 'failed') {
      const entry = seat.running.get(message.n);
      // A body that was left behind may still report.
      if (entry === undefined) return;
      entry.unplace();
      // What a cancelled body still returns is its result; what a timed-out one returns came too late.
      if (message.kind === 'completed' && entry.aborting !== 'timedOut') entry.complete(fromSent(message));
      else if (entry.aborting)
        this.#settleStopped(entry, entry.aborting, message.kind === 'failed' ? message : undefined);
      else if (message.kind === 'failed' && entry.failed(message)) this.#again(entry, message.error.message);
    }
    this.#dispatch();
  }

  #started(seat: Seat, n: number): void {
    const entry = seat.sent.get(n)?.entry;
    if (entry === undefined) return;
    seat.sent.delete(n);
    this.#runs(seat, n, entry);
  }

  #runs(seat: Seat, n: number, entry: Entry): void {
    seat.running.set(n, entry);
    const { timeoutMs } = entry.attempt.policy;
    if (entry.aborting) this.#abort(entry, entry.aborting);
    else if (entry.attempt.batch) this.#watch(entry);
    else if (timeoutMs !== undefined) entry.setTimer(timeoutMs, () => this.#stop(entry, 'timedOut'));
    entry.started();
  }

  #progress(seat: Seat, { n, progress }: Extract<FromChild, { kind: 'progress' }>): void {
    const entry = seat.running.get(n);
    if (entry === undefined) return;
    if (!entry.aborting) this.#watch(entry);
    entry.progress(progress);
  }

  /** A batch's items have their time-outs kept by the child; only what keeps it from doing that is seen here. */
  #watch(entry: Entry): void {
    const { timeoutMs } = entry.attempt.policy;
    if (timeoutMs === undefined || !this.#limits.canKill) return;
    entry.setTimer(timeoutMs + silenceMs, () => {
      entry.isSilent = true;
      killSeat(entry.place!.seat);
    });
  }

  #stop(entry: Entry, why: AbortWhy): void {
    if (entry.aborting || !this.#active.has(entry)) return;
    entry.aborting = why;
    const { place } = entry;
    if (place === undefined) {
      // Not waiting and not placed: it is being judged, and ends by itself.
      if (this.#waiting.remove(entry)) this.#settleStopped(entry, why);
    } else if (place.seat.running.has(place.n)) this.#abort(entry, why);
    else place.seat.member.reclaim(place.n);
  }

  #abort(entry: Entry, why: AbortWhy): void {
    const { seat, n } = entry.place!;
    entry.setTimer(why === 'timedOut' ? Math.min(timeoutGraceMs, this.#cancelGraceMs) : this.#cancelGraceMs, () => {
      if (this.#limits.canKill) return killSeat(seat);
      entry.unplace();
      this.#settleStopped(entry, why);
    });
    seat.member.send({ kind: 'abort', n, why, message: entry.abortMessage(why) });
  }

  #settleStopped(entry: Entry, why: AbortWhy, end?: Extract<FromChild, { kind: 'failed' }>): void {
    const record = entry.stopRecord(why, end?.error);
    const report = end?.report && (fromSent(end.report) as BatchReport);
    if (why === 'cancelled') entry.fail('cancelled', record, { retry: false, report });
    else if (why === 'shutdown') entry.fail('released', record, { retry: true });
    else
      void this.#inquiries
        .askVerdict(entry.attempt, record.message)
        .then((verdict) => entry.fail('timedOut', record, verdict));
  }

  #gone(seat: Seat, cause: string): void {
    const fates = fatesOf(seat);
    for (const entry of [...fates.again, ...fates.suspects].reverse()) {
      entry.unplace();
      entry.isSolo ||= fates.suspects.includes(entry);
      this.#again(entry, cause);
    }
    for (const { entry, death } of fates.batches) {
      entry.unplace();
      if (!entry.rerun({ ...death, cause })) fates.crashed.push(entry);
      else {
        entry.isSolo ||= death.kind !== 'neighbour' && this.#limits.canKill;
        this.#again(entry, cause);
      }
    }
    for (const entry of fates.stopped) {
      entry.unplace();
      this.#settleStopped(entry, entry.aborting!);
    }
    for (const entry of fates.crashed) entry.crash(cause);
    this.#inquiries.lost(seat);
    // One that died with nothing to do would do so again: the next attempt boots another.
    const wasBusy = Object.values(fates).some((entries: unknown[]) => entries.length > 0);
    if (!this.#isClosing && !seat.isSolo && wasBusy) this.#crew.boot(false);
    this.#dispatch();
  }

  #again(entry: Entry, cause: string): void {
    this.#waiting.addFirst(entry);
    const { taskName, run } = entry.attempt;
    this.#onEvent({ kind: 'rerun', taskName, taskRunId: run.taskRunId, cause: `its process ${cause}` });
  }

  #unloadable(error: ErrorRecord): void {
    this.#inquiries.close(error);
    for (const entry of this.#waiting.drain()) entry.crash('cannot load its files', error);
  }
}
