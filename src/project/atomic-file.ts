/**
 * Small state files: written whole or not at all, readable by the user only. Host, synchronous on purpose:
 * the records of a server are written between two steps that nothing may come between.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { jsonObject } from '../core/json-object.js';
import { pathTrouble } from '../core/path-trouble.js';

/**
 * Replaces `path` by `content` (0600). A reader sees the old bytes or the new, a crash leaves one of them.
 * @throws ConfigError `BAD_CONFIG` when the disk is full, something else is in its place, or it cannot be written.
 */
export const writeFileAtomic = (path: string, content: string | Uint8Array, mode = 0o600): void => {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    renameOver(temporary, path);
  } catch (error) {
    removeStateFile(temporary);
    throw pathTrouble(error, 'A file of the state cannot be written', path);
  }
};

/** Makes a folder of the state, for this user alone. @throws ConfigError `BAD_CONFIG` */
export const makeStateFolder = (path: string): void => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw pathTrouble(error, 'A folder of the state cannot be made', path);
  }
};

/** Removes a small state file. One that cannot be removed (a folder, another user's) says nothing to anybody, and stays. */
export const removeStateFile = (path: string): void => {
  try {
    rmSync(path, { force: true });
  } catch {
    // Whoever reads it finds that it is no record of a live process.
  }
};

/** Windows refuses to rename over a file that another process has open for reading, for as long as it has. */
const renameOver = (from: string, to: string): void => {
  for (let attempt = 1; ; attempt++) {
    try {
      return renameSync(from, to);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== 'win32' || attempt === 20 || (code !== 'EPERM' && code !== 'EACCES')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};

/** The JSON object in a file, or `undefined` when there is no such file or it does not hold one. */
export const readJsonFile = (path: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    return jsonObject(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};
