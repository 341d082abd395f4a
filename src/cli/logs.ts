/** `perdure logs`: reads the log of a run, and follows it. HOST. */
import { Option } from 'commander';
import { logLevels, type LogLevel } from '../core/log-line.js';
import { logWords } from './log-words.js';
import { logOf, openRunStore, refuseUnknownRun } from './run-store.js';
import { terminalOf } from './terminal.js';
import { numberFrom0, runCommand, verbCommand } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'logs',
  usage: 'RUN [options]',
  about:
    "Prints what the tasks and the flow code of a run logged, in order of time, from the project's result store. A server is\n" +
    'needed only to follow a run. The lines are on stdout.',
  examples: [
    ['perdure logs nightly-20260131-9f3c21ab', 'all of it'],
    ['perdure logs nightly-20260131-9f3c21ab --level warn --task load', 'what was wrong in one task'],
    ['perdure logs nightly-20260131-9f3c21ab --follow', 'until the run has ended'],
    ['perdure logs nightly-20260131-9f3c21ab --json | jq .fields', 'for programs: one JSON object a line'],
  ],
  exits: [
    ['0', 'it was printed'],
    ['1', 'there is no such run, or the store cannot be read'],
    ['2', 'the command is wrong'],
  ],
} as const;

interface LogFlags {
  follow?: boolean;
  level?: LogLevel;
  task?: string;
  from?: number;
  after?: string;
  limit?: number;
  json?: boolean;
  store?: string;
}

const print = async (runId: string, { json, store: given, ...options }: LogFlags): Promise<void> => {
  const store = await openRunStore(given);
  const { colors } = terminalOf(process.stdout).style();
  let count = 0;
  if (options.follow) await refuseUnknownRun(runId);
  for await (const line of logOf(store, runId, options)) {
    count++;
    process.stdout.write(`${json ? JSON.stringify(line) : logWords(line, colors)}\n`);
  }
  if (count === 0) await refuseUnknownRun(runId);
};

export const logs: Verb = async (args) => {
  const command = verbCommand(help)
    .argument('<run>', "the run's id")
    .option('--follow', 'go on as lines come, until the run has ended')
    .addOption(new Option('--level <level>', 'only of this level and above (default: debug)').choices(logLevels))
    .option('--task <task>', 'only of this task, by its name or the id of a task run')
    .option('--from <n>', 'leave out so many lines at the start', numberFrom0)
    .option('--after <id>', 'only what comes after the line with this id (as --json shows it)')
    .option('--limit <n>', 'print so many lines at most', numberFrom0)
    .option('--json', 'one JSON object a line')
    .option('--store <url>', 'where results lie (default: PERDURE_STORE, else .perdure/results)');
  command.action((runId: string, flags: LogFlags) => print(runId, flags));
  await runCommand(command, args);
  return 0;
};
