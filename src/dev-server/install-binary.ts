/**
 * Installs the pinned server binary into Perdure's cache from the first source that this machine can reach. Host.
 * Two processes that install at once do it once: the second waits, and finds it there.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectionError } from '../core/errors.js';
import { checkCachedBinary, ensureBinaryDir, makeScratchDir, removeCachedBinary, storeBinary } from './binary-cache.js';
import type { BinarySource } from './binary-source.js';
import { officialRelease } from './official-release.js';
import { pinnedCli, type PinnedBinary } from './pinned-binaries.js';
import { pythonWheel } from './python-wheel.js';
import { takeLock } from './state-lock.js';

/** `go install` is not among them: since 1.9 the CLI's module has a `replace` directive, which `go install` refuses. */
export const binarySources: readonly BinarySource[] = [officialRelease, pythonWheel(pinnedCli)];

export interface InstallOptions {
  pinned: PinnedBinary;
  sources: readonly BinarySource[];
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface InstallFailure {
  source: string;
  reason: string;
  /** It delivered something, which was not the pinned binary. */
  unverified: boolean;
}

export type InstallOutcome = { kind: 'installed'; path: string } | { kind: 'failed'; failures: InstallFailure[] };

export const installBinary = async (options: InstallOptions): Promise<InstallOutcome> => {
  const { pinned, onProgress = () => {}, signal } = options;
  const lock = await takeLock(ensureBinaryDir(), { waitMs: 15 * 60_000, signal });
  try {
    const cached = await checkCachedBinary(pinned);
    if (cached.kind === 'verified') return { kind: 'installed', path: cached.path };
    if (cached.kind === 'wrong') {
      onProgress(
        'The cached Temporal server is not the pinned one (damaged or changed): it is removed and fetched again',
      );
      removeCachedBinary(pinned);
    }
    sweepScratch();
    return await tryEach(options, onProgress);
  } finally {
    lock.release();
  }
};

const tryEach = async (options: InstallOptions, onProgress: (line: string) => void): Promise<InstallOutcome> => {
  const { pinned, sources, signal } = options;
  const failures: InstallFailure[] = [];
  for (const source of sources) {
    signal?.throwIfAborted();
    const scratchDir = makeScratchDir();
    try {
      onProgress(`Getting ${pinned.program} ${pinned.version} (once): ${source.name}`);
      const path = storeBinary(await source.download({ pinned, scratchDir, onProgress, signal }), pinned);
      onProgress(`  verified (SHA-256 ${pinned.sha256.slice(0, 12)}…) and installed`);
      return { kind: 'installed', path };
    } catch (error) {
      signal?.throwIfAborted();
      const reason = (error as Error).message;
      onProgress(`  not from there: ${reason}`);
      failures.push({ source: source.name, reason, unverified: isUnverified(error) });
    } finally {
      rmSync(scratchDir, { recursive: true, force: true });
    }
  }
  return { kind: 'failed', failures };
};

/** What a killed installer left behind. Under the lock, no scratch directory is anyone's. */
const sweepScratch = (): void => {
  const directory = ensureBinaryDir();
  for (const name of readdirSync(directory))
    if (name.startsWith('scratch-')) rmSync(join(directory, name), { recursive: true, force: true });
};

const isUnverified = (error: unknown): boolean =>
  error instanceof ConnectionError && error.code === 'SERVER_BINARY_UNVERIFIED';
