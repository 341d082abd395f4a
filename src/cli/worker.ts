/** `perdure worker`: hosts flows and tasks for any Temporal server. HOST. Only the words of the command; the work is in worker/. */
import type { WorkerFlags } from './worker/host-files.js';
import { runCommand, verbCommand, withExecutorOptions, withServerOptions } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'worker',
  usage: 'FILE… [options]',
  about:
    'Hosts the flows and tasks of the FILEs for a Temporal server, until it is stopped. Any number of workers share the load\n' +
    "of a task queue. The server: --address, TEMPORAL_ADDRESS, temporal.toml, else the project's own, if it is up. Does not\n" +
    'watch the files: start it again after a change.',
  examples: [
    ['perdure worker flows.ts', "for the project's own server (perdure dev)"],
    ['perdure worker flows.ts --address temporal.example.com:7233 --task-queue etl', 'for a cluster'],
    ['perdure worker flows.ts --bundle flows.js', 'with what `perdure build flows.ts --out flows.js` made'],
  ],
  exits: [
    ['0', 'stopped by SIGTERM or Ctrl-C: running tasks got 5 seconds to end, what is left goes to another worker'],
    ['1', 'no server, or the worker failed for good'],
    ['2', 'the command or a file is wrong'],
    ['130, 143', 'stopped at once by a second signal'],
  ],
} as const;

export const worker: Verb = async (args) => {
  let status = 0;
  const command = verbCommand(help).argument('<files...>', 'files that declare flows and tasks');
  withExecutorOptions(command);
  withServerOptions(command, "the queue to poll (default: the project's name)");
  command
    .option('--bundle <path>', 'the flows, compiled by `perdure build`; the FILEs are still loaded for their tasks')
    .action(async (files: string[], flags: WorkerFlags) => {
      status = await (await import('./worker/host-files.js')).hostFiles(files, flags);
    });
  await runCommand(command, args);
  return status;
};
