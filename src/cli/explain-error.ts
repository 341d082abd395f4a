/** What Node or the TypeScript loader says of a file in words that do not help, in words that do. HOST. */
import { BundleError, ConfigError } from '../core/errors.js';
import { fromHere } from './source-file.js';

/** esbuild's words for a file that the package.json makes CommonJS. */
const awaitInCommonJs = /^(.+?):(\d+):(\d+): ERROR: Top-level await is currently not supported with the "cjs"/m;

/** The error itself where there is nothing better to say. */
export const explained = (error: unknown): unknown => {
  if ((error as NodeJS.ErrnoException | undefined)?.syscall === 'uv_cwd')
    return new ConfigError('BAD_CONFIG', 'The folder that this shell is in was deleted. Go to one that is there.', {
      cause: error,
    });
  const match = error instanceof Error ? awaitInCommonJs.exec(error.message) : undefined;
  if (!match) return error;
  const [, file = '', line = '1', column = '0'] = match;
  return new BundleError(
    'TOP_LEVEL_AWAIT',
    `${fromHere(file)}:${line} has an \`await\` at the top level, which a CommonJS file cannot have; the package.json of the project does not say "type": "module". ` +
      `Say so there (npm pkg set type=module), or name the file ${file.replace(/^.*[\\/]/, '').replace(/\.([jt]sx?)$/, '.m$1')}.`,
    { cause: error, details: { file, line: Number(line), column: Number(column) + 1 } },
  );
};
