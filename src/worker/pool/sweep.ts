/**
 * Looks, while attempts are under way, for those that a computing child holds back, and asks for them; ends a child that
 * computes for nobody all the time. Host. Who gets the attempts next is the pool's decision.
 */
import { isLost, quietAttempts, type Limits, stuckAttempts } from './dispatch.js';
import { killSeat, type Seat } from './seat.js';

const sweepMs = 20;

export class Sweep {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly seats: ReadonlySet<Seat>,
    private readonly limits: Limits,
  ) {}

  begin(): void {
    // What the children have said meanwhile is read first.
    if (this.limits.canKill) this.#timer ??= setInterval(() => setImmediate(() => this.#look()), sweepMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const { seat, n } of quietAttempts(this.seats, nowMs, this.limits)) seat.member.reclaim(n);
    for (const { seat, n } of stuckAttempts(this.seats, nowMs, this.limits)) seat.member.reclaim(n);
    for (const seat of this.seats) if (isLost(seat, nowMs)) killSeat(seat);
  }
}
