/**
 * Errors as people read them: what happened, the code and its page, the facts, and of the user's own error the place
 * in the user's files that threw it. HOST, pure but for a look whether the page is there.
 */
import { existsSync } from 'node:fs';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { PerdureError, RunError } from '../core/errors.js';
import { oneLine, printable, shorten } from './printable.js';
import { fromHere } from './source-file.js';
import type { Style } from './terminal.js';

/** Where this package lies; its files are not the user's. */
const packageRoot = fileURLToPath(new URL('../../', import.meta.url));
const ownFolders = ['src', 'dist', 'node_modules'].map((folder) => `${packageRoot}${folder}${sep}`);

/** `undefined` once it has been deleted. */
const workingDirectory = (): string | undefined => {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
};

/** The page that explains a code, as a path to open from here. */
export const docsPage = (code: string): string => {
  const page = `${packageRoot}docs${sep}errors${sep}${code}.md`;
  if (!existsSync(page)) return `docs/errors/${code}.md`;
  const here = workingDirectory();
  if (here === undefined) return page;
  const fromHere = relative(here, page);
  return fromHere.startsWith(`..${sep}..`) ? page : fromHere;
};

const maxFrames = 4;

/** `at clean (/home/me/pipeline.ts:12:3)` → its file, or `undefined` for what is not the user's. */
const userFile = (frame: string): string | undefined => {
  const match = /^\s*at (?:async )?(?:.*\()?(.+?):\d+(?::\d+)?\)?$/.exec(frame);
  const place = match?.[1];
  if (place === undefined || /^(?:node:|perdure\/|webpack|evalmachine|<|native)/.test(place)) return undefined;
  const file = place.startsWith('file://') ? fileURLToPath(place) : place;
  const isOurs = file.includes(`${sep}node_modules${sep}`) || ownFolders.some((folder) => file.startsWith(folder));
  return isOurs ? undefined : file;
};

/** The first frames that stand in the user's own files, with paths from here. */
export const userFrames = (stack: string | undefined): string[] =>
  (stack ?? '')
    .split('\n')
    .filter((line) => /^\s*at /.test(line))
    .flatMap((frame) => {
      const file = userFile(frame);
      if (file === undefined) return [];
      const short = isAbsolute(file) ? relative(process.cwd(), file) : file;
      const place = frame.trim().replace('file://', '');
      return [place.replace(file, short.startsWith(`..${sep}..`) ? file : short)];
    })
    .slice(0, maxFrames);

const maxLines = 20;

/** An error of the user's code: name, message, the user's lines, and what caused it. */
export const userErrorLines = (error: unknown, { colors }: Pick<Style, 'colors'>, depth = 0): string[] => {
  if (!(error instanceof Error)) return [printable(typeof error === 'string' ? error : inspect(error))];
  const [first = '', ...more] = printable(error.message).split('\n').slice(0, maxLines);
  const lines = [`${colors.bold(oneLine(error.name))}: ${first}`, ...more];
  for (const frame of userFrames(error.stack)) lines.push(`    ${colors.dim(printable(frame))}`);
  if (error.cause !== undefined && error.cause !== null && depth < 5) {
    const [cause = '', ...rest] = userErrorLines(error.cause, { colors }, depth + 1);
    lines.push(`  caused by ${cause}`, ...rest.map((line) => `  ${line}`));
  }
  return lines;
};

/** Facts that the message does not hold already, one a line. */
const detailLines = (error: PerdureError): string[] => {
  // Those of a run say which task it was: the message does.
  const { file, line, column, ...details } = error instanceof RunError ? {} : error.details;
  const hasPlace = typeof file === 'string' && typeof line === 'number';
  const isSaid = hasPlace && error.message.includes(`${basename(file)}:${line}`);
  const place = hasPlace && !isSaid ? [`at ${oneLine(fromHere(file))}:${line}`] : [];
  const others = Object.entries(hasPlace ? details : { ...details, file, line, column });
  const facts = others.flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text === undefined || error.message.includes(text) || (Array.isArray(value) && name === 'lookedIn')) return [];
    return [`${name}: ${shorten(oneLine(text), 200)}`];
  });
  return [...place, ...facts];
};

/** The code of an error and its page. */
export const codeLine = (error: PerdureError, { colors }: Pick<Style, 'colors'>): string =>
  colors.dim(`[${error.code}] ${docsPage(error.code)}`);

export const isDebug = (): boolean => !['', '0', undefined].includes(process.env['PERDURE_DEBUG']);

const debugLines = (error: unknown): string[] => (isDebug() ? printable(inspect(error, { depth: 6 })).split('\n') : []);

/** Any error that ends a command. */
export const errorLines = (error: unknown, style: Pick<Style, 'colors' | 'unicode'>): string[] => {
  const { colors } = style;
  const mark = colors.red(style.unicode ? '✖' : 'x');
  if (!(error instanceof PerdureError)) {
    // Not one of ours: the user's file threw while it was loaded, or there is a mistake in Perdure.
    const [first = '', ...rest] = userErrorLines(error, style);
    const isFoundByUser = isDebug() || userFrames((error as Error | undefined)?.stack).length > 0;
    const hint = isFoundByUser ? [] : [`  ${colors.dim('PERDURE_DEBUG=1 shows where it comes from.')}`];
    return [`${mark} ${first}`, ...rest.map((line) => `  ${line}`), ...hint, ...debugLines(error)];
  }
  const [first = '', ...rest] = printable(error.message).split('\n');
  const lines = [`${mark} ${first}`, ...rest.map((line) => `  ${line}`)];
  for (const line of detailLines(error)) lines.push(`  ${colors.dim(line)}`);
  const { cause } = error;
  if (cause !== undefined && !(cause instanceof PerdureError) && userFrames((cause as Error).stack).length > 0)
    lines.push(...userErrorLines(cause, style).map((line) => `  ${line}`));
  return [...lines, `  ${codeLine(error, style)}`, ...debugLines(error)];
};
