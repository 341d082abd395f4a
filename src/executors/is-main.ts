/** `isMain(import.meta)`: whether this file is the program itself. HOST. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * True when the file was started by the user, false when a worker, a child process or the compiler loads it.
 * @example if (isMain(import.meta)) await pipeline.run();
 */
export const isMain = (meta: { url: string }): boolean => {
  const [, script] = process.argv;
  if (script === undefined || !meta.url.startsWith('file:')) return false;
  const real = (path: string): string => {
    try {
      return realpathSync(path);
    } catch {
      return path;
    }
  };
  const withoutExtension = (path: string): string => path.replace(/\.[cm]?[jt]sx?$/, '');
  const [mine, program] = [real(fileURLToPath(meta.url)), real(script)];
  return mine === program || withoutExtension(mine) === program;
};
