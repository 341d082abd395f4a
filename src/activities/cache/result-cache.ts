/**
 * Values of tasks that are found again: over runs, over machines, and between attempts at one time, of which one computes
 * and the others wait, and take over when it fails or dies. Host; knows nothing of Temporal, and any runtime may use it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { decodeText, encodeText } from '../../core/text-codec.js';
import type { OwnPlace, Values } from '../../results/index.js';
import {
  type CachedValue,
  type CacheEntry,
  type CacheState,
  isLeased,
  leaseMs,
  type Looking,
  parseState,
  stateKey,
  usableEntry,
  valuesFolder,
} from './cache-state.js';

export interface CacheCall {
  /** sha256 in hex: what `stateKey` is made of. */
  key: string;
  taskName: string;
  runId: string;
  expiresMs?: number | undefined;
  /** Only a value made after this instant counts. Default: any. */
  notBeforeMs?: number | undefined;
  /** As `Looking` has it. */
  skippedSince?: Looking['skippedSince'];
  signal?: AbortSignal | undefined;
}

/** The caller is the one that computes: it must end this, one way or the other. */
export interface Computing {
  /** Makes the value known. What is stored of it must lie in the cache's own folder (`valueOf`). */
  keep(value: CachedValue): Promise<void>;
  /** It has none: the next that waits computes. */
  giveUp(): Promise<void>;
}

export type Entered = { hit: CachedValue; atMs: number } | { computing: Computing };

const dayMs = 24 * 3_600_000;
const [soonMs, lateMs] = [100, 1_000];
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What the cache keeps of a value, with copies of what is stored of it. */
export const valueOf = async (values: Values, key: string, value: unknown): Promise<CachedValue> => {
  const place: OwnPlace = { folder: `${valuesFolder(key)}/${randomBytes(6).toString('hex')}` };
  const { text, format } = encodeText(await values.copy(place, await values.write(place, value)));
  return { text, format, sha256: sha256(text), folder: place.folder };
};

/** The value, which may be a `Stored` of the cache's own folder; `undefined` for text that was changed. */
export const decodeCached = ({ text, format, ...cached }: CachedValue): { value: unknown } | undefined =>
  sha256(text) === cached.sha256 ? { value: decodeText(text, format) } : undefined;

export class ResultCache {
  private readonly host = randomBytes(9).toString('base64url');
  private readonly held = new Map<string, string>();
  /** Attempts of this host that compute, by key: the others here wait for them without asking the store. */
  private readonly underway = new Map<string, Promise<void>>();
  private renewal: NodeJS.Timeout | undefined;
  private count = 0;

  /** `now`: the time of all values, in epoch ms. */
  constructor(
    private readonly values: () => Promise<Values>,
    readonly now: () => number = Date.now,
  ) {}

  /** A value that is there, or the right to compute it. @throws the signal's reason, ResultStoreError */
  async enter(call: CacheCall): Promise<Entered> {
    const { store } = await this.values();
    let pauseMs = soonMs;
    for (;;) {
      call.signal?.throwIfAborted();
      const found = await store.document(stateKey(call.key));
      const state = found && parseState(found.bytes);
      const { expiresMs, notBeforeMs = 0, skippedSince } = call;
      const looking: Looking = { nowMs: this.now(), expiresMs, notBeforeMs, skippedSince };
      const entry = usableEntry(state, looking);
      if (entry !== undefined) {
        this.touch(call.key, entry);
        return { hit: entry, atMs: entry.atMs };
      }
      const holder = `${this.host}.${++this.count}`;
      if (!this.underway.has(call.key) && !isLeased(state, holder, looking.nowMs)) {
        const lease = { holder, untilMs: looking.nowMs + leaseMs };
        const computing = this.begin(call, holder);
        if (await this.swap(call.key, found?.version, { v: 1, ...state, lease }).catch(computing.refused))
          return { computing };
        computing.end();
        continue;
      }
      await this.pause(call, pauseMs);
      pauseMs = Math.min(lateMs, pauseMs * 1.5);
    }
  }

