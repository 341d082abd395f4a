/**
 * What the file system refused, in words: which path, why, and what to do. Pure: it is given the system's error and looks
 * at nothing itself.
 */
import { ConfigError } from './errors.js';

const full = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const inTheWay = ['EEXIST', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'ELOOP', 'ERR_FS_EISDIR'];

/** What to do about the code of a system's error. */
export const remedyFor = (code = ''): string => {
  if (full.includes(code)) return 'The disk, or your share of it, is full. Free some space and run again.';
  if (inTheWay.includes(code)) return 'Something else is in its place. Move that away; Perdure makes it again.';
  if (code === 'ENOENT') return 'A link leads to nothing, or the folder is gone. Remove the link, or run again.';
  return 'Make it writable for this user: look at its owner, its mode, and whether the disk is read-only.';
};

/**
 * The error of a call on the file system as `BAD_CONFIG` with the path that it met and the remedy; any other error as it is.
 * @param what What could not be done, for instance `The server's state cannot be kept`.
 * @param meant The path that was meant, where the call was made on a temporary file beside it.
 */
export const pathTrouble = (error: unknown, what: string, meant?: string): unknown => {
  const { code, path = meant } = (error ?? {}) as { code?: unknown; path?: string };
  if (error instanceof ConfigError || typeof code !== 'string' || path === undefined) return error;
  if (!/^E[A-Z0-9]+$/.test(code) && !inTheWay.includes(code)) return error;
  const place = meant ?? path;
  return new ConfigError('BAD_CONFIG', `${what}: ${code} on ${place}. ${remedyFor(code)}`, {
    cause: error,
    details: { path: place, errno: code },
  });
};
