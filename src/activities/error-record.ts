/**
 * An error as plain data, so that it can leave the process that threw it: name, message, stack, causes and the own
 * properties that JSON can hold. Host, but loaded by every child process: imports next to nothing.
 */
import { cut, isErrorLike, safely, type ThrownText, thrownText } from '../core/thrown.js';

export interface ErrorRecord extends ThrownText {
  cause?: ErrorRecord;
  /** Own enumerable properties. */
  props?: Record<string, unknown>;
}

const maxPropsChars = 16_384;
const maxCauses = 8;
const ownParts = new Set(['name', 'message', 'stack', 'cause']);

const propsOf = (error: object): Record<string, unknown> | undefined => {
  const props: Record<string, unknown> = {};
  let chars = 0;
  for (const key of Object.keys(error)) {
    if (ownParts.has(key)) continue;
    const json = safely(() => JSON.stringify((error as Record<string, unknown>)[key]));
    // What is too large is left out; what comes after it may still fit.
    if (json === undefined || chars + json.length > maxPropsChars) continue;
    chars += json.length;
    props[key] = JSON.parse(json);
  }
  const parts = safely(() => (error as { errors?: unknown }).errors);
  if (Array.isArray(parts) && !('errors' in props))
    props['errors'] = parts.slice(0, 10).map((part) => cut(String(safely(() => String(part))), 500));
  return Object.keys(props).length === 0 ? undefined : props;
};

/** What a body threw, whatever it is. Never throws. */
export const recordError = (thrown: unknown, depth = 0): ErrorRecord => {
  const text = thrownText(thrown);
  if (!isErrorLike(thrown)) return text;
  const cause = safely(() => thrown.cause);
  const props = safely(() => propsOf(thrown));
  return {
    ...text,
    ...(cause === undefined || cause === null || depth >= maxCauses ? {} : { cause: recordError(cause, depth + 1) }),
    ...(props === undefined ? {} : { props }),
  };
};
