/** What a `temporal` executable says it is. Host. The answer is remembered by the file's identity, as asking costs a process start. */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { readJsonFile, writeFileAtomic } from '../project/index.js';
import { binaryDir, ensureBinaryDir, fingerprint } from './binary-cache.js';

export interface BinaryVersion {
  /** Of the CLI. */
  version: string;
  /** Of the server inside it. */
  serverVersion: string;
}

/** `undefined` when it does not run, or does not answer as Temporal's CLI does. */
export const binaryVersion = async (path: string): Promise<BinaryVersion | undefined> => {
  const file = fingerprint(path);
  if (file === undefined) return undefined;
  const key = `${realpathSync(path)}@${file}`;
  const memory = join(binaryDir(), 'versions.json');
  const known = readJsonFile(memory);
  const version = toVersion(known?.[key]) ?? parseVersion(await ask(path));
  if (version && !toVersion(known?.[key])) {
    try {
      ensureBinaryDir();
      writeFileAtomic(memory, JSON.stringify(recent({ ...known, [key]: version }), undefined, 2));
    } catch {
      // A cache that cannot be written: it is asked again the next time.
    }
  }
  return version;
};

/** `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)` */
export const parseVersion = (output: string): BinaryVersion | undefined => {
  const match = /^temporal version (\S+) \(Server ([^\s,)]+)/m.exec(output);
  return match?.[1] && match[2] ? { version: match[1], serverVersion: match[2] } : undefined;
};

const ask = (path: string): Promise<string> =>
  new Promise((resolve) => {
    execFile(path, ['--version'], { timeout: 10_000, windowsHide: true, env: process.env }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });

const toVersion = (value: unknown): BinaryVersion | undefined => {
  const { version, serverVersion } = (value ?? {}) as Partial<Record<keyof BinaryVersion, unknown>>;
  return typeof version === 'string' && typeof serverVersion === 'string' ? { version, serverVersion } : undefined;
};

const recent = (entries: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(entries).slice(-20));
