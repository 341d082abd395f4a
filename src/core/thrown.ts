/**
 * Reading what was thrown, whatever it is: getters that throw, objects without a text, texts of megabytes. Pure, and
 * nothing here throws. Sizes are bounded here, because a failure that is too large for Temporal would be retried for ever.
 */
const maxMessageChars = 8_192;
const maxStackChars = 16_384;
const maxNameChars = 200;

export const cut = (text: string, chars: number): string =>
  text.length <= chars ? text : `${text.slice(0, chars)}… (${text.length} characters)`;

/** `read()`, or `undefined` when it throws: properties of a thrown value may be getters or proxies. */
export const safely = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

/** An error, or what has a message like one: errors of another realm (a `vm`, a cloned error) are no `instanceof Error`. */
export const isErrorLike = (value: unknown): value is Error =>
  typeof value === 'object' &&
  value !== null &&
  (safely(() => value instanceof Error) === true || safely(() => typeof (value as Error).message) === 'string');

/** What was thrown, or its text where nothing can even ask what it is (a proxy that refuses). */
export const legible = (thrown: unknown): unknown =>
  safely(() => [thrown instanceof Error]) === undefined ? new Error(thrownText(thrown).message) : thrown;

const nameOf = (error: Error): string => {
  const name = safely(() => error.name);
  if (typeof name === 'string' && name !== '' && name !== 'Error') return cut(name, maxNameChars);
  const className = safely(() => error.constructor.name);
  return typeof className === 'string' && className !== '' ? cut(className, maxNameChars) : 'Error';
};

export interface ThrownText {
  /** The error's name; for a class that sets none, the class's. */
  name: string;
  message: string;
  stack?: string;
}

/** What is no error counts as its text: a string as it is, the rest as JSON where there is one. */
export const thrownText = (thrown: unknown): ThrownText => {
  if (!isErrorLike(thrown)) {
    const json = safely(() => JSON.stringify(thrown));
    const text = typeof thrown === 'string' ? thrown : (json ?? safely(() => String(thrown)) ?? 'unknown');
    return { name: 'Error', message: cut(text, maxMessageChars) };
  }
  const message = safely(() => thrown.message);
  const stack = safely(() => thrown.stack);
  return {
    name: nameOf(thrown),
    message: cut(typeof message === 'string' ? message : String(safely(() => String(message))), maxMessageChars),
    ...(typeof stack === 'string' ? { stack: cut(stack, maxStackChars) } : {}),
  };
};
