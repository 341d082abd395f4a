/**
 * The exclusive lock on a project's server state. Host. Held for the moments in which a server is started, joined
 * or stopped, never while it runs.
 *
 * A lock is the file `server.lock.<n>` with the highest n. To take it is to create n+1, which the file system
 * grants to one process only; the predecessor must be free, or its holder dead. The highest file is never
 * removed (only marked free), so one that was slow to look cannot create a number that others have passed by.
 */
import { linkSync, readdirSync, truncateSync, writeFileSync, type PathLike } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../core/errors.js';
import { pathTrouble } from '../core/path-trouble.js';
import { readJsonFile, removeStateFile, writeFileAtomic } from '../project/index.js';
import { isAlive, thisProcess, toProcessRef, type ProcessRef } from './process-identity.js';

const prefix = 'server.lock.';
const pollMs = process.platform === 'linux' ? 15 : 50;

export interface StateLock {
  release(): void;
}

export interface LockOptions {
  /** Default 60 s: longer than the slowest start. */
  waitMs?: number;
  signal?: AbortSignal | undefined;
}

/** Takes the lock, waiting for a live holder; a dead one's lock is taken over at once. */
export const takeLock = async (stateDir: string, { waitMs = 60_000, signal }: LockOptions = {}): Promise<StateLock> => {
  const deadline = Date.now() + waitMs;
  for (;;) {
    signal?.throwIfAborted();
    const lock = tryLock(stateDir);
    if (lock) return lock;
    if (Date.now() > deadline) throw stillLocked(stateDir, waitMs);
    await sleep(pollMs, undefined, signal ? { signal } : {});
  }
};

/** Takes the lock if that is possible now. */
export const tryLock = (stateDir: string): StateLock | undefined => {
  const last = lastNumber(stateDir);
  if (last > 0 && holderOf(stateDir, last)) return undefined;
  const mine = last + 1;
  const path = join(stateDir, prefix + mine);
  if (!createWhole(path, JSON.stringify({ holder: thisProcess() }))) return undefined;
  // Someone who looked later than this process did may hold a higher number by now: then this one is void.
  if (lastNumber(stateDir) !== mine) {
    removeStateFile(path);
    return undefined;
  }
  for (const n of lockNumbers(stateDir)) if (n < mine) removeStateFile(join(stateDir, prefix + n));
  let held = true;
  return {
    release: () => {
      if (held) markFree(path);
      held = false;
    },
  };
};

const markFree = (path: string): void => {
  try {
    writeFileAtomic(path, JSON.stringify({ holder: null }));
  } catch {
    // On a full disk: an empty one names no holder either. Where not even that goes, the end of this process frees it.
    try {
      truncateSync(path, 0);
    } catch {
      return;
    }
  }
};

/** The live process that holds the lock now, if any. */
export const lockHolder = (stateDir: string): ProcessRef | undefined => {
  const last = lastNumber(stateDir);
  return last > 0 ? holderOf(stateDir, last) : undefined;
};

const lockNumbers = (stateDir: string): number[] =>
  readdirSync(stateDir)
    .filter((name) => name.startsWith(prefix) && /^\d{1,15}$/.test(name.slice(prefix.length)))
    .map((name) => Number(name.slice(prefix.length)));

const lastNumber = (stateDir: string): number => Math.max(0, ...lockNumbers(stateDir));

const holderOf = (stateDir: string, n: number): ProcessRef | undefined => {
  const holder = toProcessRef(readJsonFile(join(stateDir, prefix + n))?.['holder']);
  return holder && isAlive(holder) ? holder : undefined;
};

/** Creates a file with its content in one step: a link to a finished file, which fails when the name is taken. */
const createWhole = (path: string, content: string): boolean => {
  const temporary: PathLike = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw pathTrouble(error, "The lock of the server's state cannot be taken", path);
  } finally {
    removeStateFile(temporary);
  }
};

const stillLocked = (stateDir: string, waitMs: number): ConnectionError => {
  const holder = lockHolder(stateDir);
  return new ConnectionError(
    'SERVER_STATE_IN_USE',
    `Process ${holder?.pid ?? '(unknown)'} has been starting or stopping the server of ${stateDir} for more than ` +
      `${Math.round(waitMs / 1_000)} s. Wait for it, or end that process; its lock is then taken over.`,
    { details: { stateDir, holderPid: holder?.pid } },
  );
};
