/** `replayHistory(history, { files })`: whether a flow's code still fits a run that was made before. HOST. */
import { fileURLToPath } from 'node:url';
import { resolve } from 'node:path';
import { bundleFlows } from '../compiler/index.js';
import { AuthoringError, RunError, UsageError } from '../index.js';
import { firstMismatch, type HistoryEvent } from './first-mismatch.js';
import { ensureStateDir, findProject, resultStoreUrl } from '../project/index.js';

export interface ReplayOptions {
  /** The files that define the flow and those that it calls, as paths or `file:` URLs. */
  files: readonly (string | URL)[];
  /** The result store of the run, where large parameters are. Default PERDURE_STORE, or `.perdure/results` beside the project. */
  store?: string;
}

interface Started {
  workflowId?: string | null;
  workflowType?: { name?: string | null } | null;
}

/** The history of an SDK (`fetchHistory()`), the JSON of Temporal's tools, or that as text. */
type History = string | { events?: unknown };

const notAHistory = (received: string, cause?: unknown): AuthoringError => {
  const expected =
    'a history: the JSON of `temporal workflow show --output json`, or what `run.workflow.fetchHistory()` gives';
  return new AuthoringError('BAD_OPTION', `replayHistory(): expected ${expected}, got ${received}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { option: 'history', expected, received },
  });
};

const parsed = (history: History): { history: { events: HistoryEvent[] }; started: Started } => {
  let given: unknown = history;
  try {
    if (typeof history === 'string') given = JSON.parse(history);
  } catch (error) {
    throw notAHistory(`text that is no JSON (${(error as Error).message})`, error);
  }
  const events = (given as { events?: unknown } | null)?.events;
  const [first] = (Array.isArray(events) ? events : []) as { workflowExecutionStartedEventAttributes?: Started }[];
  const started = first?.workflowExecutionStartedEventAttributes;
  if (started?.workflowType?.name === undefined) throw notAHistory('something without the event of a start');
  return { history: given as { events: HistoryEvent[] }, started };
};

/**
 * Runs the flow's code as it is now against the history of an earlier run, and compares what it does with what is
 * recorded, as a worker does that takes the run over: the test that a change of a flow does not park the runs that are under way.
 * Tasks do not run, and no server is needed. Child runs have histories of their own. As Temporal's `Worker.runReplayHistory`.
 *
 * @param history of one run: `temporal workflow show --output json` (text or parsed), or `await run.workflow.fetchHistory()`
 * @param options see ReplayOptions
 * @throws RunError REPLAY_MISMATCH, whose message names the first event that differs; UsageError FLOW_NOT_FOUND; BundleError;
 *   AuthoringError BAD_OPTION when it is no history
 * @example await replayHistory(readFileSync('histories/nightly.json', 'utf8'), { files: ['flows/nightly.ts'] });
 */
export const replayHistory = async (history: History, options: ReplayOptions): Promise<void> => {
  const { history: given, started } = parsed(history);
  const files = options.files.map((file) =>
    String(file).startsWith('file:') ? fileURLToPath(file) : resolve(String(file)),
  );
  const project = findProject(files[0] ?? process.cwd());
  ensureStateDir(project);
  const [{ path: bundlePath }, { replayRun }] = await Promise.all([
    bundleFlows(files, { projectRoot: project.root, cacheDir: project.cacheDir }),
    import('../worker.js'),
  ]);
  const [runId, flowName] = [started.workflowId || 'unknown', started.workflowType?.name ?? ''];
  const store = resultStoreUrl(project, options.store);
  const end = await replayRun({ history: given, runId, bundlePath, store });
  if (end.kind === 'same') return;
  if (end.says.includes('no such function is exported by the workflow bundle'))
    throw new UsageError(
      'FLOW_NOT_FOUND',
      `The history is one of the flow '${flowName}', which none of the files declares: ${files.join(', ')}`,
      { cause: end.error, details: { flowName, files } },
    );
  const { says, ...at } = firstMismatch(end.says, given.events);
  throw new RunError(
    'REPLAY_MISMATCH',
    `The code of the flow '${flowName}' does not fit the history of the run '${runId}': ${says}. A worker with this code ` +
      `would park the run. Keep the old way for such runs with patched(…), or leave the flow as it was and declare another.`,
    { cause: end.error, details: { runId, flowName, ...at } },
  );
};
