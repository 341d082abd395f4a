/**
 * What the terminal behind stderr can do: redraw, colours, Unicode. HOST. Decided once, from the stream and the
 * environment; everything that draws gets the answer and asks nobody.
 */
import pc from 'picocolors';

export type Colors = ReturnType<typeof pc.createColors>;

export interface Style {
  colors: Colors;
  /** False: marks and bars in ASCII. */
  unicode: boolean;
  /** Columns. */
  width: number;
  /** Lines. */
  rows: number;
}

export interface Terminal {
  /** Lines can be redrawn. False: one plain line for each change. */
  live: boolean;
  /** Asked anew for each drawing: windows are resized. */
  style(): Style;
}

type Environment = Readonly<Record<string, string | undefined>>;

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== '0';

export const hasColors = (isTerminal: boolean, env: Environment): boolean => {
  if (isSet(env['NO_COLOR'])) return false;
  if (env['FORCE_COLOR'] !== undefined) return isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
};

export const hasUnicode = (env: Environment, platform: NodeJS.Platform): boolean => {
  if (platform === 'win32') return isSet(env['WT_SESSION']) || env['TERM_PROGRAM'] === 'vscode';
  if (env['TERM'] === 'dumb' || env['TERM'] === 'linux') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'utf-8';
  return !/^(?:C|POSIX)$|8859|ascii/i.test(locale);
};

export const terminalOf = (
  stream: { isTTY?: boolean; columns?: number; rows?: number },
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): Terminal => {
  const isTerminal = stream.isTTY === true;
  const colors = pc.createColors(hasColors(isTerminal, env));
  const unicode = hasUnicode(env, platform);
  return {
    live: isTerminal && !isSet(env['CI']) && env['TERM'] !== 'dumb',
    style: () => ({ colors, unicode, width: stream.columns || 80, rows: stream.rows || 24 }),
  };
};
