/**
 * Which import requests can never enter the sandbox. Host, build time; knows names only and resolves nothing.
 */
import { isBuiltin } from 'node:module';

/** Temporal's sandbox has stand-ins for these three, with these names; `assert` has all of its own. */
const sandboxBuiltins = new Map([
  ['assert', undefined],
  ['url', ['URL', 'URLSearchParams']],
  ['util', ['TextEncoder', 'TextDecoder']],
]);

/** Names of perdure's that belong to the program that starts runs. */
const scriptNames = ['local', 'temporal', 'inline', 'getRun'];

const hostPackages = [
  '@temporalio/activity',
  '@temporalio/client',
  '@temporalio/worker',
  '@temporalio/testing',
  '@temporalio/core-bridge',
  '@temporalio/envconfig',
  '@temporalio/common/lib/internal-non-workflow',
];

/** Imports made only for what they do to the host's process: left out of the flow, with a warning. */
const hostOnlyEffects = [
  'dotenv/config',
  'dotenv-expand/config',
  'source-map-support/register',
  'source-map-support/register.js',
  'tsx',
  'tsx/esm',
  'ts-node/register',
];

/** Imports made only for what they do to the language, which they do in the sandbox as well: kept. */
const sandboxEffects = ['reflect-metadata'];

/** `'node:fs/promises'` → `'fs/promises'` for every builtin the sandbox lacks; `undefined` for anything else. */
const hostBuiltin = (request: string): string | undefined => {
  if (!isBuiltin(request)) return undefined;
  const name = request.replace(/^node:/, '');
  return sandboxBuiltins.has(name) ? undefined : name;
};

/** A builtin that the sandbox has a stand-in for. */
export const isSandboxBuiltin = (request: string): boolean => sandboxBuiltins.has(request.replace(/^node:/, ''));

/** Whether `name` of the module `request` is missing inside a flow, though the host has it. */
export const isHostName = (request: string, name: string): boolean => {
  if (request === 'perdure') return scriptNames.includes(name);
  const names = sandboxBuiltins.get(request.replace(/^node:/, ''));
  return names !== undefined && name !== 'default' && !names.includes(name);
};

/** A package that works with the host only, such as Temporal's client. */
const isHostPackage = (request: string): boolean =>
  hostPackages.some((name) => request === name || request.startsWith(`${name}/`));

export const isHostModule = (request: string): boolean => hostBuiltin(request) !== undefined || isHostPackage(request);

/** What to do with an import that binds nothing and leads to a package. */
export const effectOf = (request: string): 'drop' | 'keep' | 'refuse' => {
  if (hostOnlyEffects.includes(request)) return 'drop';
  return sandboxEffects.includes(request) ? 'keep' : 'refuse';
};
