/** Compiles src to dist, and removes from dist what no longer has a source. `--if-stale`: only when a source is newer. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureInstalled } from './ensure-installed.mjs';
import { isProgram, root, runTool, say } from './steps.mjs';

const src = join(root, 'src');
const dist = join(root, 'dist');

const filesIn = (directory) =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [];

/** dist/a/b.d.ts.map → src/a/b; its source has one of the endings below. */
const sourceStem = (file) => {
  const path = join(src, relative(dist, file));
  return path.replace(/(\.d)?\.[cm]?[jt]s(\.map)?$/, '');
};
const hasSource = (file) => ['.ts', '.cts', '.mts'].some((ending) => existsSync(sourceStem(file) + ending));

const isFresh = () => {
  const built = join(dist, 'index.js');
  if (!existsSync(built)) return false;
  const builtAt = statSync(built).mtimeMs;
  const inputs = [...filesIn(src), join(root, 'tsconfig.json'), join(root, 'package-lock.json')];
  return inputs.every((file) => statSync(file).mtimeMs < builtAt);
};

export const build = async ({ ifStale = false } = {}) => {
  if (!(await ensureInstalled())) return false;
  if (ifStale && isFresh()) return true;
  say('Building');
  if ((await runTool('tsc', ['-p', 'tsconfig.json'])) !== 0) return false;
  if ((await runTool('tsc', ['-p', 'tsconfig.sandbox.json'])) !== 0) return false;
  for (const file of filesIn(dist)) if (!hasSource(file)) rmSync(file);
  return true;
};

if (isProgram(import.meta.url))
  process.exitCode = (await build({ ifStale: process.argv.includes('--if-stale') })) ? 0 : 1;
