/** Says how a run has ended, gives its value to stdout, and hands on what `--json` tells of it. HOST. */
import { PerdureError } from '../../core/errors.js';
import { State } from '../../core/state.js';
import { runningServer } from '../../dev-server/index.js';
import { say } from '../standard-streams.js';
import { finalReport } from './final-report.js';
import type { RunFollower } from './follow-run.js';
import { previewDatasets } from './preview-datasets.js';
import { readableValue, type RunOutcome } from './result-output.js';
import type { RunContext } from './run-file.js';

/** The run's server goes on after this command. */
export const serverStays = async ({ session }: RunContext): Promise<boolean> =>
  session.server.kind === 'external' || (await runningServer(session.project))?.mode === 'kept';

const uiOf = ({ session: { server } }: RunContext, runId: string): string | undefined =>
  server.uiUrl === undefined
    ? undefined
    : `${server.uiUrl}/namespaces/${encodeURIComponent(server.namespace)}/workflows/${encodeURIComponent(runId)}`;

/** The value, or what was thrown. */
const outcomeOf = async (follower: RunFollower): Promise<{ value?: unknown; error?: unknown }> => {
  try {
    return { value: await previewDatasets(await follower.value()) };
  } catch (error) {
    if (error instanceof PerdureError) return { error };
    throw error;
  }
};

/** Of a run that has ended. Takes the display down. */
export const reportRun = async (
  context: RunContext,
  follower: RunFollower,
  staying: Promise<boolean>,
): Promise<RunOutcome> => {
  const { flags, terminal, display } = context;
  const { view, handle } = follower;
  const { value, error } = await outcomeOf(follower);
  const url = uiOf(context, handle.runId);
  const stays = await staying;
  display.close();
  const report = finalReport(
    {
      ...{ view, state: view.state, value, error },
      // Where stdout is read elsewhere, and somebody looks on here.
      withValue: process.stderr.isTTY && !process.stdout.isTTY,
      ...(url === undefined ? {} : { ui: { url, stays } }),
    },
    terminal.style(),
  );
  if (!flags.quiet || view.state !== State.Completed) for (const line of report) say(line);
  if (!flags.json && value !== undefined) context.result(`${readableValue(value)}\n`);
  return { runId: handle.runId, flow: handle.flowName, state: view.state, value, error };
};
