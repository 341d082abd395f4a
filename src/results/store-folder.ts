/**
 * The folder of a file store: made and marked before the first write, and the way from a key to a path in it that no
 * symbolic link leads out of. HOST. Nothing is ever deleted in a folder that does not bear the mark.
 */
import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ConfigError } from '../core/errors.js';
import { sweep, writeFolderName } from './write-folder.js';

const markName = '.perdure-store';
const isErrno = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '');

export const isAbsent = (error: unknown): boolean => isErrno(error, 'ENOENT', 'ENOTDIR');
export const isLink = (error: unknown): boolean => isErrno(error, 'ELOOP', 'EMLINK');

export class StoreFolder {
  private prepared: Promise<void> | undefined;
  private realRoot: string | undefined;

  constructor(readonly root: string) {}

  get writeFolder(): string {
    return join(this.root, writeFolderName);
  }
  pathOf(key: string): string {
    return join(this.root, ...key.split('/'));
  }

  /** Before each write; does its work once. */
  prepare(): Promise<void> {
    this.prepared ??= this.makeRoot().catch((error: unknown) => {
      this.prepared = undefined;
      throw error;
    });
    return this.prepared;
  }

  /** What `open` gives of a file in the write folder; made again where somebody removed it under a running process. */
  async inWriteFolder<T>(open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      if (!isAbsent(error)) throw error;
      this.prepared = undefined;
      await this.prepare();
      return open();
    }
  }

  private async makeRoot(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: 0o700 });
    if (!(await this.isMarked())) await writeFile(join(this.root, markName), '1\n', { mode: 0o600 });
    await mkdir(this.writeFolder, { recursive: true, mode: 0o700 });
    await sweep(this.writeFolder);
  }

  /** Whether this is a result store; an empty folder is none yet. @throws ConfigError BAD_CONFIG for what is another's */
  async isMarked(): Promise<boolean> {
    const names = await readdir(this.root).catch((error: unknown): string[] => {
      if (isAbsent(error)) return [];
      throw error;
    });
    if (names.includes(markName)) return true;
    if (names.length === 0) return false;
    throw new ConfigError(
      'BAD_CONFIG',
      `The folder ${this.root} has files in it and is not a result store. Give results a folder of their own; if it is a store whose mark was lost, make an empty file ${markName} in it.`,
      { details: { path: this.root } },
    );
  }

  /** Makes `folder`, which lies in the root. */
  async make(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }

  /** Whether `folder`, links followed, lies in the store. */
  async contains(folder: string): Promise<boolean> {
    const real = await realpath(folder);
    this.realRoot ??= await realpath(this.root);
    const root = this.realRoot;
    return real === root || real.startsWith(root.endsWith(sep) ? root : root + sep);
  }
}
