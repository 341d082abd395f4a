/** `perdure dev`: keeps server, UI and a reloading worker up. HOST. Only the words of the command; the work is in dev/. */
import type { DevFlags } from './dev/keep-up.js';
import { runCommand, verbCommand, withExecutorOptions } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'dev',
  usage: '[FILE…] [options]',
  about:
    "Keeps the project's Temporal server up with its UI, and hosts the flows and tasks of the FILEs. When one of their\n" +
    'files changes it compiles again and swaps the worker; an edit that does not compile leaves the old one. `perdure run`\n' +
    'uses this server, and this worker where the code is the same. Unfinished runs of the FILEs go on.',
  examples: [
    ['perdure dev pipeline.ts', 'server, UI and worker'],
    ['perdure dev', 'server and UI only'],
    ['perdure dev flows/*.ts --processes 4', 'several files in one worker'],
  ],
  exits: [
    ['0', 'stopped by Ctrl-C or SIGTERM'],
    ['1', 'it could not be started, or another `perdure dev` of the project is up'],
    ['2', 'the command or a file is wrong'],
  ],
} as const;

export const dev: Verb = async (args) => {
  let status = 0;
  const command = withExecutorOptions(verbCommand(help).argument('[files...]', 'files that declare flows and tasks'))
    .option('--port <n>', "the server's gRPC port (default: 7233 when it is free)", Number)
    .option('--ui-port <n>', "the UI's port (default: 8233 when it is free)", Number)
    .action(async (files: string[], flags: DevFlags) => {
      status = await (await import('./dev/keep-up.js')).keepUp(files, flags);
    });
  await runCommand(command, args);
  return status;
};
