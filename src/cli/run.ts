/** `perdure run`: runs a flow of a file and shows how it goes. HOST. Only the words of the command; the work is in run/. */
import { Option } from 'commander';
import { logLevels } from '../core/log-line.js';
import type { RunFlags } from './run/run-file.js';
import {
  collect,
  collectTags,
  runCommand,
  verbCommand,
  withExecutorOptions,
  withServerOptions,
} from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'run',
  usage: 'FILE [options]',
  about:
    'Runs a flow of FILE and shows how its tasks go. Uses the server that is configured or kept up by `perdure dev`; without\n' +
    'one it starts the embedded server, and stops it again. What a killed run of FILE left unfinished goes on beside it.\n' +
    'The result is printed on stdout, everything else on stderr.',
  examples: [
    ['perdure run pipeline.ts', 'the only flow of the file'],
    [
      "perdure run pipeline.ts --flow nightly --param day=2026-01-31 --param 'limit=10'",
      'one of several, with parameters',
    ],
    ['perdure run pipeline.ts --json 2>run.log | jq .result', 'for programs'],
    ['perdure run pipeline.ts --resume', 'starts nothing: goes on with what is unfinished'],
  ],
  exits: [
    ['0', 'the run completed'],
    ['1', 'it failed, timed out or was cancelled by somebody else, it is left parked, or it could not be run'],
    ['2', 'the command, the file, the flow or the parameters are wrong: nothing was started'],
    ['130, 143', 'it was ended by Ctrl-C (SIGINT), by SIGTERM: cancelled, or left as the last lines say'],
  ],
} as const;

export const run: Verb = async (args) => {
  let status = 0;
  const command = verbCommand(help)
    .argument('<file>', 'the file that declares the flow')
    .option('--flow <name>', 'the flow to run, when the file has several')
    .option(
      '--param <name=value>',
      'a parameter; the value is JSON (n=3 is a number, n=\'"3"\' a text), or else text; may be given again',
      collect,
    )
    .option('--params <json>', 'all parameters as one JSON object; --param wins over it')
    .option('--id <id>', "the run's id (default: made from the flow's name); an id that is under way is attached to")
    .option('--tag <tag>', 'a label kept with the run; may be given again', collectTags)
    .option('--json', 'print one JSON object { runId, flow, state, result } or { …, error } as the last line of stdout')
    .addOption(
      new Option('--log-level <level>', 'show lines that are logged, of this level and above')
        .choices([...logLevels, 'none'])
        .default('warn'),
    )
    .option('--quiet', 'show no progress and no report, only failures and what the run waits for somebody to do')
    .option('--resume', "start nothing: go on with the file's unfinished runs until they have ended");
  withExecutorOptions(command);
  withServerOptions(command, 'run on the workers that poll this queue, and host nothing here; so does --address');
  command.action(async (file: string, flags: RunFlags) => {
    status = await (await import('./run/run-file.js')).runFile(file, flags);
  });
  await runCommand(command, args);
  return status;
};
