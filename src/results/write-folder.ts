/**
 * Where a file store's writes are made, before their rename makes them objects. HOST. A writer that is killed leaves its
 * file here, where no reader and no list looks; the next process that opens the store removes it.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

export const writeFolderName = '.writing';

/** A process id says nothing on another machine that shares the folder. */
const machine = createHash('sha256').update(hostname()).digest('hex').slice(0, 12);
const namePattern = /^([0-9a-f]{12})\.(\d+)\.[0-9a-f]+$/;

export const temporaryName = (): string => `${machine}.${process.pid}.${randomBytes(8).toString('hex')}`;

/** No file that is younger is swept, nor one that is older kept, whoever wrote it. */
const surelyAliveMs = 60_000;
const surelyDeadMs = 24 * 3_600_000;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const isDead = (name: string, ageMs: number): boolean => {
  const [, writer, pid] = namePattern.exec(name) ?? [];
  if (pid === undefined || ageMs < surelyAliveMs) return false;
  return ageMs > surelyDeadMs || (writer === machine && !isRunning(Number(pid)));
};

/** Removes what dead writers left. Another process may do the same at the same time. */
export const sweep = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found !== undefined && isDead(name, Date.now() - found.mtimeMs)) await rm(file, { force: true });
  }
};
