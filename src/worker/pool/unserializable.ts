/**
 * Finds what cannot leave a task as data: a function, a symbol or an instance of a class, by its path. Host, runs in
 * the child, where the value still has its prototypes: afterwards an instance would be a plain object that silently
 * lost its methods. Does not change the value.
 */
import { types } from 'node:util';
import { AuthoringError, PerdureError } from '../../core/errors.js';
import { storedTag } from '../../core/result-ref.js';

const isBuiltIn = (value: object): boolean =>
  types.isDate(value) ||
  types.isMap(value) ||
  types.isSet(value) ||
  types.isArrayBufferView(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isRegExp(value) ||
  types.isBoxedPrimitive(value);

// By shape, not by identity: a plain object may come from another realm.
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

const step = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

const classNameOf = (value: object): string => {
  const { constructor } = value as { constructor?: { name?: unknown } };
  return typeof constructor?.name === 'string' && constructor.name !== '' ? constructor.name : 'a class';
};

export interface Unserializable {
  /** From the value itself: `''`, `.rows[3].save`. */
  path: string;
  /** `a function`, `an instance of Invoice`. */
  what: string;
}

/** The first part of `value` that is no data, depth first; `undefined` when all of it is. */
export const findUnserializable = (value: unknown): Unserializable | undefined => {
  if (typeof value !== 'object' || value === null) return problemOf(value, '');
  const seen = new Set<object>();
  const pending: { value: unknown; path: () => string }[] = [{ value, path: () => '' }];
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const { value: part, path } = item;
    if (typeof part !== 'object' || part === null) {
      const problem = problemOf(part, path);
      if (problem) return problem;
      continue;
    }
    if (seen.has(part)) continue;
    seen.add(part);
    const children = childrenOf(part, path);
    if (children === undefined) return { path: path(), what: `an instance of ${classNameOf(part)}` };
    for (let i = children.length - 1; i >= 0; i--) pending.push(children[i]!);
  }
  return undefined;
};

const problemOf = (value: unknown, path: string | (() => string)): Unserializable | undefined => {
  if (typeof value !== 'function' && typeof value !== 'symbol') return undefined;
  return { path: typeof path === 'string' ? path : path(), what: `a ${typeof value}` };
};

// Numbers, strings and the like need no look, so arrays of them cost one pass. Paths are built only for a problem.
const isSimple = (value: unknown): boolean =>
  typeof value !== 'object' ? typeof value !== 'function' && typeof value !== 'symbol' : value === null;

type Part = { value: unknown; path: () => string };

const childrenOf = (value: object, path: () => string): Part[] | undefined => {
  const parts: Part[] = [];
  if (Array.isArray(value)) {
    value.forEach((item, index) => isSimple(item) || parts.push({ value: item, path: () => `${path()}[${index}]` }));
    return parts;
  }
  if (types.isMap(value)) {
    for (const [key, item] of value) {
      if (!isSimple(key)) parts.push({ value: key, path: () => `${path()}.keys()` });
      if (!isSimple(item)) parts.push({ value: item, path: () => `${path()}.get(${String(key)})` });
    }
    return parts;
  }
  if (types.isSet(value)) {
    for (const item of value) if (!isSimple(item)) parts.push({ value: item, path: () => `${path()}.values()` });
    return parts;
  }
  if (isBuiltIn(value) || storedTag in value || value instanceof PerdureError) return parts;
  if (!isPlain(value)) return undefined;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (!isSimple(item)) parts.push({ value: item, path: () => path() + step(key) });
  }
  return parts;
};

/** `label`: whose result it is, such as `task 'x' (run r, x-0)`. */
export const notSerializable = (label: string, taskName: string, { path, what }: Unserializable): AuthoringError =>
  new AuthoringError(
    'NOT_SERIALIZABLE',
    `The result of ${label} holds ${what} at \`result${path}\`, which cannot leave the task's process. ` +
      `Return plain data instead.`,
    { details: { taskName, path: `result${path}` } },
  );
