/** The run that a command is about, on the server that its options name. HOST. */
import type { RunHandle } from '../authoring/launcher.js';
import { UsageError } from '../core/errors.js';
import { getRun, temporal } from '../executors/index.js';
import { oneLine, shorten } from './printable.js';
import { say } from './standard-streams.js';
import type { ServerFlags } from './verb-command.js';

export interface OneRunFlags extends Omit<ServerFlags, 'taskQueue'> {
  json?: boolean;
}

/** @throws RunError RUN_NOT_FOUND; ConnectionError SERVER_UNREACHABLE */
export const runOf = (runId: string, { json: _json, ...server }: OneRunFlags): Promise<RunHandle<unknown>> =>
  getRun(runId, { executor: temporal(server) });

/** JSON where it is JSON; a text otherwise would hide a typing mistake. @throws UsageError BAD_USAGE */
export const jsonValue = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const shown = shorten(oneLine(text), 80);
    throw new UsageError(
      'BAD_USAGE',
      `Expected --value to be JSON, such as '{"ok": true}', 3 or '"a text"', got ${shown}: ${(cause as Error).message}`,
      { details: { option: '--value' } },
    );
  }
};

export const giveJson = (value: unknown): number => {
  process.stdout.write(`${JSON.stringify(value)}\n`);
  return 0;
};

/** Has `tell` say something to the run, and prints what came of it: `json` for programs, the line `said` for people. */
export const tellRun = async (
  runId: string,
  flags: OneRunFlags,
  tell: (run: RunHandle<unknown>) => Promise<{ json: object; said: string }>,
): Promise<number> => {
  const { json, said } = await tell(await runOf(runId, flags));
  if (flags.json) return giveJson(json);
  say(oneLine(said));
  return 0;
};
