/** `perdure pause` and `perdure resume`. HOST. */
import type { OneRunFlags } from './one-run.js';
import { runCommand, verbCommand, withConnectionOptions } from './verb-command.js';
import type { Verb } from './verbs.js';

const exits = [
  ['0', 'the server has it; it is in force as soon as a worker that hosts the run has seen it'],
  ['1', 'there is no such run, or it has ended'],
  ['2', 'the command is wrong'],
] as const;

const helps = {
  pause: {
    name: 'pause',
    usage: 'RUN [options]',
    about:
      'Pauses the run RUN, and the runs of flows that it has called: no new task run starts, running ones go on to their end,\n' +
      'sleeps and timeouts go on. It stays paused, whatever is restarted, until `perdure resume RUN`; it can be cancelled.',
    examples: [['perdure pause nightly-2026-01-31', '']],
    exits,
  },
  resume: {
    name: 'resume',
    usage: 'RUN [options]',
    about:
      'Lets the paused run RUN, and the runs of flows that it has called, go on. To host what a killed run left unfinished:\n' +
      '`perdure run FILE --resume`.',
    examples: [['perdure resume nightly-2026-01-31', '']],
    exits,
  },
} as const;

const verbOf =
  (how: 'pause' | 'resume'): Verb =>
  async (args) => {
    const command = verbCommand(helps[how])
      .argument('<run>', "the run's id")
      .option('--json', `print one JSON object { runId, asked: '${how}' }`);
    withConnectionOptions(command);
    command.action(async (runId: string, flags: OneRunFlags) => {
      const { tellRun } = await import('./one-run.js');
      await tellRun(runId, flags, async (run) => {
        await run[how]();
        return { json: { runId, asked: how }, said: `Asked ${runId} to ${how}.` };
      });
    });
    await runCommand(command, args);
    return 0;
  };

export const pause = verbOf('pause');
export const resume = verbOf('resume');
