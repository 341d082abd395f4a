/** `perdure run FILE --resume`: starts nothing, goes on with the file's unfinished runs until they have ended. HOST. */
import { State } from '../../core/state.js';
import { invocation } from '../invocation.js';
import { oneLine } from '../printable.js';
import { fromHere } from '../source-file.js';
import { say } from '../standard-streams.js';
import { findUnfinished, hostRuns } from '../../executors/index.js';
import { endLine, followAll, leftUnfinished } from './follow-others.js';
import type { RunFollower } from './follow-run.js';
import { reportRun, serverStays } from './report-run.js';
import { jsonLineOf, type RunOutcome } from './result-output.js';
import type { RunContext } from './run-file.js';
import { showLog } from './show-log.js';
import { standstillLines, watchStandstill } from './standstill.js';

export const resumeRuns = async (context: RunContext): Promise<number> => {
  const { session, file, interrupts, flags } = context;
  const { free, hosted, mixed } = await findUnfinished(session, [file]);
  const watched = [...free, ...hosted];
  for (const { runId, taskQueue } of mixed)
    say(
      `${oneLine(runId)} waits in the task queue '${taskQueue}' beside runs of other files, so it is not hosted here. ` +
        `Host all of them together: ${invocation()} dev FILE…`,
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
  const endLogs = followers.map(({ handle }) => showLog(context, handle));
  const stopLooking = stopWhenAllStand(context, followers, stop);
  await Promise.race([ended, session.failed]);
  await Promise.all(endLogs.map((endLog) => endLog()));
  stopLooking();
  context.display.close();
  const outcomes = await reportAll(context, followers);
  if (flags.json) context.result(`${jsonLineOf(outcomes)}\n`);
  if (outcomes.some(({ isUnfinished, parked }) => isUnfinished && parked === undefined)) say(leftUnfinished(file));
  const allWell = mixed.length === 0 && outcomes.every(({ state }) => state === State.Completed);
  return allWell ? 0 : (interrupts.exitCode ?? 1);
};

/** A parked run is not waited for once every other has ended. */
const stopWhenAllStand = (
  { session }: RunContext,
  followers: readonly RunFollower[],
  stop: AbortController,
): (() => void) => {
  const standing = new Set<RunFollower>();
  const looks = followers.map((follower) =>
    watchStandstill(session.client, follower, {
      whenNobody: () => false,
      onStandstill: () => standing.add(follower),
    }),
  );
  const timer = setInterval(() => {
    const open = followers.filter(({ hasEnded }) => !hasEnded);
    if (open.length > 0 && open.every((follower) => standing.has(follower) && follower.view.parked !== undefined))
      stop.abort();
  }, 250);
  timer.unref();
  return () => {
    clearInterval(timer);
    for (const stopLook of looks) stopLook();
  };
};

/** A report for each run, as a plain run has it; a line or two for what has not ended. */
const reportAll = async (context: RunContext, followers: readonly RunFollower[]): Promise<RunOutcome[]> => {
  const staying = serverStays(context);
  staying.catch(() => undefined);
  const outcomes: RunOutcome[] = [];
  for (const follower of followers) {
    const { runId, flowName: flow, state, parked } = follower.view;
    if (follower.hasEnded) {
      if (followers.length > 1) say(`\n${endLine(follower, context)}`);
      outcomes.push(await reportRun(context, follower, staying));
      continue;
    }
    outcomes.push({ runId, flow, state, parked, isUnfinished: true });
    const about = { why: 'parked', isCancelled: false, serverStays: await staying } as const;
    const lines = parked === undefined ? [endLine(follower, context)] : standstillLines(context, follower, about);
    for (const line of lines) say(line);
  }
  return outcomes;
};
