/**
 * Bundles on disk: an index file for each set of entry files, a code file for each bundle. Host.
 * Whatever is wrong with a file in the cache, it is a miss. Every write is a rename, so any number of processes may
 * read and write at once; the last one wins, and all of them write the same.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeStateFolder, writeFileAtomic } from '../project/index.js';
import { areSame, type InputRecord } from './bundle-inputs.js';

/** What the cache keeps of a bundle beside its code. */
export interface BundleFacts {
  readonly hash: string;
  readonly entries: readonly { file: string; hash: string }[];
  readonly dependencies: readonly string[];
  readonly warnings: readonly string[];
}

export interface CachedBundle extends BundleFacts {
  readonly code: string;
  readonly path: string;
}

interface IndexFile extends BundleFacts {
  readonly format: 1;
  readonly codeFile: string;
  readonly codeSha256: string;
  readonly inputs: InputRecord;
}

/** So many sets of entry files are kept, the longest unused go first; */
const keptBundles = 200;
/** and of their code no more than this, but always the newest. */
const keptBytes = 200 * 1024 * 1024;
/** A code file without an index may belong to a process that is about to write one. */
const orphanAgeMs = 60_000;

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** The name of the index for whatever `parts` say. */
export const cacheKey = (parts: readonly unknown[]): string => sha256(JSON.stringify(parts)).slice(0, 32);

/** The bundle under `key`, if it is there, whole, and made of what is on disk now. */
export const readBundle = (cacheDir: string, key: string): CachedBundle | undefined => {
  const indexPath = join(cacheDir, `${key}.json`);
  try {
    const index = JSON.parse(readFileSync(indexPath, 'utf8')) as IndexFile;
    if (index.format !== 1 || !/^[\w-]+\.js$/.test(index.codeFile) || !areSame(index.inputs)) return undefined;
    const path = join(cacheDir, index.codeFile);
    const code = readFileSync(path, 'utf8');
    if (sha256(code) !== index.codeSha256) return undefined;
    const { hash, entries, dependencies, warnings } = index;
    const now = new Date();
    utimesSync(indexPath, now, now);
    return { hash, entries, dependencies, warnings, code, path };
  } catch {
    // Missing, cut short, not JSON, not ours: all of it is a miss.
    return undefined;
  }
};

/** A folder in the place of a file of the cache is none of it, and goes: the cache may be deleted at any time. */
const writeOver = (path: string, content: string): void => {
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
  } catch {
    // Writing says what is in the way.
  }
  writeFileAtomic(path, content);
};

const timeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** What the index at `path` names; `undefined` when it is not one. */
const codeFileOf = (path: string): string | undefined => {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as IndexFile).codeFile;
  } catch {
    return undefined;
  }
};

const prune = (cacheDir: string): void => {
  const names = readdirSync(cacheDir);
  const newestFirst = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, time: timeOf(join(cacheDir, name)) }))
    .sort((a, b) => b.time - a.time);
  const kept = new Set<string>();
  let bytes = 0;
  for (const [position, { name }] of newestFirst.entries()) {
    const codeFile = codeFileOf(join(cacheDir, name));
    if (codeFile !== undefined && !kept.has(codeFile))
      bytes += statSync(join(cacheDir, codeFile), { throwIfNoEntry: false })?.size ?? 0;
    if (codeFile !== undefined && position < keptBundles && (position === 0 || bytes <= keptBytes)) kept.add(codeFile);
    else rmSync(join(cacheDir, name), { force: true });
  }
  for (const name of names.filter((each) => /\.(js|tmp)$/.test(each) && !kept.has(each)))
    if (Date.now() - timeOf(join(cacheDir, name)) > orphanAgeMs) rmSync(join(cacheDir, name), { force: true });
};

/** Stores a bundle; gives the path of its code. Without `inputs` it is written, but not found again. */
export const writeBundle = (
  cacheDir: string,
  key: string,
  bundle: BundleFacts & { code: string; inputs: InputRecord | undefined },
): string => {
  makeStateFolder(cacheDir);
  const { code, inputs, hash, entries, dependencies, warnings } = bundle;
  const codeSha256 = sha256(code);
  const codeFile = `flows-${codeSha256.slice(0, 32)}.js`;
  const path = join(cacheDir, codeFile);
  writeOver(path, code);
  if (inputs) {
    const index: IndexFile = { format: 1, codeFile, codeSha256, inputs, hash, entries, dependencies, warnings };
    writeOver(join(cacheDir, `${key}.json`), JSON.stringify(index));
  }
  try {
    prune(cacheDir);
  } catch {
    // Another process may be pruning the same files; what is left over goes next time.
  }
  return path;
};
