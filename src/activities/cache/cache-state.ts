/**
 * What the cache knows of one key: a value that was found, and who is computing one now. Host; pure. One document for each
 * key in the store, `cache/<key>/state`, changed by compare-and-swap.
 */
import { jsonObject } from '../../core/json-object.js';
import type { TextFormat } from '../../core/text-codec.js';

export const cachePrefix = 'cache/';
export const stateKey = (key: string): string => `${cachePrefix}${key}/state`;
/** Folder of the values; a document's own lies beside it. */
export const valuesFolder = (key: string): string => `${cachePrefix}${key}/values`;

/** Whoever computes and does not renew is taken for dead after this long. */
export const leaseMs = 20_000;

/** A value as text; what is large of it lies in the store, under `valuesFolder`. */
export interface CachedValue {
  text: string;
  format: TextFormat;
  /** Of the text. */
  sha256: string;
  /** Where what is stored of it lies. */
  folder: string;
}

export interface CacheEntry extends CachedValue {
  taskName: string;
  /** Whose value it is. */
  runId: string;
  atMs: number;
  /** When it was used last, to the day. */
  usedAtMs: number;
  /** As the writer had it; readers go by their own code. Absent: never. */
  expiresMs?: number;
}

export interface CacheState {
  v: 1;
  entry?: CacheEntry;
  lease?: { holder: string; untilMs: number };
}

export interface Looking {
  nowMs: number;
  expiresMs: number | undefined;
  /** Only a value that was made after this counts: of `refresh`, or after one that could not be read. */
  notBeforeMs: number;
  /** How much further than the system's the clock has gone since an instant by which values age. Default: as the system's. */
  skippedSince?: ((atMs: number) => number) | undefined;
}

export const usableEntry = (state: CacheState | undefined, looking: Looking): CacheEntry | undefined => {
  const entry = state?.entry;
  if (entry === undefined || entry.atMs < looking.notBeforeMs) return undefined;
  if (looking.expiresMs === undefined) return entry;
  const ageMs = looking.nowMs - entry.atMs + (looking.skippedSince?.(entry.atMs) ?? 0);
  return ageMs < looking.expiresMs ? entry : undefined;
};

export const isLeased = (state: CacheState | undefined, holder: string, nowMs: number): boolean =>
  state?.lease !== undefined && state.lease.holder !== holder && state.lease.untilMs > nowMs;

/** What of a document can be believed; nothing of one that is cut short or was changed: the value is computed anew. */
export const parseState = (bytes: Uint8Array): CacheState => {
  const { entry, lease } = (jsonObject(Buffer.from(bytes).toString()) ?? {}) as Partial<CacheState>;
  return { v: 1, ...(isEntry(entry) ? { entry } : {}), ...(isLease(lease) ? { lease } : {}) };
};

const isEntry = (value: unknown): value is CacheEntry => {
  const { text, format, sha256, folder, atMs, usedAtMs } = (value ?? {}) as Partial<Record<keyof CacheEntry, unknown>>;
  const isText = [text, format, sha256, folder].every((part) => typeof part === 'string');
  // The folder of a value that is replaced is deleted: never one of a run.
  return (
    isText && (folder as string).startsWith(cachePrefix) && typeof atMs === 'number' && typeof usedAtMs === 'number'
  );
};

const isLease = (value: unknown): value is NonNullable<CacheState['lease']> => {
  const { holder, untilMs } = (value ?? {}) as { holder?: unknown; untilMs?: unknown };
  return typeof holder === 'string' && typeof untilMs === 'number';
};
