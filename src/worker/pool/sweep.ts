/**
 * Looks, while attempts are under way, for those that a computing child holds back, and asks for them. Host. Who gets
 * them next is the pool's decision.
 */
import { quietAttempts, type Limits, stuckAttempts } from './dispatch.js';
import type { Seat } from './seat.js';

const sweepMs = 20;

export class Sweep {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly seats: ReadonlySet<Seat>,
    private readonly limits: Limits,
  ) {}

  /** With one child there is nobody to give them to. */
  begin(): void {
    if (this.limits.size > 1) this.#timer ??= setInterval(() => this.#look(), sweepMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const { seat, n } of quietAttempts(this.seats, nowMs)) seat.member.reclaim(n);
    for (const { seat, n } of stuckAttempts(this.seats, nowMs, this.limits)) seat.member.reclaim(n);
  }
}
