/**
 * Notices that the disk of the server's database is full, and says so: the server itself only stops answering writes, and
 * every run seems to stand still for no reason. Host. It only looks; nothing is lost, and all goes on with space again.
 */
import { statfsSync } from 'node:fs';

/** Less than this, and SQLite cannot write its next pages; said once, until there is more than twice as much. */
const leastBytes = 1024 * 1024;

export interface WatchDiskOptions {
  onProgress: (line: string) => void;
  /** Default: as the file system says. */
  freeBytes?: (path: string) => number | undefined;
}

/** Gives the function that looks. */
export const watchDisk = (stateDir: string, options: WatchDiskOptions): (() => void) => {
  const { onProgress, freeBytes = freeBytesAt } = options;
  let isFull = false;
  return () => {
    const free = freeBytes(stateDir);
    if (free === undefined || (isFull && free < 2 * leastBytes) || (!isFull && free >= leastBytes)) return;
    isFull = !isFull;
    onProgress(
      isFull
        ? `The disk of ${stateDir} is full: the server cannot write, and runs stand still. Free some space; nothing is lost.`
        : `There is space again on the disk of ${stateDir}: runs go on.`,
    );
  };
};

const freeBytesAt = (path: string): number | undefined => {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
};
