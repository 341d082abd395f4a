/** An error that ends a command before there is a run, as the one line that `--json` promises. HOST, pure. */
import { PerdureError } from '../core/errors.js';

/** JSON has no bigints, maps, sets and errors; a shell may read them as text, lists and objects. */
export const plain = (_key: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map || value instanceof Set) return [...value];
  return value instanceof Error ? Object.assign({ name: value.name, message: value.message }, value) : value;
};

/** `code` is there when the error is one of ours. */
export const errorLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const facts = error instanceof PerdureError ? { code: error.code, message, details: error.details } : { message };
  return JSON.stringify({ error: facts }, plain);
};
