/** Unfinished runs that this process goes on with: shown, and waited for as long as they move. HOST. */
import { ClientRunHandle, type UnfinishedRun } from '../../client.js';
import type { RunView } from '../../core/run-view/run-view.js';
import { resumeCommand } from '../invocation.js';
import { oneLine } from '../printable.js';
import { say } from '../standard-streams.js';
import { createDisplay } from './display.js';
import { RunFollower, type FollowOptions } from './follow-run.js';
import type { RunContext } from './run-file.js';
import { markOf } from './view-words.js';

/** Runs in which nothing has happened for so long (they sleep, or wait for somebody) do not hold up the shell. */
const idleMs = 15_000;

export const followOptions = (
  { session }: RunContext,
  onView: (view: RunView) => void,
  signal?: AbortSignal,
): FollowOptions => ({
  onView,
  onSilence: (isSilent) =>
    say(
      isSilent
        ? `The server at ${session.server.address} does not answer; trying again. Nothing is lost.`
        : `The server at ${session.server.address} answers again.`,
    ),
  signal,
});

/** Followers of `runs`, all shown together. */
export const followAll = (
  context: RunContext,
  runs: readonly UnfinishedRun[],
  signal: AbortSignal,
): { followers: RunFollower[]; ended: Promise<unknown> } => {
  const views = new Map<string, RunView>();
  let hasWarned = false;
  const followers = runs.map(({ runId, flowName }) => {
    const options = followOptions(
      context,
      (view) => {
        views.set(runId, view);
        context.display.show([...views.values()]);
      },
      signal,
    );
    const { onSilence } = options;
    // One warning for all of them: it is one server.
    const once = (isSilent: boolean): void => {
      if (isSilent === hasWarned) return;
      hasWarned = isSilent;
      onSilence(isSilent);
    };
    return new RunFollower(new ClientRunHandle(context.session.client, runId, flowName), {
      ...options,
      onSilence: once,
    });
  });
  const ended = Promise.all(followers.map((follower) => follower.follow()));
  ended.catch(() => undefined);
  return { followers, ended };
};

export const endLine = ({ view }: RunFollower, { terminal }: RunContext): string =>
  `${markOf(view.state, terminal.style())} ${oneLine(view.runId)} ${view.parked === undefined ? view.state : `stands still: ${oneLine(view.parked)}`}`;

/** What to say of runs that are left. */
export const leftUnfinished = (file: string): string =>
  `Unfinished runs stay where they are. To go on with them: ${resumeCommand(file)}`;

/** Goes on with `runs` until they have ended, nothing happens any more, or a signal comes. */
export const waitForOthers = async (context: RunContext, runs: readonly UnfinishedRun[]): Promise<void> => {
  const { interrupts, flags, terminal, session, file } = context;
  context.display = await createDisplay(terminal, { quiet: flags.quiet ?? false });
  const stop = new AbortController();
  interrupts.signal.addEventListener('abort', () => stop.abort(), { once: true });
  const { followers, ended } = followAll(context, runs, stop.signal);
  const look = setInterval(() => {
    const open = followers.filter((follower) => !follower.hasEnded);
    if (open.every(({ progressAt }) => Date.now() - progressAt > idleMs)) stop.abort();
  }, 500);
  try {
    await Promise.race([ended, session.failed]);
  } finally {
    clearInterval(look);
    context.display.close();
  }
  for (const follower of followers) say(endLine(follower, context));
  if (followers.some((follower) => !follower.hasEnded)) say(leftUnfinished(file));
};
