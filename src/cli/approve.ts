/** `perdure approve`: answers what a run asks, or lists what it asks. HOST. */
import type { OneRunFlags } from './one-run.js';
import { runCommand, verbCommand, withConnectionOptions } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'approve',
  usage: 'RUN [NAME] [options]',
  about:
    'Answers the open approval NAME of the run RUN, or gives the word for its task with the trigger rule manualOnly, by the\n' +
    'task-run id. The flow checks the value first: a refused one changes nothing. Without NAME it lists what is open, with\n' +
    'the JSON schema of the answer. Answering needs a worker that hosts the run; listing needs none.',
  examples: [
    ['perdure approve nightly-2026-01-31', 'what waits for an answer'],
    ['perdure approve nightly-2026-01-31 publish --value \'{"ok": true}\'', 'an answer'],
    ['perdure approve nightly-2026-01-31 deploy-0', 'the word for a task'],
  ],
  exits: [
    ['0', 'the answer was accepted, or the list is printed'],
    ['1', 'it was refused, nothing of that name is open, or there is no such run or worker'],
    ['2', 'the command is wrong'],
  ],
} as const;

const list = async (runId: string, flags: OneRunFlags): Promise<number> => {
  const [{ giveJson, runOf }, { oneLine }] = await Promise.all([import('./one-run.js'), import('./printable.js')]);
  const open = await (await runOf(runId, flags)).approvals();
  if (flags.json) return giveJson({ runId, approvals: open });
  if (open.length === 0) process.stdout.write('Nothing waits for an answer.\n');
  for (const { name, id, kind, until, schema } of open) {
    const bound = until === undefined ? '' : `, until ${until.toISOString()}`;
    process.stdout.write(`${oneLine(kind === 'manual' ? id : `${name} (${id})`)}: ${kind}${bound}\n`);
    if (schema !== undefined) process.stdout.write(`  ${oneLine(JSON.stringify(schema))}\n`);
  }
  return 0;
};

type Flags = OneRunFlags & { value?: string; id?: string };

const answer = async (runId: string, name: string, { value, id, ...flags }: Flags): Promise<number> => {
  const { jsonValue, tellRun } = await import('./one-run.js');
  const given = jsonValue(value);
  return tellRun(runId, flags, async (run) => {
    const answered = await run.approve(name, given, id === undefined ? {} : { id });
    return { json: { runId, answered }, said: `Answered ${answered}.` };
  });
};

export const approve: Verb = async (args) => {
  let status = 0;
  const command = verbCommand(help)
    .argument('<run>', "the run's id")
    .argument('[name]', "the approval's name or id, or a task-run id")
    .option('--value <json>', 'the answer, as JSON (default: none)')
    .option('--id <id>', 'the same id is taken once, however often it is sent')
    .option('--json', 'print one JSON object { runId, answered } or { runId, approvals }');
  withConnectionOptions(command);
  command.action(async (runId: string, name: string | undefined, flags: Flags) => {
    status = await (name === undefined ? list(runId, flags) : answer(runId, name, flags));
  });
  await runCommand(command, args);
  return status;
};
