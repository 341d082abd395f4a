/**
 * Everything the bytes of a bundle hang on, as a record that can be checked later: files by content, folders by which
 * code they hold. Host; node builtins only and synchronous, because a cache hit has to take a few milliseconds.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';

interface FileRecord {
  readonly path: string;
  readonly size: number;
  /** -1 when the time says nothing: the file was written just before it was read. */
  readonly mtimeMs: number;
  readonly sha256: string;
}

interface FolderRecord {
  readonly path: string;
  readonly sha256: string;
}

export interface InputRecord {
  readonly files: readonly FileRecord[];
  /** A new `x.ts` beside an `x.js`, or a new package.json, changes where imports lead. */
  readonly folders: readonly FolderRecord[];
}

/** File times have this grain at worst. */
const grainMs = 50;
const decisive = new Set(['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']);

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const folderDigest = (folder: string): string => {
  const names = readdirSync(folder).filter(
    (name) => decisive.has(extname(name)) || name === 'package.json' || name === 'tsconfig.json',
  );
  return digest(names.sort().join('\0'));
};

/** package.json of every folder from `folder` up, as far as the project goes. */
const manifestsAbove = (folder: string, projectRoot: string): string[] => {
  const manifest = join(folder, 'package.json');
  const isInside = folder.startsWith(projectRoot + sep) && dirname(folder) !== folder;
  return [
    ...(existsSync(manifest) ? [manifest] : []),
    ...(isInside ? manifestsAbove(dirname(folder), projectRoot) : []),
  ];
};

/**
 * Records the inputs of a bundle begun at `startedAt` (ms since the epoch); `undefined` when one of them was written
 * or removed meanwhile, so that nobody knows which text went in.
 */
export const recordInputs = (
  inputs: { userFiles: readonly string[]; otherFiles: readonly string[]; projectRoot: string },
  startedAt: number,
): InputRecord | undefined => {
  const folders = [...new Set(inputs.userFiles.map((file) => dirname(file)))].sort();
  const manifests = folders.flatMap((folder) => manifestsAbove(folder, inputs.projectRoot));
  const paths = [...new Set([...inputs.userFiles, ...inputs.otherFiles, ...manifests])].sort();
  const files: FileRecord[] = [];
  for (const path of paths) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    const { size, mtimeMs } = stat;
    if (mtimeMs >= startedAt && mtimeMs <= Date.now()) return undefined;
    const isTelling = mtimeMs < startedAt - grainMs;
    files.push({ path, size, mtimeMs: isTelling ? mtimeMs : -1, sha256: digest(readFileSync(path)) });
  }
  return { files, folders: folders.map((path) => ({ path, sha256: folderDigest(path) })) };
};

const isSameFile = (record: FileRecord): boolean => {
  const stat = statSync(record.path, { throwIfNoEntry: false });
  if (!stat || stat.size !== record.size) return false;
  return stat.mtimeMs === record.mtimeMs || digest(readFileSync(record.path)) === record.sha256;
};

/** Whether every input still is what it was. */
export const areSame = ({ files, folders }: InputRecord): boolean =>
  files.every(isSameFile) && folders.every(({ path, sha256 }) => existsSync(path) && folderDigest(path) === sha256);
