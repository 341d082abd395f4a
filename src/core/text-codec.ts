/**
 * How values become text: JSON where JSON gives back the same value, else devalue's text for Date, Map, Set, BigInt,
 * undefined, NaN, typed arrays and cycles. Pure. Data only: a function or a class instance is refused with its path, but for
 * the errors of the taxonomy, which tell how a run ended.
 * What stands in for a stored value (`Stored`, at any depth) is written as what it refers to, and read as `Stored`.
 */
import { parse, stringify } from 'devalue';
import { fromBase64, toBase64 } from './base64.js';
import { type ErrorData, errorData, errorOf } from './error-data.js';
import { AuthoringError, PerdureError } from './errors.js';
import { Stored, type StoredData, storedIn, storedTag } from './result-ref.js';
import { tagOf, walkValue } from './walk-value.js';

/** Levels of nesting that can be encoded; the encoders recurse, and the sandbox's stack is small. */
export const maxDepth = 1_000;
/** Levels up to which a value is tried as JSON. */
const maxJsonDepth = 100;

export type TextFormat = 'json' | 'devalue';

const isPlain = (value: object): boolean => {
  const proto = Object.getPrototypeOf(value) as object | null;
  return proto === null || Object.getPrototypeOf(proto) === null;
};

/** Whether JSON gives back the same value; `depth` ends cycles. */
const isJson = (value: unknown, depth = 0): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object': {
      if (value === null) return true;
      if (depth > maxJsonDepth || storedTag in value) return false;
      if (Array.isArray(value)) {
        for (let i = 0; i < value.length; i++) if (!isJson(value[i], depth + 1)) return false;
        return true;
      }
      if (!isPlain(value) || Object.hasOwn(value, '__proto__')) return false;
      for (const key in value) if (!isJson((value as Record<string, unknown>)[key], depth + 1)) return false;
      return true;
    }
    default:
      return false;
  }
};

type Views = Record<string, (new (buffer: ArrayBuffer) => unknown) | undefined>;

/** Typed arrays and buffers as `[type, base64]`; devalue's own way wants `btoa`, which the sandbox lacks. */
const reduceBytes = (value: unknown): [string, string] | false => {
  if (ArrayBuffer.isView(value))
    return [tagOf(value), toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))];
  return tagOf(value) === 'ArrayBuffer' && ['ArrayBuffer', toBase64(new Uint8Array(value as ArrayBuffer))];
};

const reviveBytes = ([type, text]: [string, string]): unknown => {
  const { buffer } = fromBase64(text);
  const view = (globalThis as unknown as Views)[type];
  return type === 'ArrayBuffer' || view === undefined ? buffer : new view(buffer);
};

// The first that takes a value has it: a handle that refuses to be looked at is asked for its tag alone.
const reducers = {
  Stored: (value: unknown) => storedIn(value) ?? false,
  PerdureError: (value: unknown) => value instanceof PerdureError && errorData(value),
  Bytes: reduceBytes,
};
const revivers = {
  Stored: (data: StoredData) => new Stored(data),
  PerdureError: (data: ErrorData) => errorOf(data),
  Bytes: reviveBytes,
};

const notSerializable = (message: string, details: Record<string, unknown>): AuthoringError =>
  new AuthoringError('NOT_SERIALIZABLE', message, { details });

/** In place of the encoder's own words, which speak of how it is called. */
const strandedFuture =
  'A future or promise is taken out of arrays and plain objects, not out of a Map, a Set or anything else: await it first';

/** @throws AuthoringError NOT_SERIALIZABLE, with `details.path`; RangeError when there is more text than a string holds */
export const encodeText = (value: unknown): { text: string; format: TextFormat } => {
  if (isJson(value)) return { text: JSON.stringify(value), format: 'json' };
  if (walkValue(value, (_, depth) => depth > maxDepth))
    throw notSerializable(`Cannot stringify more than ${maxDepth} levels of nesting`, { maxDepth });
  try {
    return { text: stringify(value, reducers), format: 'devalue' };
  } catch (error) {
    // Of an engine's limit, such as the length of a string: nothing is wrong with the value.
    if ((error as Error).name === 'RangeError') throw error;
    const { message: said, path } = error as { message: string; path?: string };
    const message = /thenable/.test(said) ? strandedFuture : said;
    throw notSerializable(`${message}${path ? ` (at ${path})` : ''}`, path ? { path } : {});
  }
};

/** The value of what `encodeText` wrote. Text that it did not write throws whatever its parser does. */
export const decodeText = (text: string, format: TextFormat): unknown =>
  format === 'json' ? (JSON.parse(text) as unknown) : (parse(text, revivers) as unknown);
