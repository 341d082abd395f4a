/**
 * Futures at any depth of arrays and plain objects: finding them makes the data edges, replacing them makes the
 * arguments. Pure. The walk also refuses, with its path, what could never reach another process.
 */
import { AuthoringError, PerdureError } from '../../core/errors.js';
import { storedIn } from '../../core/result-ref.js';
import { currentFlowRun } from '../scope.js';
import type { Run } from './run.js';
import { type Source, sourceOf } from './source.js';

/** Deeper than this, a value is taken for a cycle. */
const deepest = 200;

const isPlain = (value: object): boolean => {
  const proto = Object.getPrototypeOf(value) as object | null;
  // By shape and not by identity: values may come from another realm.
  return proto === null || Object.getPrototypeOf(proto) === null;
};

/** Built-ins that the payload encoding carries. */
const carried = new Set(['Date', 'Map', 'Set', 'RegExp', 'URL', 'URLSearchParams', 'ArrayBuffer']);

const isCarried = (value: object): boolean => {
  if (ArrayBuffer.isView(value)) return true;
  const tag = Object.prototype.toString.call(value).slice(8, -1);
  return carried.has(tag) || carried.has(value.constructor?.name);
};

/** How a run ended, as `settled()` says it. Before, it was refused as any other instance. */
const isErrorAsData = (value: object): boolean =>
  value instanceof PerdureError && (currentFlowRun()?.port.isNew('errors-as-data') ?? true);

/** A cycle has a path as long as the walk was deep. */
const shown = (path: string): string => (path.length <= 200 ? path : `${path.slice(0, 200)}…`);

const refuse = (what: string, path: string): never => {
  throw new AuthoringError(
    'NOT_SERIALIZABLE',
    `${what} at ${shown(path)} cannot leave the flow's process: arguments and the flow's value travel as data. ` +
      `Use plain objects, arrays, strings, numbers, dates, maps and sets, or futures of them.`,
    { details: { path } },
  );
};

/** The futures that stand in `argument`, each as often as it does. `name` is where its paths begin. */
export const sourcesIn = (argument: unknown, name = 'the argument'): Source[] => {
  const sources: Source[] = [];
  const visit = (value: unknown, path: string, depth: number): void => {
    if (typeof value === 'function' || typeof value === 'symbol') return refuse(`A ${typeof value}`, path);
    if (typeof value !== 'object' || value === null) return;
    const source = sourceOf(value);
    if (source !== undefined) return void sources.push(source);
    if (storedIn(value) !== undefined) return;
    if (depth > deepest) return refuse('A cycle, or nesting of more than 200 levels,', path);
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        const item: unknown = value[i];
        if (typeof item === 'object' ? item !== null : typeof item === 'function' || typeof item === 'symbol')
          visit(item, `${path}[${i}]`, depth + 1);
      }
    } else if (isPlain(value)) {
      for (const [key, part] of Object.entries(value)) visit(part, `${path}.${key}`, depth + 1);
    } else if (typeof (value as { then?: unknown }).then === 'function') {
      refuse('A promise (await it first, or pass the future itself)', path);
    } else if (!isCarried(value) && !isErrorAsData(value)) {
      refuse(`An instance of ${value.constructor?.name || 'a class'}`, path);
    }
  };
  visit(argument, name, 0);
  return sources;
};

/** Makes the data edges of `argument`: `later` waits for each run whose future stands in it. */
export const addDataEdges = (later: Run, argument: unknown): void => {
  for (const { run, allowsFailure } of sourcesIn(argument)) later.dependOn(run, allowsFailure);
};

/** `value` with each future replaced by what it stands for; parts without futures are passed on as they are. */
export const resolveFutures = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const source = sourceOf(value);
  if (source !== undefined) return source.resolve();
  if (Array.isArray(value)) {
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const item: unknown = value[i];
      const resolved = resolveFutures(item);
      if (resolved !== item) (copy ??= [...(value as unknown[])])[i] = resolved;
    }
    return copy ?? value;
  }
  if (!isPlain(value)) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, part] of Object.entries(value)) {
    const resolved = resolveFutures(part);
    if (resolved !== part) (copy ??= { ...(value as Record<string, unknown>) })[key] = resolved;
  }
  return copy ?? value;
};
