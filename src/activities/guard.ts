/**
 * What stands between an attempt and its body: first a place under each of the task's limits, then the cache, then the
 * body. Host. Knows neither Temporal nor processes: any runtime can put it around a body (`aroundBody`).
 */
import { Cached } from '../core/cached.js';
import { ResultStoreError } from '../core/errors.js';
import type { GuardKeys, TaskGuards } from '../core/task-guards.js';
import type { Place, Values } from '../results/index.js';
import { type CacheCall, decodeCached, ResultCache, valueOf } from './cache/result-cache.js';
import { Limiter } from './limits/limiter.js';

export interface GuardedCall {
  taskName: string;
  runId: string;
  guards: TaskGuards;
  keys: GuardKeys;
  /** Where a value that was found is copied to, so that the run does not hang on the cache. Absent: the caller takes plain values only. */
  place?: Place | undefined;
  /** Since when the attempt waits (epoch ms): its place in line. */
  sinceMs: number;
  signal?: AbortSignal | undefined;
  /** It may be sent away with `ComeBackLater` when too many wait here. */
  mayReturn: boolean;
}

export interface GuardOptions {
  /** Opened when the first guarded task comes. */
  values: () => Promise<Values>;
  /** Default: one of its own, over the store of `values`. */
  limiter?: Pick<Limiter, 'acquire'>;
  /** Default: one of its own, over the store of `values`. */
  cache?: ResultCache;
  /** Of whoever asks the cache: as `Looking` has it. */
  skippedSince?: CacheCall['skippedSince'];
}

export class Guard {
  readonly limiter: Pick<Limiter, 'acquire'>;
  readonly cache: ResultCache;

  constructor(private readonly options: GuardOptions) {
    const { values, limiter, cache } = options;
    this.limiter = limiter ?? new Limiter({ store: async () => (await values()).store });
    this.cache = cache ?? new ResultCache(values);
  }

  /** `run`'s value, or a `Cached`. @throws what `run` throws; the signal's reason; ComeBackLater; ResultStoreError */
  async aroundBody(call: GuardedCall, run: () => Promise<unknown>): Promise<unknown> {
    const { guards, keys, sinceMs, signal, mayReturn } = call;
    const limits = guards.limits.map((rule, i) => ({ rule, key: rule.key ?? keys.limits[i] ?? '' }));
    const release =
      limits.length === 0 ? undefined : await this.limiter.acquire(limits, { sinceMs, signal, mayReturn });
    try {
      return await (keys.cache === undefined ? run() : this.foundOrRun(call, run));
    } finally {
      release?.();
    }
  }

  /** How the cache is asked for a call. */
  cacheCall({ taskName, runId, guards, keys, signal }: Omit<GuardedCall, 'sinceMs' | 'mayReturn'>): CacheCall {
    return {
      ...{ key: keys.cache?.key ?? '', taskName, runId, signal },
      expiresMs: guards.cache?.expiresMs,
      skippedSince: this.options.skippedSince,
      ...(keys.cache?.refresh ? { notBeforeMs: this.cache.now() } : {}),
    };
  }

  private async foundOrRun(call: GuardedCall, run: () => Promise<unknown>): Promise<unknown> {
    const asked = this.cacheCall(call);
    for (;;) {
      const entered = await this.cache.enter(asked);
      if ('computing' in entered) return this.compute(asked.key, entered.computing, run);
      const found = await this.read(entered.hit, call.place);
      if (found !== undefined) return found.value;
      // It is there and cannot be read: only a newer one will do.
      asked.notBeforeMs = entered.atMs + 1;
    }
  }

  private async compute(
    key: string,
    computing: { keep(value: Awaited<ReturnType<typeof valueOf>>): Promise<void>; giveUp(): Promise<void> },
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    try {
      const value = await run();
      // A value that cannot be kept is the run's all the same.
      await valueOf(await this.options.values(), key, value)
        .then(
          (kept) => computing.keep(kept),
          () => computing.giveUp(),
        )
        .catch(() => undefined);
      return value;
    } catch (error) {
      await computing.giveUp();
      throw error;
    }
  }

  /** The value as the run's own; `undefined` when something of it is gone or was changed. */
  private async read(
    hit: Parameters<typeof decodeCached>[0],
    place: Place | undefined,
  ): Promise<{ value: unknown } | undefined> {
    const values = await this.options.values();
    try {
      const decoded = decodeCached(hit);
      if (decoded === undefined) return undefined;
      if (place === undefined) return { value: await values.resolve(decoded.value) };
      return { value: new Cached(await values.copy(place, decoded.value)) };
    } catch (error) {
      if (error instanceof ResultStoreError && error.code !== 'STORE_FAILED') return undefined;
      throw error;
    }
  }
}
