/**
 * Limits and cache for the items of one batch: they run in a child, and what they hold is held here, where leases are
 * renewed whatever a body does, and given back when the child dies. Host.
 */
import { setMaxListeners } from 'node:events';
import type { GuardKeys, TaskGuards } from '../core/task-guards.js';
import type { CachedValue } from './cache/cache-state.js';
import type { Computing } from './cache/result-cache.js';
import type { Guard } from './guard.js';
import type { ItemEntered, ItemGate } from './task-host.js';

export interface GatekeeperOptions {
  guard: Guard;
  guards: TaskGuards;
  taskName: string;
  runId: string;
}

interface Held {
  release: (() => void) | undefined;
  computing: Computing | undefined;
}

export class Gatekeeper implements ItemGate {
  private held = new Map<number, Held>();
  private controller = manyWaiting();

  constructor(private readonly options: GatekeeperOptions) {}

  async enter(position: number, keys: GuardKeys, notBeforeMs?: number): Promise<ItemEntered> {
    const { guard, guards, taskName, runId } = this.options;
    const { signal } = this.controller;
    const limits = guards.limits.map((rule, i) => ({ rule, key: rule.key ?? keys.limits[i] ?? '' }));
    const turn = { sinceMs: Date.now(), signal, mayReturn: false };
    const release = limits.length === 0 ? undefined : await guard.limiter.acquire(limits, turn);
    try {
      const found = await this.look(keys, { guards, taskName, runId, keys, signal }, notBeforeMs);
      if (found !== undefined && 'hit' in found) {
        release?.();
        return { hit: found.hit, atMs: found.atMs };
      }
      const held = { release, computing: found?.computing };
      // Its child is gone: nobody will say that it left.
      if (signal.aborted) giveBack(held);
      else this.held.set(position, held);
      return {};
    } catch (error) {
      release?.();
      throw error;
    }
  }

  private look(keys: GuardKeys, call: Parameters<Guard['cacheCall']>[0], notBeforeMs = 0) {
    if (keys.cache === undefined) return undefined;
    const { guard } = this.options;
    const asked = guard.cacheCall(call);
    return guard.cache.enter({ ...asked, notBeforeMs: Math.max(notBeforeMs, asked.notBeforeMs ?? 0) });
  }

  left(position: number, kept?: CachedValue): void {
    const held = this.held.get(position);
    this.held.delete(position);
    if (held !== undefined) giveBack(held, kept);
  }

  reset(): void {
    this.controller.abort();
    for (const held of this.held.values()) giveBack(held);
    this.held = new Map();
    this.controller = manyWaiting();
  }
}

/** A batch has many items that wait. */
const manyWaiting = (): AbortController => {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
};

const giveBack = ({ release, computing }: Held, kept?: CachedValue): void => {
  release?.();
  if (kept === undefined) void computing?.giveUp();
  else void computing?.keep(kept).catch(() => undefined);
};
