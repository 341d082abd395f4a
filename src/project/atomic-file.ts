/**
 * Small state files: written whole or not at all, readable by the user only. Host, synchronous on purpose:
 * the records of a server are written between two steps that nothing may come between.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces `path` by `content` (0600). A reader sees the old bytes or the new, a crash leaves one of them. */
export const writeFileAtomic = (path: string, content: string | Uint8Array, mode = 0o600): void => {
  const temporary = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' });
    renameOver(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
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
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};
