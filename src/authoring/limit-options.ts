/** The option `limits` of a task: bounds over all runs and workers, and their checks at definition. Pure. */
import { badOption as bad } from '../core/bad-option.js';
import type { AnyArguments } from './inputs.js';
import type { LimitRule } from '../core/task-guards.js';

/** Prefect's concurrency and rate limits; declared where they are used, not in a server. */
export interface LimitOptions<A extends readonly unknown[] = AnyArguments> {
  /** Tasks that name the same limit share it. */
  name: string;
  /** How many attempts may run at one time, over all runs and workers of one result store. */
  slots?: number;
  /** How many attempts may begin in a second, evenly spread; below 1 for longer intervals (0.1: every 10 seconds). */
  perSecond?: number;
  /** One limit for each key, such as a tenant: text, or a function of the arguments, called on the host. Default: one for all. */
  key?: string | ((...args: [...A]) => string | Promise<string>);
}

const names = new Set(['name', 'slots', 'perSecond', 'key']);

const checkOne = (owner: string, limit: LimitOptions, at: string): void => {
  if (typeof limit !== 'object' || limit === null)
    throw bad(owner, at, { expected: `an object, such as { name: 'api', slots: 5 }`, received: limit });
  for (const name of Object.keys(limit))
    if (!names.has(name))
      throw bad(owner, `${at}.${name}`, { expected: `one of ${[...names].join(', ')}`, received: name });
  const { name, slots, perSecond, key } = limit;
  if (typeof name !== 'string' || name.trim() === '')
    throw bad(owner, `${at}.name`, { expected: 'a text', received: name });
  if (slots === undefined && perSecond === undefined)
    throw bad(owner, at, { expected: 'given `slots`, `perSecond` or both', received: 'neither' });
  if (slots !== undefined && !(Number.isInteger(slots) && slots >= 1))
    throw bad(owner, `${at}.slots`, { expected: 'a whole number of at least 1', received: slots });
  if (perSecond !== undefined && !(Number.isFinite(perSecond) && perSecond > 0))
    throw bad(owner, `${at}.perSecond`, { expected: 'a number above 0', received: perSecond });
  if (key !== undefined && typeof key !== 'string' && typeof key !== 'function')
    throw bad(owner, `${at}.key`, { expected: 'a text or a function', received: key });
};

/** @throws AuthoringError BAD_OPTION */
export const checkLimits = (owner: string, limits: readonly LimitOptions[]): void => {
  if (!Array.isArray(limits))
    throw bad(owner, 'limits', { expected: `a list, such as [{ name: 'api', slots: 5 }]`, received: limits });
  limits.forEach((limit: LimitOptions, i) => checkOne(owner, limit, `limits[${i}]`));
  const seen = new Set<string>();
  for (const { name } of limits as readonly LimitOptions[]) {
    if (seen.has(name)) throw bad(owner, 'limits', { expected: 'limits of different names', received: name });
    seen.add(name);
  }
};

export const limitRule = ({ name, slots, perSecond, key }: LimitOptions): LimitRule => ({
  name,
  ...(slots === undefined ? {} : { slots }),
  ...(perSecond === undefined ? {} : { perSecond }),
  ...(typeof key === 'string' ? { key } : {}),
});
