/**
 * What a task's limits and its cache go by for certain arguments. Host, inside a child: where the user's functions are,
 * and the body whose text counts.
 */
import { createHash } from 'node:crypto';
import { type CacheOptions, type CallFacts, omittedPositions } from '../../authoring/cache-option.js';
import type { RunFacts } from '../../authoring/current-run.js';
import type { TaskDefinition } from '../../authoring/definition.js';
import { limitRule } from '../../authoring/limit-options.js';
import type { TaskOptions } from '../../authoring/options.js';
import { parseDuration } from '../../core/duration.js';
import { AuthoringError } from '../../core/errors.js';
import type { GuardKeys, TaskGuards } from '../../core/task-guards.js';
import { contentHash } from '../../results/index.js';
import { holdsSecret } from '../../secrets/index.js';
import { sourceHash } from './source-hash.js';
import type { TaskStore } from './task-store.js';

/** What the worker has to know of a task's options beforehand; `undefined`: nothing, it has neither. */
export const guardsOf = ({ limits = [], cache }: TaskOptions): TaskGuards | undefined => {
  if (limits.length === 0 && cache === undefined) return undefined;
  const expiresMs = parseDuration(cache?.expires);
  return {
    limits: limits.map(limitRule),
    ...(cache === undefined ? {} : { cache: expiresMs === undefined ? {} : { expiresMs } }),
    asks: cache !== undefined || limits.some(({ key }) => typeof key === 'function'),
  };
};

export interface GuardedArguments {
  definition: TaskDefinition;
  /** As the flow gave them, or as the body gets them. */
  args: unknown[];
  run: Omit<RunFacts, 'signal'>;
  store: TaskStore | undefined;
}

type UserFunction = (...args: unknown[]) => unknown;

const text = (value: unknown, taskName: string, option: string): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw new AuthoringError(
    'BAD_OPTION',
    `\`${option}\` of the task '${taskName}' gave ${String(value)}, and has to give a text`,
    {
      details: { option, expected: 'a text', received: String(value) },
    },
  );
};

/** A limit's key is written in the store: of one that holds a secret, its hash. */
const unreadable = (key: string): string => (holdsSecret(key) ? createHash('sha256').update(key).digest('hex') : key);

const keyParts = async (
  given: GuardedArguments,
  cache: CacheOptions,
  read: () => Promise<unknown[]>,
): Promise<string[]> => {
  const { args, run, store } = given;
  const definition = given.definition.standIn?.for ?? given.definition;
  const { key = 'inputs' } = cache;
  if (typeof key === 'function') {
    const { flowName, runId, tags, taskRunId = '' } = run;
    const facts: CallFacts = { flowName, runId, tags, taskName: definition.name, taskRunId };
    return ['function', text(await (key as UserFunction)(...(await read()), facts), definition.name, 'cache.key')];
  }
  const omitted = omittedPositions(cache, definition.fn);
  const counted = args.map((arg, i) => (omitted.has(i) ? null : arg));
  // Arguments that were left out at the end are the same as `undefined` ones.
  while (counted.length > 0 && (counted.at(-1) === undefined || omitted.has(counted.length - 1))) counted.pop();
  const inputs = await (store === undefined ? contentHash(counted) : store.hash(counted));
  if (key === 'run') return ['run', inputs, run.runId];
  return key === 'inputs' ? ['inputs', inputs] : ['source', inputs, await sourceHash(definition)];
};

/** @throws what the user's functions throw; ResultStoreError; AuthoringError BAD_OPTION when one gives no text */
export const guardKeys = async (given: GuardedArguments): Promise<GuardKeys> => {
  const { definition, store } = given;
  const { limits = [], cache } = definition.options;
  let reading: Promise<unknown[]> | undefined;
  // Once for all functions: what is read replaces what stood for it.
  const read = (): Promise<unknown[]> =>
    (reading ??= Promise.all(given.args.map((arg) => (store === undefined ? arg : store.resolve(arg, false)))));
  const parts = cache && (await keyParts(given, cache, read));
  // The values of a mock are no other body's, nor theirs its own.
  if (definition.standIn?.body !== undefined) parts?.push(definition.standIn.body);
  const keys: GuardKeys = { limits: [] };
  for (const { key = '', name } of limits)
    keys.limits.push(
      typeof key === 'string'
        ? key
        : unreadable(text(await (key as UserFunction)(...(await read())), definition.name, `limits '${name}'.key`)),
    );
  if (cache === undefined || parts === undefined) return keys;
  const key = createHash('sha256')
    .update(JSON.stringify(['perdure.cache.1', definition.name, ...parts]))
    .digest('hex');
  const { refresh = false } = cache;
  const isRefreshed = typeof refresh === 'boolean' ? refresh : await (refresh as UserFunction)(...(await read()));
  return { ...keys, cache: { key, refresh: isRefreshed === true } };
};
