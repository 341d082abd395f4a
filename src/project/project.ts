/**
 * A project: the nearest directory upward that has a `package.json`. Host. Pure lookup: finding a project
 * creates nothing on disk (`ensureStateDir` does).
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

export interface Project {
  /** Absolute directory. */
  root: string;
  /** The package's name, or the folder's, made safe to name a task queue after. */
  name: string;
  /** `<root>/.perdure`: database, results, server record. Never committed. */
  stateDir: string;
  /** `<root>/.perdure/cache`: may be deleted at any time. */
  cacheDir: string;
}

/** The project that a file or directory belongs to. Without a `package.json` above it, that is the directory itself. */
export const findProject = (fileOrDirectory: string): Project => {
  const start = startingDirectory(resolve(fileOrDirectory));
  let root = start;
  for (let directory = start; ; directory = dirname(directory)) {
    if (isFile(join(directory, 'package.json'))) {
      root = directory;
      break;
    }
    if (dirname(directory) === directory) break;
  }
  const stateDir = join(root, '.perdure');
  return { root, name: safeName(packageName(root) ?? basename(root)), stateDir, cacheDir: join(stateDir, 'cache') };
};

const startingDirectory = (path: string): string =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ? path : dirname(path);

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** A `package.json` that is not valid JSON is Node's and npm's to report; here it only gives no name. */
const packageName = (root: string): string | undefined => {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: unknown };
    return typeof name === 'string' && name.trim() !== '' ? name : undefined;
  } catch {
    return undefined;
  }
};

/** `@acme/data pipes` → `acme-data-pipes`. Letters and digits of any script stay; a task queue name holds at most 1,000 bytes. */
const safeName = (name: string): string => {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return Array.from(safe).slice(0, 100).join('') || 'project';
};
