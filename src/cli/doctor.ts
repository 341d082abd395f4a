/** `perdure doctor`: what is there, what is wrong, and how to mend it. HOST. It only looks. */
import { runCommand, verbCommand } from './verb-command.js';
import type { Verb } from './verbs.js';

const help = {
  name: 'doctor',
  usage: '[options]',
  about:
    "Looks at everything that a run needs: Node, the packages' native parts, the Temporal server's binary, the project's\n" +
    'server and its database, workers, settings and disk space. Starts, installs and changes nothing.',
  examples: [
    ['perdure doctor', 'in the project'],
    ['perdure doctor --json', 'for programs and bug reports'],
  ],
  exits: [
    ['0', 'all that is needed is there; warnings are no fault'],
    ['1', 'something is broken: the line says how to mend it'],
    ['2', 'the command is wrong'],
  ],
} as const;

const examine = async ({ json }: { json?: boolean }): Promise<number> => {
  const [{ findProject }, { findings }, { terminalOf }, { findingLines }] = await Promise.all([
    import('../project/index.js'),
    import('./doctor/findings.js'),
    import('./terminal.js'),
    import('./doctor/finding.js'),
  ]);
  const found = await findings(findProject(process.cwd()));
  const isBroken = found.some(({ level }) => level === 'fail');
  const text = json
    ? JSON.stringify({ ok: !isBroken, findings: found }, undefined, 2)
    : findingLines(found, terminalOf(process.stdout).style()).join('\n');
  process.stdout.write(`${text}\n`);
  return isBroken ? 1 : 0;
};

export const doctor: Verb = async (args) => {
  let status = 0;
  const command = verbCommand(help)
    .option('--json', 'print one JSON object { ok, findings: [{ level, subject, found, remedy? }] }')
    .action(async (flags: { json?: boolean }) => {
      status = await examine(flags);
    });
  await runCommand(command, args);
  return status;
};
