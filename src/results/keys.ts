/**
 * Keys of objects: relative, with `/`, the same on every file system. HOST. Ids are free text and never become paths:
 * `keySegment` writes them so that no two become one, on disks that ignore case too.
 */
import { createHash } from 'node:crypto';
import { ResultStoreError } from '../core/errors.js';

/** S3 takes 1,024 bytes, of which the store's own prefix has its share. */
const maxKeyLength = 800;
const maxSegmentLength = 200;
/** Above this, escaped text is cut and hashed. */
const maxEscapedLength = 120;
const segmentPattern = /^[A-Za-z0-9_=~][A-Za-z0-9_=~.@+,-]*$/;
/** Names that Windows takes for devices, with any ending. */
const devicePattern = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const isSegment = (segment: string): boolean =>
  segment.length <= maxSegmentLength &&
  segmentPattern.test(segment) &&
  !segment.endsWith('.') &&
  !devicePattern.test(segment);

const refuse = (key: string, store: string): never => {
  const shown = key.slice(0, 200);
  throw new ResultStoreError(
    'RESULT_CORRUPT',
    `The key ${JSON.stringify(shown)} is not one of the result store's: a relative path of letters, digits and _ = ~ . @ + , -`,
    { details: { key: shown, store } },
  );
};

/** @throws ResultStoreError RESULT_CORRUPT for a key that could lead out of the store, or be two things on two systems */
export const checkKey = (key: unknown, store: string): string =>
  typeof key === 'string' && key.length <= maxKeyLength && key.split('/').every(isSegment)
    ? key
    : refuse(String(key), store);

/** A prefix, which ends with `/`. */
export const checkPrefix = (prefix: string, store: string): string =>
  prefix.endsWith('/') ? `${checkKey(prefix.slice(0, -1), store)}/` : refuse(prefix, store);

const escapeByte = (byte: number): string => `=${byte.toString(16).padStart(2, '0')}`;
const escape = (text: string): string => {
  const escaped = [...new TextEncoder().encode(text)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-z0-9_.-]/i.test(char) ? char : escapeByte(byte);
    })
    .join('')
    .replace(/^[.-]|\.$/g, (char) => escapeByte(char.charCodeAt(0)));
  return devicePattern.test(escaped) ? `${escapeByte(escaped.charCodeAt(0))}${escaped.slice(1)}` : escaped;
};

const hashOf = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/**
 * Free text as one segment of a key. `textOfSegment` gives it back unless it was too long to be kept whole. Text with
 * capitals carries a part of its hash, for disks to which `A` and `a` are the same.
 */
export const keySegment = (text: string): string => {
  const escaped = escape(text);
  if (escaped.length > maxEscapedLength) return `${escaped.slice(0, 60)}~~${hashOf(text, 32)}`;
  return escaped === '' ? '~' : /[A-Z]/.test(escaped) ? `${escaped}~${hashOf(text, 8)}` : escaped;
};

/** The text that `keySegment` was given; `undefined` when it was hashed, or the segment is not one of its own. */
export const textOfSegment = (segment: string): string | undefined => {
  const [escaped = ''] = segment.split('~');
  try {
    const text = decodeURIComponent(escaped.replaceAll(/=([0-9a-f]{2})/g, '%$1'));
    return keySegment(text) === segment ? text : undefined;
  } catch {
    return undefined;
  }
};
