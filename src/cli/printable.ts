/**
 * Text of users, tasks and servers made safe and short for a terminal. HOST, pure. Whatever came from outside goes
 * through here before it is printed: an escape sequence in a task's name must not move the cursor.
 */
import { stripVTControlCharacters } from 'node:util';

// eslint-disable-next-line no-control-regex -- control characters are what it is about
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Without escape sequences and control characters; line breaks and tabs stay. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(controls, '');

/** The same in one line. */
export const oneLine = (text: string): string => printable(text).replace(/\s+/g, ' ').trim();

/** What a task prints: colours stay, whatever else steers the terminal goes. */
export const printableOutput = (text: string): string =>
  text
    // eslint-disable-next-line no-control-regex -- keeps `ESC [ … m`, which only colours
    .split(/(\u001b\[[\d;]*m)/)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('');

let segmenter: Intl.Segmenter | undefined;
/** Made at its first use: it costs 25 ms. */
const segmentsOf = (text: string): Intl.Segments =>
  (segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' })).segment(text);
const wide =
  /\p{Emoji_Presentation}|\u{fe0f}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
// eslint-disable-next-line no-control-regex -- ASCII needs no segmenting
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/** How many columns a text without escape sequences takes. */
export const displayWidth = (text: string): number => {
  if (isAscii(text)) return text.length;
  let columns = 0;
  for (const { segment } of segmentsOf(text))
    columns += wide.test(segment) ? 2 : /^[\p{M}\u200b-\u200f\ufeff]/u.test(segment) ? 0 : 1;
  return columns;
};

/** At most `columns` wide, with `…` where it was cut. */
export const shorten = (text: string, columns: number): string => {
  if (displayWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  if (isAscii(text)) return `${text.slice(0, columns - 1)}…`;
  let cut = '';
  let used = 0;
  for (const { segment } of segmentsOf(text)) {
    used += displayWidth(segment);
    if (used > columns - 1) break;
    cut += segment;
  }
  return `${cut}…`;
};

/** Filled up with spaces to `columns`. */
export const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)));

/** As the beginning of a sentence. */
export const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
