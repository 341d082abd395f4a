/**
 * Removes from the store what runs left that are gone. HOST. A run's data lives as long as somebody answers for the run:
 * whoever prunes says which runs are kept, or from what age on nothing is.
 */
import { ConfigError } from '../core/errors.js';
import { textOfSegment } from './keys.js';
import { pruneShared } from './shared-retention.js';
import { runIdKey, runPrefix, runsPrefix } from './place.js';
import type { ListedObject, ResultStore } from './store.js';

export interface PruneOptions {
  /**
   * Keeps what had an object written more recently than this many milliseconds ago. Alone, it decides; with `keepRun`,
   * a run goes only when it is both: gone, and as old as this.
   */
  olderThanMs?: number;
  /** Whether the run is still wanted, as a rule because its history is there. */
  keepRun?: (runId: string) => Promise<boolean>;
  /** Default: now. */
  nowMs?: number;
}

export interface PruneReport {
  runs: number;
  /** Keys of the cache whose value has expired, or was not used for long. */
  cached: number;
  objects: number;
  bytes: number;
}

interface Folder {
  /** With `/` at its end. */
  prefix: string;
  objects: number;
  bytes: number;
  newestMs: number;
  /** Of the object that holds the run's id, where there is one. */
  idBytes?: number;
}

/** The folders below `runs/`, one at a time: a list has the objects of one after the other. */
async function* folders(objects: AsyncIterable<ListedObject>): AsyncIterable<Folder> {
  let folder: Folder | undefined;
  for await (const { key, bytes, modifiedMs } of objects) {
    const end = key.indexOf('/', runsPrefix.length);
    if (end < 0) continue;
    const prefix = key.slice(0, end + 1);
    if (folder?.prefix !== prefix) {
      if (folder) yield folder;
      folder = { prefix, objects: 0, bytes: 0, newestMs: 0 };
    }
    folder.objects++;
    folder.bytes += bytes;
    folder.newestMs = Math.max(folder.newestMs, modifiedMs);
    if (key === runIdKey(prefix)) folder.idBytes = bytes;
  }
  if (folder) yield folder;
}

const runIdOf = async (store: ResultStore, { prefix, idBytes }: Folder): Promise<string | undefined> => {
  const text = textOfSegment(prefix.slice(runsPrefix.length, -1));
  if (text !== undefined || idBytes === undefined) return text;
  const ref = { store: store.id, key: runIdKey(prefix), bytes: idBytes, sha256: '' };
  // A range, because nobody knows its hash; what it says is checked against what its folder is called.
  const found = new TextDecoder().decode(await store.get(ref, { start: 0, end: idBytes }));
  return runPrefix(found) === prefix ? found : undefined;
};

/**
 * Deletes the data of runs that nobody keeps, and what is due of the cache. Data of a run whose id cannot be told is judged
 * by age alone.
 * @throws ConfigError BAD_CONFIG when neither age nor `keepRun` is given
 */
export const prune = async (store: ResultStore, options: PruneOptions): Promise<PruneReport> => {
  const { olderThanMs, keepRun, nowMs = Date.now() } = options;
  if (olderThanMs === undefined && keepRun === undefined)
    throw new ConfigError('BAD_CONFIG', 'Say what is to be kept: give `olderThanMs`, `keepRun`, or both.', {});
  const isKept = async (folder: Folder): Promise<boolean> => {
    const isOld = olderThanMs !== undefined && nowMs - folder.newestMs > olderThanMs;
    if (keepRun === undefined || (olderThanMs !== undefined && !isOld)) return !isOld;
    const runId = await runIdOf(store, folder);
    return runId === undefined ? !isOld : keepRun(runId);
  };

  const report: PruneReport = { runs: 0, cached: 0, objects: 0, bytes: 0 };
  for await (const folder of folders(store.list(runsPrefix))) {
    if (await isKept(folder)) continue;
    await store.deletePrefix(folder.prefix);
    report.runs++;
    report.objects += folder.objects;
    report.bytes += folder.bytes;
  }
  report.cached = await pruneShared(store, nowMs);
  return report;
};
