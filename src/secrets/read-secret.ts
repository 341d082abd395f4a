/**
 * Reads secrets by name: from the project's provider where there is one, else from the environment. HOST. Whatever is
 * read is hidden from then on: see `redact.ts`.
 */
import { pathToFileURL } from 'node:url';
import { ConfigError } from '../core/errors.js';
import { hideValue, redact } from './redact.js';

type Provider = (name: string) => string | undefined | Promise<string | undefined>;

/** Shorter ones cannot be told from other text. */
const minLength = 4;

let lazyProvider: (() => Promise<Provider>) | undefined;
let isWatching = false;

/** What the process prints is redacted too, once there is something to hide. */
const watchStreams = (): void => {
  if (isWatching) return;
  isWatching = true;
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
    stream.write = (chunk: unknown, ...rest: unknown[]) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('utf8');
      const redacted = redact(text);
      return write(redacted === text ? chunk : redacted, ...rest);
    };
  }
};

const load = async (file: string, prepare: (file: string) => Promise<void>): Promise<Provider> => {
  await prepare(file);
  const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  if (typeof loaded.default === 'function') return loaded.default as Provider;
  throw new ConfigError('BAD_CONFIG', `The secrets' provider ${file} has no default export that is a function.`, {
    details: { file },
  });
};

/** Names the module whose default export gives secrets by name; `prepare` makes its language importable. Loaded at the first use. */
export const useSecretsOf = (file: string, prepare: (file: string) => Promise<void>): void => {
  let loading: Promise<Provider> | undefined;
  lazyProvider = () => (loading ??= load(file, prepare));
};

/** @throws ConfigError SECRET_NOT_FOUND, BAD_CONFIG; whatever the provider throws */
export const readSecret = async (name: string): Promise<string> => {
  const given = await (lazyProvider === undefined ? process.env[name] : (await lazyProvider())(name));
  const value = given ?? process.env[name];
  if (typeof value !== 'string' || value.length < minLength)
    throw new ConfigError(
      'SECRET_NOT_FOUND',
      value === undefined || value === ''
        ? `There is no secret '${name}': set the environment variable ${name} where the worker runs, or have the secrets' provider give it.`
        : `The secret '${name}' has fewer than ${minLength} characters: it could not be told from other text, and so not be kept out of logs.`,
      { details: { name } },
    );
  if (hideValue(value)) watchStreams();
  return value;
};
