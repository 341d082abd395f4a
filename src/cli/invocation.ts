/** The commands that this one prints, so that they can be copied into the same shell. HOST. */
import { fromHere } from './source-file.js';

const runners: Readonly<Record<string, string>> = { npm: 'npx', pnpm: 'pnpm', yarn: 'yarn', bun: 'bunx' };

/** `perdure`, or `npx perdure` where a package manager found it: then it need not be on the PATH. */
export const invocation = (env: NodeJS.ProcessEnv = process.env): string => {
  const manager = env['npm_config_user_agent']?.split('/', 1)[0] ?? '';
  const runner = Object.hasOwn(runners, manager) ? runners[manager] : undefined;
  return runner === undefined ? 'perdure' : `${runner} perdure`;
};

/** A word of a command line to be copied. */
export const shellQuoted = (text: string): string =>
  /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Goes on with the unfinished runs of `file`. */
export const resumeCommand = (file: string): string => `${invocation()} run ${shellQuoted(fromHere(file))} --resume`;

/** Hosts what is in `file` on a queue of any server. */
export const workerCommand = (file: string, taskQueue: string): string =>
  `${invocation()} worker ${shellQuoted(fromHere(file))} --task-queue ${shellQuoted(taskQueue)}`;
