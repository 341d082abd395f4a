/**
 * Where the peers are installed: outside the checkout, so that nothing of them is linted, packed or committed.
 * `PERDURE_BENCH_CACHE` names another folder.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

const userCache = () => {
  if (process.platform === 'win32') return process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
};

export const cacheFolder = process.env.PERDURE_BENCH_CACHE || join(userCache(), 'perdure-bench');
/** What `install.mjs` writes and the benchmarks read. */
export const manifestFile = join(cacheFolder, 'installed.json');
/** The npm prefix with the JavaScript peers. */
export const npmFolder = join(cacheFolder, 'npm');
