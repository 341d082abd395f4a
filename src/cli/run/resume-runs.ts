/** `perdure run FILE --resume`: starts nothing, goes on with the file's unfinished runs until they have ended. HOST. */
import { PerdureError } from '../../core/errors.js';
import { State } from '../../core/state.js';
import { errorLines } from '../error-report.js';
import { oneLine } from '../printable.js';
import { fromHere } from '../source-file.js';
import { say } from '../standard-streams.js';
import { findUnfinished, hostRuns } from './continue-runs.js';
import { endLine, followAll } from './follow-others.js';
import type { RunContext } from './run-file.js';

export const resumeRuns = async (context: RunContext): Promise<number> => {
  const { session, file, interrupts, terminal, flags } = context;
  const { free, hosted, mixed } = await findUnfinished(session, [file]);
  const watched = [...free, ...hosted];
  for (const { runId, taskQueue } of mixed)
    say(
      `${oneLine(runId)} waits in the task queue '${taskQueue}' beside runs of other files, so it is not hosted here. ` +
        'Host all of them together: perdure dev FILE…',
    );
  if (watched.length === 0) {
    context.display.close();
    if (mixed.length === 0) say(`Nothing to resume: ${fromHere(file)} has no unfinished run.`);
    if (flags.json) context.result(`${JSON.stringify({ runs: [] })}\n`);
    return mixed.length === 0 ? 0 : 1;
  }
  say(
    `Continuing ${watched.length} unfinished run${watched.length === 1 ? '' : 's'} of this file: ${watched.map(({ runId }) => oneLine(runId)).join(', ')}`,
  );
  await hostRuns(session, free);
  const stop = new AbortController();
  if (interrupts.signal.aborted) stop.abort();
  interrupts.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const { followers, ended } = followAll(context, watched, stop.signal);
  await Promise.race([ended, session.failed]);
  context.display.close();
  for (const follower of followers) {
    say(endLine(follower, context));
    const { state } = follower.view;
    if (!follower.hasEnded || state === State.Completed || state === State.Cancelled) continue;
    const error = await follower.value().catch((thrown: unknown) => thrown);
    if (error instanceof PerdureError) for (const line of errorLines(error, terminal.style())) say(`  ${line}`);
  }
  if (flags.json)
    context.result(
      `${JSON.stringify({ runs: followers.map(({ view }) => ({ runId: view.runId, flow: view.flowName, state: view.state })) })}\n`,
    );
  if (followers.some((follower) => !follower.hasEnded))
    say(`Unfinished runs stay where they are. To go on with them: perdure run ${fromHere(file)} --resume`);
  const allWell = mixed.length === 0 && followers.every(({ view }) => view.state === State.Completed);
  return allWell ? 0 : (interrupts.exitCode ?? 1);
};
