/**
 * How many of a flow run's task runs are in flight at once. Pure and deterministic: first come first served within a
 * depth, and deeper stages of chained maps first, so that an item finishes its chain before new items begin.
 */
import type { Hold } from './hold.js';

/** Task runs of one flow run in flight at once; see BASELINES: best below a few hundred, broken at 2,000. */
export const flowRunWindow = 200;

export class Window {
  private inFlight = 0;
  private waitsForRelease = false;
  private readonly waiting: (() => boolean)[][] = [];

  constructor(
    private readonly limit: number,
    private readonly hold: Hold,
  ) {}

  /**
   * Calls `start` now or when there is room. It says whether it started anything; if so, one call of `leave` must
   * follow, and not before `start` has returned.
   */
  enter(depth: number, start: () => boolean): void {
    if (this.inFlight >= this.limit || this.hold.isHeld) {
      (this.waiting[depth] ??= []).push(start);
      if (this.hold.isHeld) this.waitForRelease();
      return;
    }
    this.inFlight++;
    if (!start()) this.leave();
  }

  leave(): void {
    if (!this.hold.isHeld && this.startNext()) return;
    this.inFlight--;
    if (this.hold.isHeld) this.waitForRelease();
  }

  private startNext(): boolean {
    for (let depth = this.waiting.length - 1; depth >= 0; depth--) {
      const queue = this.waiting[depth];
      for (let start = queue?.shift(); start !== undefined; start = queue?.shift()) if (start()) return true;
    }
    return false;
  }

  private waitForRelease(): void {
    if (this.waitsForRelease) return;
    this.waitsForRelease = true;
    this.hold.whenFree(() => {
      this.waitsForRelease = false;
      this.fill();
    });
  }

  private fill(): void {
    while (this.inFlight < this.limit && !this.hold.isHeld) {
      this.inFlight++;
      if (this.startNext()) continue;
      this.inFlight--;
      return;
    }
  }
}
