/**
 * The result store in a folder: the default. HOST. An object is a file (0600, folders 0700), written beside and renamed
 * into place. Without `fsync`: a killed process loses nothing, and after a power cut a file that is cut short fails its
 * hash and its task runs again, which costs less than waiting for the disk at each write.
 */
import { constants, type Dirent } from 'node:fs';
import { copyFile, type FileHandle, link, lstat, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StoredBytes } from '../core/result-ref.js';
import { checkBytes, checkPieces, checkRange, checkRef, MeasuredBytes, piecesOf } from './checked-bytes.js';
import { readDocument, swapDocument } from './file-documents.js';
import { checkKey, checkPrefix } from './keys.js';
import { corrupt, missing, storeError, storeFailed, tooLarge } from './store-errors.js';
import { isAbsent, isLink, StoreFolder } from './store-folder.js';
import {
  type ByteRange,
  type ByteSource,
  defaultMaxBytes,
  type ListedObject,
  type ResultStore,
  type StoredDocument,
} from './store.js';
import { temporaryName } from './write-folder.js';

export interface FileStoreOptions {
  /** Largest object, in bytes. Default: 2 GiB. */
  maxBytes?: number;
  /** Wait for the disk at each write. Default: false. */
  fsync?: boolean;
}

/** Windows does not know it; there the folder's own containment has to do. */
const readOnly = constants.O_RDONLY | ((constants as { O_NOFOLLOW?: number }).O_NOFOLLOW ?? 0);

/** The store in the folder `root`, which is made at the first write. */
export const createFileStore = (root: string, options: FileStoreOptions = {}): ResultStore =>
  new FileStore(new StoreFolder(resolve(root)), options);

class FileStore implements ResultStore {
  readonly id = 'file';
  readonly maxBytes: number;
  private readonly fsync: boolean;

  constructor(
    private readonly folder: StoreFolder,
    { maxBytes = defaultMaxBytes, fsync = false }: FileStoreOptions,
  ) {
    this.maxBytes = maxBytes;
    this.fsync = fsync;
  }

