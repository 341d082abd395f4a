/** `getRun(id)`: the handle of a run that exists already. HOST. */
import type { RunHandle } from '../authoring/launcher.js';
import { ConnectionError } from '../core/errors.js';
import { findProject, resultStoreUrl } from '../project/index.js';
import type { InlineExecutor } from './inline.js';
import type { TemporalExecutor } from './temporal.js';

/**
 * Attaches to a run by its id. Looks on the server that `executor` names, else the configured one (TEMPORAL_ADDRESS,
 * temporal.toml), else the embedded server of the project of the working directory, if it is up. With `inline()` it looks
 * among the runs in memory of this process: those that are under way, and those whose handle the program still holds.
 * @throws RunError RUN_NOT_FOUND; ConnectionError SERVER_UNREACHABLE
 * @example const rows = await (await getRun<Row[]>('nightly-2026-01-31')).result();
 */
export const getRun = async <T = unknown>(
  runId: string,
  { executor }: { executor?: TemporalExecutor | InlineExecutor } = {},
): Promise<RunHandle<T>> => {
  if (executor?.kind === 'inline')
    return (await import('../inline/index.js')).existingInlineRun(runId) as RunHandle<unknown> as RunHandle<T>;
  const [{ externalServer, runningServer }, { connectClient, existingRun }] = await Promise.all([
    import('../dev-server/index.js'),
    import('../client.js'),
  ]);
  const { address, namespace, tls, apiKey, profile, store } = executor?.options ?? {};
  const project = findProject(process.cwd());
  const server = externalServer({ address, namespace, tls, apiKey, profile }) ?? (await runningServer(project));
  if (server === undefined)
    throw new ConnectionError(
      'SERVER_UNREACHABLE',
      `There is no Temporal server to look for the run '${runId}' on: none is configured, and the embedded one of this project is not up. Start it with \`perdure dev\`.`,
      { details: { runId } },
    );
  return existingRun(await connectClient(server, { store: resultStoreUrl(project, store) }), runId) as Promise<
    RunHandle<T>
  >;
};
