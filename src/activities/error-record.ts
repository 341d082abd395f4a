/**
 * An error as plain data, so that it can leave the process that threw it: name, message, stack, causes and the own
 * properties that JSON can hold. Host, but loaded by every child process: imports nothing. Sizes are bounded here,
 * because a failure that is too large for Temporal would be retried for ever.
 */
export interface ErrorRecord {
  /** The error's name; for a class that sets none, the class's. */
  name: string;
  message: string;
  stack?: string;
  cause?: ErrorRecord;
  /** Own enumerable properties. */
  props?: Record<string, unknown>;
}

const maxMessageChars = 8_192;
const maxStackChars = 16_384;
const maxPropsChars = 16_384;
const maxCauses = 8;
const ownParts = new Set(['name', 'message', 'stack', 'cause']);

const cut = (text: string, chars: number): string =>
  text.length <= chars ? text : `${text.slice(0, chars)}… (${text.length} characters)`;

/** `read()`, or `undefined` when it throws: properties of a thrown value may be getters or proxies. */
const safely = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

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

const nameOf = (error: Error): string => {
  const name = safely(() => error.name);
  if (typeof name === 'string' && name !== '' && name !== 'Error') return cut(name, 200);
  const className = safely(() => error.constructor.name);
  return typeof className === 'string' && className !== '' ? cut(className, 200) : 'Error';
};

// Errors of another realm (a `vm`, a cloned error) are no `instanceof Error`.
const isError = (value: unknown): value is Error =>
  typeof value === 'object' &&
  value !== null &&
  (value instanceof Error || safely(() => typeof (value as Error).message) === 'string');

/** What a body threw, whatever it is. Never throws. */
export const recordError = (thrown: unknown, depth = 0): ErrorRecord => {
  if (!isError(thrown)) {
    const json = safely(() => JSON.stringify(thrown));
    const text = typeof thrown === 'string' ? thrown : (json ?? safely(() => String(thrown)) ?? 'unknown');
    return { name: 'Error', message: cut(text, maxMessageChars) };
  }
  const message = safely(() => thrown.message);
  const stack = safely(() => thrown.stack);
  const cause = safely(() => thrown.cause);
  const props = safely(() => propsOf(thrown));
  return {
    name: nameOf(thrown),
    message: cut(typeof message === 'string' ? message : String(safely(() => String(message))), maxMessageChars),
    ...(typeof stack === 'string' ? { stack: cut(stack, maxStackChars) } : {}),
    ...(cause === undefined || cause === null || depth >= maxCauses ? {} : { cause: recordError(cause, depth + 1) }),
    ...(props === undefined ? {} : { props }),
  };
};