  async put(key: string, source: ByteSource): Promise<StoredBytes> {
    const path = this.folder.pathOf(checkKey(key, this.id));
    const temporary = join(this.folder.writeFolder, temporaryName());
    try {
      await this.io(key, 'written', this.folder.prepare());
      const ref = await this.write(temporary, key, source);
      await this.io(key, 'written', this.moveInto(temporary, path, key));
      return ref;
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  private async write(temporary: string, key: string, source: ByteSource): Promise<StoredBytes> {
    const measured = new MeasuredBytes(key, this);
    const opened = this.folder.inWriteFolder(() => open(temporary, 'wx', 0o600));
    const handle = await this.io(key, 'written', opened);
    try {
      // The source's own errors are not the store's: only what the file does is named so.
      for await (const piece of piecesOf(source)) await this.io(key, 'written', handle.writeFile(measured.take(piece)));
      if (this.fsync) await this.io(key, 'written', handle.sync());
    } finally {
      await this.io(key, 'written', handle.close());
    }
    return measured.ref();
  }

  private async moveInto(temporary: string, path: string, key: string): Promise<void> {
    const folder = dirname(path);
    for (let attempt = 1; ; attempt++) {
      try {
        await this.checkContained(key, folder);
        return await rename(temporary, path);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // Windows refuses while another process reads the file.
        const isHeld = process.platform === 'win32' && code === 'EPERM';
        if (attempt === 20 || (code !== 'ENOENT' && !isHeld)) throw error;
        if (isHeld) await wait(5);
        // The first object of its folder, or a prune removed it in between.
        else await this.folder.make(folder);
      }
    }
  }

  async get(ref: StoredBytes, range?: ByteRange): Promise<Uint8Array> {
    const handle = await this.openRef(ref);
    try {
      if (range === undefined) {
        if (ref.bytes > this.maxBytes) throw tooLarge(ref, ref.bytes, this.maxBytes);
        return checkBytes(ref, await this.io(ref.key, 'read', readRange(handle, { start: 0, end: ref.bytes })));
      }
      checkRange(ref, range);
      return await this.io(ref.key, 'read', readRange(handle, range));
    } finally {
      await handle.close();
    }
  }

  async *stream(ref: StoredBytes): AsyncIterable<Uint8Array> {
    const handle = await this.openRef(ref);
    try {
      yield* checkPieces(ref, this.pieces(ref.key, handle));
    } finally {
      await handle.close();
    }
  }

  private async *pieces(key: string, handle: FileHandle): AsyncIterable<Uint8Array> {
    for (;;) {
      const { buffer, bytesRead } = await this.io(key, 'read', handle.read(Buffer.allocUnsafe(256 * 1024)));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** The object's file, of the length that was written. */
  private async openRef(ref: StoredBytes): Promise<FileHandle> {
    checkRef(ref, this);
    const path = this.folder.pathOf(ref.key);
    const handle = await this.openFile(ref, path);
    try {
      const found = await this.io(ref.key, 'read', handle.stat());
      if (!found.isFile()) throw corrupt(ref, { why: 'is not a file' });
      if (found.size !== ref.bytes) throw corrupt(ref, { bytes: found.size });
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  private async openFile(ref: StoredBytes, path: string): Promise<FileHandle> {
    try {
      await this.checkContained(ref.key, dirname(path));
      return await open(path, readOnly);
    } catch (error) {
      if (isAbsent(error)) throw missing(ref, error);
      if (isLink(error)) throw corrupt(ref, { why: 'is a symbolic link' });
      return this.io(ref.key, 'read', Promise.reject<FileHandle>(error));
    }
  }

  async copy(ref: StoredBytes, key: string): Promise<StoredBytes> {
    const source = await this.openRef(ref);
    await source.close();
    const path = this.folder.pathOf(checkKey(key, this.id));
    const temporary = join(this.folder.writeFolder, temporaryName());
    try {
      const copied = this.folder.inWriteFolder(() => copyWhole(this.folder.pathOf(ref.key), temporary));
      await this.io(key, 'written', copied);
      await this.io(key, 'written', this.moveInto(temporary, path, key));
    } finally {
      await rm(temporary, { force: true }).catch(() => undefined);
    }
    return { ...ref, key };
  }

  document(key: string): Promise<StoredDocument | undefined> {
    return this.io(key, 'read', readDocument(this.folder, checkKey(key, this.id)));
  }

  swap(key: string, expected: string | undefined, bytes: Uint8Array): Promise<string | undefined> {
    return this.io(key, 'written', swapDocument(this.folder, checkKey(key, this.id), { expected, bytes }));
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const start = checkPrefix(prefix, this.id).slice(0, -1);
    const path = this.folder.pathOf(start);
    if (await this.io(start, 'listed', exists(path))) {
      await this.io(start, 'listed', this.checkContained(start, path));
      yield* this.walk(start);
    }
  }

  private async *walk(folder: string): AsyncIterable<ListedObject> {
    const found = readdir(this.folder.pathOf(folder), { withFileTypes: true }).catch((error: unknown): Dirent[] => {
      // Deleted in between: it has no objects.
      if (isAbsent(error)) return [];
      throw error;
    });
    const entries = await this.io(folder, 'listed', found);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const key = `${folder}/${entry.name}`;
      if (entry.isDirectory()) yield* this.walk(key);
      else if (entry.isFile()) {
        // Gone in between: it is not listed.
        const found = await lstat(this.folder.pathOf(key)).catch(() => undefined);
        if (found) yield { key, bytes: found.size, modifiedMs: found.mtimeMs };
      }
    }
  }

  async deletePrefix(prefix: string): Promise<void> {
    const folder = checkPrefix(prefix, this.id).slice(0, -1);
    const path = this.folder.pathOf(folder);
    if (
      !(await this.io(folder, 'deleted', this.folder.isMarked())) ||
      !(await this.io(folder, 'deleted', exists(path)))
    )
      return;
    await this.io(folder, 'deleted', this.checkContained(folder, path));
    await this.io(folder, 'deleted', rm(path, { recursive: true, force: true, maxRetries: 3 }));
  }

  async close(): Promise<void> {}

  private async checkContained(key: string, folder: string): Promise<void> {
    if (!(await this.folder.contains(folder)))
      throw storeError(
        'RESULT_CORRUPT',
        { store: this.id, key },
        {
          says: `is behind a symbolic link that leads out of ${this.folder.root}. Remove the link; the store follows none.`,
        },
      );
  }

  /** What the file system refuses becomes an error that says so; errors that are ours already stay. */
  private async io<T>(key: string, what: string, promise: Promise<T>): Promise<T> {
    try {
      return await promise;
    } catch (error) {
      const { syscall, path } = error as NodeJS.ErrnoException;
      if (syscall === undefined) throw error;
      // A call on an open file does not say which: then at least where.
      const place = path === undefined ? ` in ${this.folder.root}` : '';
      throw storeFailed({ store: this.id, key }, `${what}${place}`, error);
    }
  }
}

/** By a link, which costs nothing; objects are never changed in place. */
const copyWhole = async (from: string, to: string): Promise<void> => {
  await link(from, to).catch((error: unknown) => {
    if (isAbsent(error)) throw error;
    return copyFile(from, to);
  });
  // Retention goes by the time of the last write, and this is one.
  await utimes(to, new Date(), new Date());
};

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    (error: unknown) => {
      if (isAbsent(error)) return false;
      throw error;
    },
  );

const readRange = async (handle: FileHandle, { start, end }: ByteRange): Promise<Uint8Array> => {
  // Not from a pool, which would be kept as long as any part of it.
  const bytes = Buffer.allocUnsafeSlow(end - start);
  for (let at = 0; at < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) return bytes.subarray(0, at);
    at += bytesRead;
  }
  return bytes;
};
