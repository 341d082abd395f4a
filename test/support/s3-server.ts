/**
 * A real server that speaks S3: `versitygw` over a temporary folder, built once a machine by `go install` at a pinned
 * version and kept outside of the checkout. Without `go`, or with no way to its modules, tests that need it fail and say so.
 */
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startOnFreePort } from './free-port.js';

const module = 'github.com/versity/versitygw/cmd/versitygw';
const version = 'v1.8.0';
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'perdure-tests');
const binary = join(cache, `versitygw-${version}${process.platform === 'win32' ? '.exe' : ''}`);

/** Builds the server unless it is there; takes minutes, once. */
export const buildS3Server = async (): Promise<string> => {
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  const GOBIN = mkdtempSync(join(cache, 'building-'));
  try {
    await promisify(execFile)('go', ['install', `${module}@${version}`], {
      env: { ...process.env, GOBIN, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
      cwd: GOBIN,
      maxBuffer: 64 * 1024 * 1024,
    });
    renameSync(join(GOBIN, process.platform === 'win32' ? 'versitygw.exe' : 'versitygw'), binary);
    return binary;
  } catch (error) {
    const { message, stderr = '' } = error as { message: string; stderr?: string };
    throw new TypeError(
      `The tests of the S3 store need versitygw, and \`go install ${module}@${version}\` failed. They need Go 1.25 or ` +
        `later and a way to its modules.\n${message}\n${stderr.slice(-2_000)}`,
    );
  } finally {
    rmSync(GOBIN, { recursive: true, force: true });
  }
};

export interface S3Server {
  endpoint: string;
  bucket: string;
  /** Where the server keeps the bucket's objects, each a file by its key. */
  folder: string;
  /** What the AWS SDK has to find in the environment. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

const bucket = 'results';
const environment = {
  AWS_ACCESS_KEY_ID: 'perdure-test',
  AWS_SECRET_ACCESS_KEY: 'perdure-test-secret',
  AWS_REGION: 'us-east-1',
};

const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

/** A server on the port with one empty bucket; what it printed, when it ended: another program may have taken the port. */
const startOn = async (port: number): Promise<S3Server | string> => {
  const program = await buildS3Server();
  const base = mkdtempSync(join(tmpdir(), 'perdure-s3-'));
  mkdirSync(join(base, 'data', bucket), { recursive: true });
  mkdirSync(join(base, 'meta'));
  // Only this server has it: whatever else may answer on the port is not taken for it.
  const health = `/${randomUUID()}`;
  const log: Buffer[] = [];
  const child = spawn(
    program,
    ['--quiet', '--port', `127.0.0.1:${port}`, '--health', health, 'posix', '--sidecar', join(base, 'meta'), join(base, 'data')], // prettier-ignore
    {
      env: { ...process.env, ROOT_ACCESS_KEY: environment.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: environment.AWS_SECRET_ACCESS_KEY }, // prettier-ignore
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  for (const output of [child.stdout, child.stderr]) output.on('data', (some: Buffer) => log.push(some));
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    rmSync(base, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + 100_000;
  while (!(await answers(endpoint + health))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      return Buffer.concat(log).toString();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { endpoint, bucket, folder: join(base, 'data', bucket), environment, stop };
};

export const startS3Server = (): Promise<S3Server> => startOnFreePort('versitygw', startOn);

/** Replaces an object's bytes behind the server's back. */
export const spoilObject = (server: S3Server, key: string, bytes: Uint8Array | undefined): void => {
  const path = join(server.folder, key);
  if (bytes === undefined) rmSync(path);
  else writeFileSync(path, bytes);
};
