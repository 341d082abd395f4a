/** FILE of the command line, as the rest of Perdure names it: absolute, without symbolic links. HOST. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { UsageError } from '../core/errors.js';
import { didYouMean } from '../core/did-you-mean.js';

const codeFile = /\.[cm]?[jt]sx?$/;

const namesBeside = (path: string): string[] => {
  try {
    return readdirSync(dirname(path)).filter((name) => codeFile.test(name));
  } catch {
    return [];
  }
};

/** @throws UsageError FILE_NOT_FOUND, or BAD_USAGE for what is no code */
export const sourceFile = (given: string): string => {
  const path = resolve(given);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && codeFile.test(path)) return realpathSync(path);
  if (stats?.isFile())
    throw new UsageError(
      'BAD_USAGE',
      `${fromHere(path)} is not code: flows are in files that end in .ts, .mts, .tsx, .js, .mjs, …`,
      { details: { file: path } },
    );
  const what = stats?.isDirectory() ? `${path} is a directory, not a file with flows.` : `There is no file ${path}.`;
  throw new UsageError('FILE_NOT_FOUND', `${what}${didYouMean(basename(path), namesBeside(path))}`, {
    details: { file: path },
  });
};

/** The shortest way to name a file to somebody who stands here. */
export const fromHere = (file: string): string => {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') ? file : path;
};
