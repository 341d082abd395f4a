/**
 * The time of a run in memory. HOST. As long as anything is under way it goes with the system's; when all that is left is
 * waiting, it goes on to the end of the next wait at once. Bounds never make it go on: they are kept when it passes them.
 */
import type { Clock } from '../worker/pool/clock.js';

interface Timer {
  atMs: number;
  then: () => void;
  /** Only a wait is gone on to. */
  isBound: boolean;
}

const longestTimerMs = 2 ** 31 - 1;

/** Epoch ms, finer than `Date.now()`: what comes later has a later time. */
export const systemNow = (): number => performance.timeOrigin + performance.now();

export class RunClock implements Clock {
  private skippedMs = 0;
  /** When by the system's time, and how much in all from then on; ascending. */
  private readonly skipped: { atMs: number; sumMs: number }[] = [];
  private underWay = 0;
  private readonly timers: Timer[] = [];
  private real: NodeJS.Timeout | undefined;
  private isLooking = false;

  /** `skips`: whether it ever goes on by itself. */
  constructor(readonly skips: boolean) {}

  now(): number {
    return Date.now() + this.skippedMs;
  }

  /** How much was skipped since the system's time was `atMs` (as `systemNow` has it). */
  readonly skippedSince = (atMs: number): number =>
    this.skippedMs - (this.skipped.findLast((skip) => skip.atMs <= atMs)?.sumMs ?? 0);

  /** Something is under way, until the function that it gives is called. */
  hold(): () => void {
    this.underWay++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.underWay--;
      this.plan();
    };
  }

  /** `work` is under way until it has settled. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const release = this.hold();
    try {
      return await work();
    } finally {
      release();
    }
  }

  wait(atMs: number, then: () => void, isIdle = false): () => void {
    if (isIdle) this.underWay--;
    let isOver = false;
    const over = (): void => {
      isOver = true;
      if (isIdle) this.underWay++;
    };
    const callOff = this.add({ atMs, isBound: false, then: () => (over(), then()) });
    return () => {
      if (isOver) return;
      over();
      callOff();
    };
  }

  /** Calls `then` once the time is past `atMs`, unless called off. */
  bound(atMs: number, then: () => void): () => void {
    return this.add({ atMs, then, isBound: true });
  }

  /** Resolves after `ms`, or as soon as `signal` is aborted. `isIdle` as for `wait`. */
  sleep(ms: number, signal: AbortSignal | undefined, isIdle = false): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const ended = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const callOff = this.wait(this.now() + ms, ended, isIdle);
      const stop = (): void => {
        callOff();
        resolve();
      };
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  private add(timer: Timer): () => void {
    let at = this.timers.length;
    while (at > 0 && this.timers[at - 1]!.atMs > timer.atMs) at--;
    this.timers.splice(at, 0, timer);
    this.plan();
    return () => {
      const place = this.timers.indexOf(timer);
      if (place >= 0) this.timers.splice(place, 1);
      this.plan();
    };
  }

  private plan(): void {
    clearTimeout(this.real);
    const [next] = this.timers;
    if (next === undefined) return;
    this.real = setTimeout(this.tick, Math.min(Math.max(0, next.atMs - this.now()), longestTimerMs));
    if (!this.skips || this.underWay > 0 || this.isLooking) return;
    this.isLooking = true;
    // What just ended has its consequences in microtasks: whatever starts in them is under way again by then.
    setImmediate(() => {
      this.isLooking = false;
      if (this.underWay === 0) this.goOn();
      else this.plan();
    });
  }

  private goOn(): void {
    const wait = this.timers.find(({ isBound }) => !isBound);
    if (wait === undefined) return;
    const aheadMs = wait.atMs - this.now();
    if (aheadMs > 0) this.skipped.push({ atMs: systemNow(), sumMs: (this.skippedMs += aheadMs) });
    this.tick();
  }

  private readonly tick = (): void => {
    const nowMs = this.now();
    while (this.timers[0] !== undefined && this.timers[0].atMs <= nowMs) this.timers.shift()!.then();
    this.plan();
  };
}
