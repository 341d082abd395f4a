/**
 * The limits of runs in memory. HOST. Places are the process's: bodies hold them, and bodies take real time. So are rates,
 * but those of a run whose clock skips time are its own: it has no second in common with others.
 */
import type { AcquireOptions, Limiter, LimitKey } from '../activities/limits/limiter.js';
import type { RunClock } from './run-clock.js';

export class RunLimiter implements Pick<Limiter, 'acquire'> {
  private readonly nextAtMs: Map<string, number>;

  constructor(
    private readonly process: { places: Pick<Limiter, 'acquire'>; nextAtMs: Map<string, number> },
    private readonly clock: RunClock,
  ) {
    this.nextAtMs = clock.skips ? new Map<string, number>() : process.nextAtMs;
  }

  async acquire(limits: readonly LimitKey[], options: AcquireOptions): Promise<() => void> {
    const slots = limits.flatMap(({ rule: { perSecond: _, ...rule }, key }) =>
      rule.slots === undefined ? [] : [{ rule, key }],
    );
    const release = await this.process.places.acquire(slots, options);
    try {
      for (const limit of limits) await this.turn(limit, options);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  private async turn({ rule: { name, perSecond }, key }: LimitKey, { signal, mayReturn }: AcquireOptions) {
    if (perSecond === undefined) return;
    const [id, nowMs] = [JSON.stringify([name, key]), this.clock.now()];
    const atMs = Math.max(nowMs, this.nextAtMs.get(id) ?? 0);
    this.nextAtMs.set(id, atMs + 1_000 / perSecond);
    if (atMs === nowMs) return;
    // An item of a batch, which may not return, has its neighbours under way.
    await this.clock.sleep(atMs - nowMs, signal, mayReturn);
    signal?.throwIfAborted();
  }
}