  private async pause({ key, signal }: CacheCall, ms: number): Promise<void> {
    const here = this.underway.get(key);
    const timing = new AbortController();
    const stop = (): void => timing.abort();
    signal?.addEventListener('abort', stop, { once: true });
    const time = wait(here === undefined ? ms * (0.75 + Math.random() / 2) : 2 ** 31 - 1, undefined, timing);
    await Promise.race([time.catch(() => undefined), here ?? time.catch(() => undefined)]);
    signal?.removeEventListener('abort', stop);
    timing.abort();
  }

  private begin(call: CacheCall, holder: string): Computing & { end: () => void; refused: (error: unknown) => never } {
    const { key } = call;
    let wake: () => void = () => undefined;
    this.underway.set(key, new Promise((resolve) => (wake = resolve)));
    this.held.set(key, holder);
    this.renewal ??= setInterval(() => void this.renew(), leaseMs / 4).unref();
    const end = (): void => {
      this.held.delete(key);
      this.underway.delete(key);
      if (this.held.size === 0) {
        clearInterval(this.renewal);
        this.renewal = undefined;
      }
      wake();
    };
    const finish = async (entry?: CacheEntry): Promise<CacheEntry | undefined> => {
      let before: CacheEntry | undefined;
      try {
        await this.change(key, (state) => {
          before = state?.entry;
          const { lease, ...rest } = state ?? { v: 1 };
          const isOurs = lease?.holder === holder;
          if (entry === undefined && !isOurs) return undefined;
          return { ...rest, ...(entry && { entry }), ...(isOurs || lease === undefined ? {} : { lease }) };
        });
        return before;
      } finally {
        end();
      }
    };
    const { taskName, runId, expiresMs } = call;
    return {
      keep: async (value) => {
        const atMs = this.now();
        const about = { taskName, runId, atMs, usedAtMs: atMs };
        const before = await finish({ ...value, ...about, ...(expiresMs === undefined ? {} : { expiresMs }) });
        // Whoever is reading it finds it gone, and the new one in its place.
        if (before !== undefined) await (await this.values()).store.deletePrefix(`${before.folder}/`);
      },
      giveUp: () =>
        finish().then(
          () => undefined,
          () => undefined,
        ),
      end,
      refused: (error) => {
        end();
        throw error;
      },
    };
  }

  /** Keeps what this host computes from being taken for dead. */
  private async renew(): Promise<void> {
    for (const [key, holder] of this.held)
      await this.change(key, (state) => {
        const isOurs = state?.lease?.holder === holder && this.held.get(key) === holder;
        return isOurs ? { ...state, lease: { holder, untilMs: this.now() + leaseMs } } : undefined;
      }).catch(() => undefined);
  }

  /** Of what is used the cache knows it, to the day: what nobody uses goes. */
  private touch(key: string, entry: CacheEntry): void {
    const nowMs = this.now();
    if (nowMs - entry.usedAtMs < dayMs) return;
    void this.change(key, (state) =>
      state?.entry?.atMs === entry.atMs ? { ...state, entry: { ...entry, usedAtMs: nowMs } } : undefined,
    ).catch(() => undefined);
  }

  /** Until nobody else was first. */
  private async change(key: string, make: (state: CacheState | undefined) => CacheState | undefined): Promise<void> {
    const { store } = await this.values();
    for (;;) {
      const found = await store.document(stateKey(key));
      const next = make(found && parseState(found.bytes));
      if (next === undefined || (await this.swap(key, found?.version, next))) return;
      await wait(Math.random() * 10);
    }
  }

  private async swap(key: string, expected: string | undefined, state: CacheState): Promise<boolean> {
    const { store } = await this.values();
    return (await store.swap(stateKey(key), expected, Buffer.from(JSON.stringify(state)))) !== undefined;
  }
}
