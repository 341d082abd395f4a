/**
 * Notices changes of files. HOST. Watches their folders, not the files: editors save by writing another file and
 * renaming it, which takes a watched file away.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** Saves come in bursts. */
const settleMs = 120;

export interface FileWatch {
  /** From now on these are watched. `anyCode`: so is every other source file beside them, one that is missing among them. */
  follow(files: readonly string[], options?: { anyCode?: boolean }): void;
  close(): void;
}

export const watchFiles = (onChange: () => void): FileWatch => {
  const watchers = new Map<string, FSWatcher>();
  let names = new Map<string, Set<string>>();
  let takesAnyCode = false;
  let timer: NodeJS.Timeout | undefined;

  const changed = (folder: string, name: string | null): void => {
    const isMeant =
      name === null || names.get(folder)?.has(name) || (takesAnyCode && /\.(?:[cm]?[jt]sx?|json)$/.test(name));
    if (!isMeant) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, settleMs);
  };

  const watchFolder = (folder: string): void => {
    try {
      const watcher = watch(folder, (_event, name) => changed(folder, name));
      // A folder that is removed: its files' absence shows at the next build.
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(folder);
        changed(folder, null);
      });
      watchers.set(folder, watcher);
    } catch {
      // Gone already.
    }
  };

  return {
    follow(files, { anyCode = false } = {}) {
      takesAnyCode = anyCode;
      names = new Map();
      for (const file of files) {
        const folder = dirname(file);
        names.set(folder, (names.get(folder) ?? new Set()).add(basename(file)));
      }
      for (const [folder, watcher] of watchers)
        if (!names.has(folder)) {
          watcher.close();
          watchers.delete(folder);
        }
      for (const folder of names.keys()) if (!watchers.has(folder)) watchFolder(folder);
    },
    close() {
      clearTimeout(timer);
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
};
