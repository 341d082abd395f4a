/** The option `cache` of a task: what its values are found by again, and its checks at definition. Pure. */
import { type Duration, parseDuration } from '../core/duration.js';
import { badOption as bad } from '../core/bad-option.js';
import type { CurrentRun } from './current-run.js';
import type { AnyArguments } from './inputs.js';
import { parameterNames } from './parameter-names.js';

/** What a function among the options learns of the call. */
export type CallFacts = Pick<CurrentRun, 'flowName' | 'runId' | 'tags'> & { taskName: string; taskRunId: string };

/** Prefect's cache policies. Temporal has nothing of the kind. */
export interface CacheOptions<A extends readonly unknown[] = AnyArguments> {
  /**
   * What has to be equal for a value to be found again. `'inputs'` (default): the arguments; stored ones by their content.
   * `'inputs+source'`: also the text of the body and of what it uses in the project's own files. `'run'`: the arguments,
   * within one run only. Or a function that gives the key as text, from the arguments and the run, called on the host; the
   * task's name is part of every key.
   */
  key?: 'inputs' | 'inputs+source' | 'run' | ((...args: [...A, run: CallFacts]) => string | Promise<string>);
  /** Arguments that do not count, by name or by 0-based position. Not with a function as `key`. Default none. */
  omit?: readonly (string | number)[];
  /** How long a value may be used. Default: for ever; one that nobody used for 30 days is removed. */
  expires?: Duration;
  /** Compute anew and replace what is there: always, or when the function, called with the arguments, says so. Default false. */
  refresh?: boolean | ((...args: [...A]) => boolean | Promise<boolean>);
}

const names = new Set(['key', 'omit', 'expires', 'refresh']);
const keys: ReadonlySet<unknown> = new Set(['inputs', 'inputs+source', 'run']);

const checkOmit = (owner: string, { omit, key }: CacheOptions, fn: unknown): void => {
  if (omit === undefined) return;
  if (!Array.isArray(omit))
    throw bad(owner, 'cache.omit', { expected: 'a list of names and positions of parameters', received: omit });
  if (typeof key === 'function' && omit.length > 0)
    throw bad(owner, 'cache.omit', {
      expected: 'left out where `cache.key` is a function, which chooses for itself',
      received: omit,
    });
  const parameters = typeof fn === 'function' ? parameterNames(fn) : undefined;
  for (const one of omit as unknown[]) {
    if (typeof one === 'number' ? !Number.isInteger(one) || one < 0 : typeof one !== 'string')
      throw bad(owner, 'cache.omit', { expected: 'a list of names and positions of parameters', received: one });
    if (typeof one === 'string' && parameters !== undefined && !parameters.includes(one))
      throw bad(owner, 'cache.omit', { expected: `names of parameters (the body has: ${parameters.filter(Boolean).join(', ') || 'none'})`, received: one }); // prettier-ignore
  }
};

/** @throws AuthoringError BAD_OPTION. `fn` is the body where there is one: names in `omit` are checked against it. */
export const checkCache = (owner: string, cache: CacheOptions, fn: unknown): void => {
  if (typeof cache !== 'object' || cache === null || Array.isArray(cache))
    throw bad(owner, 'cache', { expected: `an object, such as { key: 'inputs' }`, received: cache });
  for (const name of Object.keys(cache))
    if (!names.has(name))
      throw bad(owner, `cache.${name}`, { expected: `one of ${[...names].join(', ')}`, received: name });
  const { key, expires, refresh } = cache;
  if (key !== undefined && typeof key !== 'function' && !keys.has(key))
    throw bad(owner, 'cache.key', { expected: `'inputs', 'inputs+source', 'run' or a function`, received: key });
  const expiresMs = expires === undefined ? 1 : parseDuration(expires);
  if (expiresMs === undefined || expiresMs <= 0)
    throw bad(owner, 'cache.expires', { expected: `a duration above 0, such as '1 hour'`, received: expires });
  if (refresh !== undefined && typeof refresh !== 'boolean' && typeof refresh !== 'function')
    throw bad(owner, 'cache.refresh', { expected: 'true, false or a function', received: refresh });
  checkOmit(owner, cache, fn);
};

/** 0-based positions of the arguments that do not count. */
export const omittedPositions = ({ omit = [] }: CacheOptions, fn: unknown): ReadonlySet<number> => {
  const parameters = omit.some((one) => typeof one === 'string') && typeof fn === 'function' ? parameterNames(fn) : [];
  return new Set(omit.map((one) => (typeof one === 'number' ? one : parameters.indexOf(one))));
};
