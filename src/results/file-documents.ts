/**
 * Documents of the file store: small objects that several processes change, each change only if nobody else's came
 * between. HOST. No lock, so none that a killed process leaves behind: a document is a folder with a file for each of its
 * last versions, and a version is made by a hard link, which fails where the name is taken.
 */
import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { jsonObject } from '../core/json-object.js';
import type { StoredDocument } from './store.js';
import { isAbsent, type StoreFolder } from './store-folder.js';
import { temporaryName } from './write-folder.js';

/** First line of each version: its own name, and those of the versions that it was made from, the last one first. */
interface Descent {
  name: string;
  from: string[];
}

/**
 * Old versions are removed, so that a writer who was away for long may make one that was there before. It is told by
 * whether later versions descend from it; this many generations are known, all of them younger than its look at the folder.
 */
const knownGenerations = 32;
const versionPattern = /^v\d{15}$/;
const fileOf = (number: number): string => `v${String(number).padStart(15, '0')}`;

const newest = async (path: string): Promise<{ number: number; older: string[] }> => {
  const names = await readdir(path).catch((error: unknown): string[] => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const versions = names.filter((name) => versionPattern.test(name)).sort();
  return { number: Number(versions.at(-1)?.slice(1) ?? 0), older: versions.slice(0, -2) };
};

interface Version {
  descent: Descent;
  bytes: Uint8Array;
}

const read = async (path: string): Promise<Version> => {
  const whole = await readFile(path);
  const end = whole.indexOf('\n');
  const descent = descentIn(whole.toString('utf8', 0, Math.max(0, end)));
  return descent === undefined ? damaged : { descent, bytes: whole.subarray(end + 1) };
};

/** Cut short by a power cut, or not a file at all: it says nothing, and the next version takes its place. */
const damaged: Version = { descent: { name: '', from: [] }, bytes: new Uint8Array() };

const descentIn = (line: string): Descent | undefined => {
  const { name, from } = jsonObject(line) ?? {};
  return typeof name === 'string' && Array.isArray(from) ? { name, from: from as string[] } : undefined;
};

/** The newest version; one that was removed under our eyes has a newer one. */
const readNewest = async (path: string): Promise<(Version & { number: number }) | undefined> => {
  for (let attempt = 1; ; attempt++) {
    const { number } = await newest(path);
    if (number === 0) return undefined;
    try {
      return { number, ...(await read(join(path, fileOf(number)))) };
    } catch (error) {
      const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR';
      if (isFolder || (isAbsent(error) && attempt === 100)) return { number, ...damaged };
      if (!isAbsent(error)) throw error;
    }
  }
};

export const readDocument = async (folder: StoreFolder, key: string): Promise<StoredDocument | undefined> => {
  const found = await readNewest(folder.pathOf(key));
  return found && { bytes: found.bytes, version: JSON.stringify([found.number, found.descent]) };
};

/** Makes `name` in the document's folder out of a file that is whole; `false` where there is one. */
const claimName = async (folder: StoreFolder, path: string, [name, content]: [string, Buffer]): Promise<boolean> => {
  const temporary = join(folder.writeFolder, temporaryName());
  try {
    await folder.inWriteFolder(() => writeFile(temporary, content, { mode: 0o600, flag: 'wx' }));
    for (let attempt = 1; ; attempt++)
      try {
        await link(temporary, join(path, name));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
        if (!isAbsent(error) || attempt === 20) throw error;
        await folder.make(path);
        if (attempt > 2) await wait(5);
      }
  } finally {
    await rm(temporary, { force: true });
  }
};

export const swapDocument = async (
  folder: StoreFolder,
  key: string,
  { expected, bytes }: { expected: string | undefined; bytes: Uint8Array },
): Promise<string | undefined> => {
  const [before, parent] = expected === undefined ? [0, undefined] : (JSON.parse(expected) as [number, Descent]);
  const from = parent === undefined ? [] : [parent.name, ...parent.from].slice(0, knownGenerations);
  const descent: Descent = { name: randomBytes(8).toString('hex'), from };
  await folder.prepare();
  const path = folder.pathOf(key);
  const own = fileOf(before + 1);
  const content = Buffer.concat([Buffer.from(`${JSON.stringify(descent)}\n`), bytes]);
  if (!(await claimName(folder, path, [own, content]))) return undefined;
  const { number, older } = await newest(path);
  if (number > before + 1) {
    const later = await readNewest(path);
    if (later?.descent.from.includes(descent.name) !== true) {
      await rm(join(path, own), { force: true });
      return undefined;
    }
  }
  await Promise.all(older.map((name) => rm(join(path, name), { recursive: true, force: true })));
  return JSON.stringify([before + 1, descent]);
};
