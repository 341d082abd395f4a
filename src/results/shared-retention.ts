/**
 * Removes from the store what belongs to no run and has had its time: values of the cache that expired or that nobody used
 * for long, and documents of limits that nobody has asked for. HOST. No run hangs on either: a value that was found is
 * copied to the run that uses it.
 */
import { jsonObject } from '../core/json-object.js';
import type { ListedObject, ResultStore } from './store.js';

/** A value without an expiry that nobody used for this long goes; so does a limit's document. */
export const unusedMs = 30 * 24 * 3_600_000;

interface Folder {
  prefix: string;
  newestMs: number;
}

/** The folders `depth` levels below `root`, with the time of the last write in each. */
async function* folders(objects: AsyncIterable<ListedObject>, depth: number): AsyncIterable<Folder> {
  let folder: Folder | undefined;
  for await (const { key, modifiedMs } of objects) {
    const prefix = `${key.split('/', depth).join('/')}/`;
    if (folder?.prefix !== prefix) {
      if (folder) yield folder;
      folder = { prefix, newestMs: 0 };
    }
    folder.newestMs = Math.max(folder.newestMs, modifiedMs);
  }
  if (folder) yield folder;
}

/** As the cache writes it (`cache-state.ts`); what is not readable is as good as unused. */
interface Known {
  entry?: { atMs: number; usedAtMs: number; expiresMs?: number };
  lease?: { untilMs: number };
}

const isDue = async (store: ResultStore, { prefix, newestMs }: Folder, nowMs: number): Promise<boolean> => {
  const found = await store.document(`${prefix}state`);
  // Values are written before it is known that they are there.
  if (found === undefined) return nowMs - newestMs > unusedMs;
  const { entry, lease } = (jsonObject(Buffer.from(found.bytes).toString()) ?? {}) as Known;
  if ((lease?.untilMs ?? 0) > nowMs) return false;
  if (entry === undefined) return nowMs - newestMs > unusedMs;
  return nowMs > entry.atMs + (entry.expiresMs ?? Infinity) || nowMs > entry.usedAtMs + unusedMs;
};

/** Gives the number of cached values that went. */
export const pruneShared = async (store: ResultStore, nowMs: number): Promise<number> => {
  let cached = 0;
  for await (const folder of folders(store.list('cache/'), 2))
    if (await isDue(store, folder, nowMs)) {
      await store.deletePrefix(folder.prefix);
      cached += 1;
    }
  // Nobody waits or holds anything under a document that was not written for so long: leases are renewed in it.
  for await (const folder of folders(store.list('limits/'), 3))
    if (nowMs - folder.newestMs > unusedMs) await store.deletePrefix(folder.prefix);
  return cached;
};
