/** `perdure artifacts`: shows what the tasks of a run left to look at. HOST. */
import type { Artifact } from '../core/artifact.js';
import { artifactLines } from './artifacts/artifact-lines.js';
import { openRunStore, refuseUnknownRun } from './run-store.js';
import { terminalOf } from './terminal.js';
import { numberFrom0, runCommand, verbCommand } from './verb-command.js';
import type { Verb } from './verbs.js';
import { readArtifacts } from '../results/index.js';

const help = {
  name: 'artifacts',
  usage: 'RUN [KEY] [options]',
  about:
    "Shows the artifacts of a run, the last of each task run and key, from the project's result store: tables and markdown as\n" +
    'text, links and progress in a line. With KEY only those of that key. They are on stdout.',
  examples: [
    ['perdure artifacts nightly-20260131-9f3c21ab', 'all of them'],
    ['perdure artifacts nightly-20260131-9f3c21ab rejected-rows', 'one table'],
    ['perdure artifacts nightly-20260131-9f3c21ab --json', 'for programs: one JSON array'],
  ],
  exits: [
    ['0', 'they were shown, or there are none'],
    ['1', 'there is no such run, or the store cannot be read'],
    ['2', 'the command is wrong'],
  ],
} as const;

interface ArtifactFlags {
  task?: string;
  from?: number;
  limit?: number;
  json?: boolean;
  store?: string;
}

const show = async (runId: string, key: string | undefined, flags: ArtifactFlags): Promise<void> => {
  const { json, store, ...options } = flags;
  const found: Artifact[] = await readArtifacts(await openRunStore(store), runId, {
    ...options,
    ...(key === undefined ? {} : { key }),
  });
  if (found.length === 0) await refuseUnknownRun(runId);
  const style = terminalOf(process.stdout).style();
  const text = json ? JSON.stringify(found) : found.flatMap((one) => artifactLines(one, style)).join('\n');
  if (text !== '') process.stdout.write(`${text}\n`);
};

export const artifacts: Verb = async (args) => {
  const command = verbCommand(help)
    .argument('<run>', "the run's id")
    .argument('[key]', 'only artifacts of this key')
    .option('--task <task>', 'only of this task, by its name or the id of a task run')
    .option('--from <n>', 'leave out so many at the start', numberFrom0)
    .option('--limit <n>', 'so many at most (default: 100)', numberFrom0)
    .option('--json', 'one JSON array')
    .option('--store <url>', 'where results lie (default: PERDURE_STORE, else .perdure/results)');
  command.action((runId: string, key: string | undefined, flags: ArtifactFlags) => show(runId, key, flags));
  await runCommand(command, args);
  return 0;
};
