/** `perdure signal`: sends a signal to a run. HOST. */
import type { OneRunFlags } from './one-run.js';
import { runCommand, verbCommand, withConnectionOptions } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'signal',
  usage: 'RUN NAME [options]',
  about:
    'Sends the signal NAME to the run RUN, for its waitFor(NAME). It is kept until the flow waits for it, also when no worker\n' +
    'hosts the run at the moment; signals of one name are taken in the order in which they came.',
  examples: [
    ['perdure signal nightly-2026-01-31 uploaded --value \'{"bytes": 12}\'', 'with a value'],
    ['perdure signal nightly-2026-01-31 go --id once', 'taken once, however often it is sent'],
  ],
  exits: [
    ['0', 'the server has it'],
    ['1', 'there is no such run, or it has ended'],
    ['2', 'the command is wrong'],
  ],
} as const;

type Flags = OneRunFlags & { value?: string; id?: string };

const send = async (runId: string, name: string, { value, id, ...flags }: Flags): Promise<number> => {
  const { jsonValue, tellRun } = await import('./one-run.js');
  const given = jsonValue(value);
  return tellRun(runId, flags, async (run) => {
    await run.signal(name, given, id === undefined ? {} : { id });
    return { json: { runId, signal: name }, said: `Sent ${name} to ${runId}.` };
  });
};

export const signal: Verb = async (args) => {
  let status = 0;
  const command = verbCommand(help)
    .argument('<run>', "the run's id")
    .argument('<name>', "the signal's name")
    .option('--value <json>', 'what the flow gets, as JSON (default: none)')
    .option('--id <id>', 'the same id is taken once, however often it is sent')
    .option('--json', 'print one JSON object { runId, signal }');
  withConnectionOptions(command);
  command.action(async (runId: string, name: string, flags: Flags) => {
    status = await send(runId, name, flags);
  });
  await runCommand(command, args);
  return status;
};
