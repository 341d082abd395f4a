/**
 * One limit, as one host sees it: its attempts in line, the places it holds, and the only one here who asks the shared
 * document. Host. Places that come free go to the next in line without a word to anybody, as long as nobody waits elsewhere.
 */
import type { LimitRule } from '../../core/task-guards.js';
import type { ResultStore } from '../../results/index.js';
import { leaseMs, type LimitState, parseLimit, takeTurn, type TurnEnd } from './limit-state.js';

export interface Waiter {
  /** Epoch ms; the earlier, the sooner. */
  sinceMs: number;
  /** It has its place. */
  admit(): void;
  refuse(error: unknown): void;
}

const renewMs = leaseMs / 4;
/** Between two looks at the document while others hold what is waited for. */
const [soonMs, lateMs] = [50, 500];
/** How long the store may fail before those in line hear of it. */
const patienceMs = 30_000;
/** How long what was seen of others is trusted when a place is handed on. */
const trustMs = 100;
/** How long a free place is kept for the next attempt of this host, when nobody waits elsewhere. */
const keepMs = 25;

export interface LineOptions {
  /** Of the document. */
  key: string;
  /** This host's name in it. */
  host: string;
  /** Nobody waits, nothing is held and nothing is left to be written. */
  onIdle: () => void;
}

export class LimitLine {
  private readonly line: Waiter[] = [];
  /** Places in use. */
  private running = 0;
  /** Places that the document gives this host, until `untilMs`. */
  private held = 0;
  private untilMs = 0;
  private isListed = false;
  private othersWait = false;
  /** When the document was read last (monotonic). */
  private seenAtMs = -Infinity;
  private isAsking = false;
  private isAskedAgain = false;
  private failingSinceMs: number | undefined;
  private pauseMs = soonMs;
  private timer: { handle: NodeJS.Timeout; dueAtMs: number } | undefined;

  constructor(
    private readonly store: ResultStore,
    private readonly options: LineOptions,
    /** As in the code that was loaded last: each host goes by its own. */
    public rule: LimitRule,
  ) {}

  private get hasSlots(): boolean {
    return this.rule.slots !== undefined;
  }

  join(waiter: Waiter): void {
    let at = this.line.length;
    while (at > 0 && this.line[at - 1]!.sinceMs > waiter.sinceMs) at -= 1;
    this.line.splice(at, 0, waiter);
    this.handOn();
    if (this.line.length > 0) this.askIn(0);
  }

  /** `false` when it is not in line any more. */
  leave(waiter: Waiter): boolean {
    const at = this.line.indexOf(waiter);
    if (at < 0) return false;
    this.line.splice(at, 1);
    this.askIn(0);
    return true;
  }

  release(): void {
    if (!this.hasSlots) return;
    this.running -= 1;
    this.handOn();
    if (this.held > this.running) this.askIn(this.othersWait ? 0 : keepMs);
  }

  /** Places that are free here go to the next in line, but not past somebody who waits elsewhere, nor beyond a rate. */
  private handOn(): void {
    // While the document is being written, what is free here may be given back in it.
    if (this.isAsking || this.othersWait || this.rule.perSecond !== undefined || Date.now() >= this.untilMs) return;
    if (performance.now() - this.seenAtMs > trustMs) return this.line.length > 0 ? this.askIn(0) : undefined;
    const most = Math.min(this.held, this.rule.slots ?? 0);
    while (this.line.length > 0 && this.running < most) this.admitIn(0);
  }

  private admitIn(ms: number): void {
    const next = this.line.shift();
    // Those that left meanwhile leave their place free.
    if (next === undefined) return;
    if (this.hasSlots) this.running += 1;
    if (ms <= 1) next.admit();
    else setTimeout(() => next.admit(), ms);
  }

  private askIn(ms: number): void {
    if (this.isAsking) {
      this.isAskedAgain ||= ms === 0;
      return;
    }
    const dueAtMs = performance.now() + ms;
    if (this.timer !== undefined && this.timer.dueAtMs <= dueAtMs) return;
    clearTimeout(this.timer?.handle);
    const handle = setTimeout(() => void this.ask(), ms);
    this.timer = { handle, dueAtMs };
    // What is still to be written down keeps the process; what is only to be renewed does not.
    if (this.line.length === 0 && this.held === this.running) handle.unref();
  }

  private async ask(): Promise<void> {
    this.timer = undefined;
    this.isAsking = true;
    this.isAskedAgain = false;
    let end: TurnEnd | 'outrun' | undefined;
    try {
      end = await this.turn();
      this.failingSinceMs = undefined;
    } catch (error) {
      this.failed(error);
    }
    this.isAsking = false;
    const nowMs = Date.now();
    if (typeof end === 'object') for (const startsAtMs of end.startsAtMs) this.admitIn(startsAtMs - nowMs);
    this.handOn();
    this.askNext(end === 'outrun');
  }

  private askNext(isOutrun: boolean): void {
    const isFailing = this.failingSinceMs !== undefined;
    if (isOutrun) this.askIn(Math.random() * 10);
    else if (this.line.length > 0) {
      this.pauseMs = Math.min(lateMs, this.pauseMs * 1.5);
      this.askIn(this.isAskedAgain && !isFailing ? 1 : this.pauseMs * (0.75 + Math.random() / 2));
    } else if (this.held > this.running) this.askIn(isFailing ? lateMs : this.isAskedAgain ? 1 : keepMs);
    else if (this.running > 0) this.askIn(isFailing ? lateMs : renewMs);
    else if (this.isListed) this.askIn(isFailing ? lateMs : 0);
    else this.options.onIdle();
  }

  private failed(error: unknown): void {
    // It may have been written all the same: what is not in use is not ours to give.
    this.held = Math.min(this.held, this.running);
    this.failingSinceMs ??= Date.now();
    if (Date.now() - this.failingSinceMs < patienceMs) return;
    for (const waiter of this.line.splice(0)) waiter.refuse(error);
  }

  /** One step on the document. */
  private async turn(): Promise<TurnEnd | 'outrun' | undefined> {
    const { key, host } = this.options;
    const seenAtMs = performance.now();
    const found = await this.store.document(key);
    const before = found && parseLimit(found.bytes);
    const nowMs = Date.now();
    const held = this.hasSlots ? this.running : 0;
    const waits = this.line.map(({ sinceMs }) => sinceMs);
    const end = takeTurn(before, { host, held, waits, rule: this.rule, nowMs });
    this.othersWait = end.othersWait;
    this.seenAtMs = seenAtMs;
    const own = end.state.hosts[host];
    const isChanged = this.isChanged(end, before, nowMs);
    const bytes = Buffer.from(JSON.stringify(end.state));
    if (isChanged && (await this.store.swap(key, found?.version, bytes)) === undefined) return 'outrun';
    this.isListed = own !== undefined;
    this.held = own?.held ?? 0;
    if (!isChanged) return undefined;
    this.untilMs = own?.untilMs ?? 0;
    if (end.startsAtMs.length > 0) this.pauseMs = soonMs;
    return end;
  }

  /** Whether anything is different but the time; that counts when it is due. */
  private isChanged({ state, startsAtMs }: TurnEnd, before: LimitState | undefined, nowMs: number): boolean {
    const own = state.hosts[this.options.host];
    const previous = before?.hosts[this.options.host];
    if (startsAtMs.length > 0) return true;
    if (own === undefined || previous === undefined) return own !== previous;
    const isFresh = previous.untilMs - nowMs > leaseMs - renewMs / 2;
    return !isFresh || own.held !== previous.held || own.waits.join() !== previous.waits.join();
  }
}
