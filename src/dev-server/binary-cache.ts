/**
 * Perdure's own copy of the server binary. Host. A file here is run only after its bytes were found to be the
 * pinned ones; until then it is not executable. What was found is remembered by the file's identity, so that a
 * warm start does not hash 150 MB again.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, ConnectionError } from '../core/errors.js';
import { readJsonFile, writeFileAtomic } from '../project/index.js';
import { pinnedCli, type PinnedBinary, type PinnedProgram, platformKey } from './pinned-binaries.js';

/** `PERDURE_CACHE_DIR`, or `perdure` in the platform's cache directory. */
export const userCacheDir = (): string => {
  const named = process.env['PERDURE_CACHE_DIR'];
  if (named) return named;
  if (process.platform === 'win32') return join(process.env['LOCALAPPDATA'] ?? homedir(), 'perdure');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'perdure');
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'perdure');
};

/** Where servers are kept; not made by asking. */
export const binaryDir = (): string => join(userCacheDir(), 'temporal');

export const cachedBinaryPath = ({ program, version }: PinnedProgram = pinnedCli): string =>
  join(binaryDir(), `${program}-${version}-${platformKey}`);

const verdictPath = (program: PinnedProgram): string => `${cachedBinaryPath(program)}.verified.json`;

/**
 * Makes the directory, for this user only.
 * @throws ConfigError when it belongs to somebody else, who could then put any program in it.
 */
export const ensureBinaryDir = (): string => {
  const directory = binaryDir();
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const { uid, mode } = lstatSync(directory);
    if (process.getuid && uid !== process.getuid() && process.getuid() !== 0)
      throw new ConfigError(
        'BAD_CONFIG',
        `${directory} belongs to another user. Name a directory of your own with PERDURE_CACHE_DIR.`,
        { details: { path: directory } },
      );
    if ((mode & 0o077) !== 0) chmodSync(directory, 0o700);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      'BAD_CONFIG',
      `Cannot use the cache directory ${directory}: ${(error as Error).message}. Name another with PERDURE_CACHE_DIR.`,
      { cause: error, details: { path: directory } },
    );
  }
  return directory;
};

export type CachedBinary = { kind: 'absent' } | { kind: 'verified'; path: string } | { kind: 'wrong'; sha256: string };

/** Looks at the cached file; hashes it unless this very file was found good before. */
export const checkCachedBinary = async (pinned: PinnedBinary): Promise<CachedBinary> => {
  const path = cachedBinaryPath(pinned);
  const before = fingerprint(path);
  if (before === undefined) return { kind: 'absent' };
  const verdict = readJsonFile(verdictPath(pinned));
  if (verdict?.['sha256'] === pinned.sha256 && verdict['file'] === before) return { kind: 'verified', path };
  const sha256 = await hashFile(path);
  if (sha256 !== pinned.sha256) return { kind: 'wrong', sha256 };
  try {
    chmodSync(path, 0o700);
    rememberVerdict(pinned);
  } catch {
    // A cache that cannot be written, such as one that lies in an image: it is hashed again the next time.
  }
  return { kind: 'verified', path };
};

/** Checks `bytes` against the pin and puts them in place in one step. The caller holds the directory's lock. */
export const storeBinary = (bytes: Uint8Array, pinned: PinnedBinary): string => {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== pinned.sha256)
    throw new ConnectionError(
      'SERVER_BINARY_UNVERIFIED',
      `the executable has SHA-256 ${sha256}, expected ${pinned.sha256}`,
      { details: { received: sha256, expected: pinned.sha256 } },
    );
  const scratch = makeScratchDir();
  try {
    const temporary = join(scratch, 'temporal');
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' });
    chmodSync(temporary, 0o700);
    renameSync(temporary, cachedBinaryPath(pinned));
    rememberVerdict(pinned);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return cachedBinaryPath(pinned);
};

/** On the same file system as the cache, so that a rename out of it is one step. */
export const makeScratchDir = (): string => mkdtempSync(join(ensureBinaryDir(), 'scratch-'));

export const removeCachedBinary = (program: PinnedProgram): void => {
  rmSync(cachedBinaryPath(program), { force: true });
  rmSync(verdictPath(program), { force: true });
};

const rememberVerdict = (pinned: PinnedBinary): void =>
  writeFileAtomic(
    verdictPath(pinned),
    JSON.stringify({ sha256: pinned.sha256, file: fingerprint(cachedBinaryPath(pinned)) }),
  );

/** The change time is in it, which no program can set: a file written over is a file to check again. */
export const fingerprint = (path: string): string | undefined => {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isFile() ? [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':') : undefined;
};

const hashFile = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};
