/**
 * Limits and cache of a batch's items, as the child sees them: it works out the keys, asks the pool, and keeps the values.
 * Host, inside a child. What an item holds, the pool's process holds.
 */
import { decodeCached } from '../../../activities/cache/result-cache.js';
import { reviveError } from '../../../activities/revive-error.js';
import { ResultStoreError } from '../../../core/errors.js';
import type { GuardKeys } from '../../../core/task-guards.js';
import type { Place } from '../../../results/index.js';
import type { FromChild, ToChild } from '../messages.js';
import type { TaskStore } from '../task-store.js';

export type EnteredMessage = Extract<ToChild, { kind: 'entered' }>;

export interface BatchGateParts {
  n: number;
  send: (message: FromChild) => void;
  keysOf: (position: number, args: unknown[]) => Promise<GuardKeys>;
  placeOf: (position: number) => Place;
  store: TaskStore;
}

/** `found`: its value, and no body is to run; `undefined`: the batch was stopped meanwhile. */
export type ItemPassed = { found: unknown } | 'run' | undefined;

export class BatchGate {
  private readonly waiting = new Map<number, (message: EnteredMessage | undefined) => void>();
  /** Cache keys of items that run. */
  private readonly computing = new Map<number, string>();
  private readonly inside = new Set<number>();
  private isStopped = false;

  constructor(private readonly parts: BatchGateParts) {}

  /** @throws what the user's functions throw; ResultStoreError */
  async enter(position: number, args: unknown[]): Promise<ItemPassed> {
    const keys = await this.parts.keysOf(position, args);
    let notBeforeMs: number | undefined;
    for (;;) {
      const message = await this.ask(position, keys, notBeforeMs);
      if (message === undefined) return undefined;
      if (message.error !== undefined) throw reviveError(message.error);
      if (message.hit === undefined) {
        this.inside.add(position);
        if (keys.cache !== undefined) this.computing.set(position, keys.cache.key);
        return 'run';
      }
      const found = await this.read(position, message.hit);
      if (found !== undefined) return found;
      // It is there and cannot be read: only a newer one will do.
      notBeforeMs = (message.atMs ?? 0) + 1;
    }
  }

  private ask(position: number, keys: GuardKeys, notBeforeMs?: number): Promise<EnteredMessage | undefined> {
    if (this.isStopped) return Promise.resolve(undefined);
    const { n, send } = this.parts;
    return new Promise((resolve) => {
      this.waiting.set(position, resolve);
      send({ kind: 'enter', n, position, keys, ...(notBeforeMs === undefined ? {} : { notBeforeMs }) });
    });
  }

  private async read(
    position: number,
    hit: NonNullable<EnteredMessage['hit']>,
  ): Promise<{ found: unknown } | undefined> {
    const { store, placeOf } = this.parts;
    try {
      const decoded = decodeCached(hit);
      return decoded && { found: await store.copy(placeOf(position), decoded.value) };
    } catch (error) {
      if (error instanceof ResultStoreError && error.code !== 'STORE_FAILED') return undefined;
      throw error;
    }
  }

  entered(message: EnteredMessage): void {
    const resolve = this.waiting.get(message.position);
    this.waiting.delete(message.position);
    resolve?.(message);
  }

  /** Whether the item's value is to be kept before it ends. */
  computes(position: number): boolean {
    return this.computing.has(position);
  }

  /** Makes the item's value known. Never rejects: one that cannot be kept is the run's all the same. */
  async keep(position: number, value: unknown): Promise<void> {
    const { n, send, store } = this.parts;
    const key = this.computing.get(position);
    if (key === undefined) return;
    const kept = await store.cached(key, value).catch(() => undefined);
    if (kept === undefined || !this.inside.delete(position)) return;
    this.computing.delete(position);
    send({ kind: 'left', n, position, kept });
  }

  /** The item's attempt is over: what it holds is given back. */
  leave(position: number): void {
    this.computing.delete(position);
    if (this.inside.delete(position)) this.parts.send({ kind: 'left', n: this.parts.n, position });
  }

  stop(): void {
    this.isStopped = true;
    for (const resolve of this.waiting.values()) resolve(undefined);
    this.waiting.clear();
  }
}
