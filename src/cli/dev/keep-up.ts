/** One `perdure dev` from its start to Ctrl-C: the server, the worker that is swapped on changes, the log of runs. HOST. */
import { connectClient } from '../../client.js';
import { UsageError } from '../../core/errors.js';
import { externalServer, openDevServer, runningServer, type DevServer } from '../../dev-server/index.js';
import { findProject, type Project, resultStoreUrl } from '../../project/index.js';
import { errorLines } from '../error-report.js';
import { flowLines, startLines } from '../hosting-lines.js';
import { closeInTime } from '../close-in-time.js';
import { executorOf } from '../executor-of.js';
import { Interrupts } from '../interrupts.js';
import { fromHere, sourceFile } from '../source-file.js';
import { say } from '../standard-streams.js';
import { terminalOf, type Terminal } from '../terminal.js';
import type { ExecutorFlags } from '../verb-command.js';
import { pruneDaily } from './prune-daily.js';
import { followRunLog } from './run-log.js';
import { SwappedWorker } from './swapped-worker.js';
import { watchFiles } from './watch-files.js';

export interface DevFlags extends ExecutorFlags {
  port?: number;
  uiPort?: number;
}

const checkPort = (option: string, port: number | undefined): number | undefined => {
  if (port === undefined || (Number.isInteger(port) && port > 0 && port < 65_536)) return port;
  throw new UsageError('BAD_USAGE', `Expected ${option} to be a port from 1 to 65535.`, { details: { option } });
};

const sayStart = (server: DevServer, project: Project, files: readonly string[]): void => {
  say(`perdure dev: project ${project.name}`);
  say(`  server      ${server.address}, namespace ${server.namespace}`);
  if (server.uiUrl !== undefined) say(`  UI          ${server.uiUrl}`);
  if (files.length > 0) say(`  task queue  ${project.name}`);
  const external = externalServer();
  if (external !== undefined)
    say(
      `  note        your Temporal settings name ${external.address}: \`perdure run\` goes there, not to this server. Unset TEMPORAL_ADDRESS (or the profile's address) to use this one.`,
    );
};

const sayHosted = async (worker: SwappedWorker, server: DevServer, isFirst: boolean): Promise<void> => {
  const { session } = worker;
  if (session === undefined) return;
  const { flows } = await session.manifest();
  if (!isFirst) return say(`Reloaded: ${flows.map(({ name }) => `'${name}'`).join(', ') || 'no flows'}`);
  for (const warning of session.bundle.warnings) say(`warning: ${warning}`);
  say('Flows:');
  for (const line of flowLines(flows)) say(line);
  const lines = startLines(flows, { address: server.address, taskQueue: session.project.name, files: worker.files });
  if (lines.length > 0) say('Start one with:');
  for (const line of lines) say(line);
};

/** Compiles and swaps whenever a file changes, one at a time; the last change is never missed. */
const reloadOnChange = (worker: SwappedWorker, server: DevServer, terminal: Terminal): (() => Promise<void>) => {
  let isBusy = false;
  let again = false;
  let isFirst = true;
  const watched = watchFiles(() => void load());
  const load = async (): Promise<void> => {
    again = true;
    if (isBusy) return;
    isBusy = true;
    while (again) {
      again = false;
      try {
        await worker.load();
        watched.follow([...worker.files, ...(worker.session?.bundle.dependencies ?? [])]);
        await sayHosted(worker, server, isFirst);
        isFirst = false;
      } catch (error) {
        for (const line of errorLines(error, terminal.style())) say(line);
        say(
          worker.session === undefined
            ? 'Waiting for the file to be mended.'
            : 'The worker goes on with the code before this edit.',
        );
        watched.follow([...worker.files, ...(worker.session?.bundle.dependencies ?? [])], { anyCode: true });
      }
    }
    isBusy = false;
  };
  worker.onClose(() => watched.close());
  return load;
};

export const keepUp = async (given: readonly string[], flags: DevFlags): Promise<number> => {
  const files = [...new Set(given.map(sourceFile))];
  const [port, uiPort] = [checkPort('--port', flags.port), checkPort('--ui-port', flags.uiPort)];
  const executor = executorOf(flags);
  const project = findProject(files[0] ?? process.cwd());
  const terminal = terminalOf(process.stderr);
  const other = await runningServer(project);
  if (other?.mode === 'kept') {
    say(
      `Another \`perdure dev\` of ${project.root} is up: server ${other.address}${other.uiUrl ? `, UI ${other.uiUrl}` : ''}.`,
    );
    say('Stop that one first, or add its files there.');
    return 1;
  }
  const interrupts = new Interrupts();
  const stopped = new Promise<'stopped'>((resolve) =>
    interrupts.signal.addEventListener('abort', () => resolve('stopped'), { once: true }),
  );
  const server = await openDevServer({
    project,
    keep: true,
    onProgress: say,
    port,
    uiPort,
    signal: interrupts.signal,
  }).catch((error: unknown) => {
    if (interrupts.signal.aborted) return undefined;
    throw error;
  });
  if (server === undefined) return 0;
  const worker = new SwappedWorker({ files, executor, server, taskQueue: project.name });
  interrupts.endAtOnce = () => worker.kill();
  const client = await connectClient(server, { store: resultStoreUrl(project, executor.store) });
  const stopPruning = pruneDaily(client);
  let stopLog: () => void = () => undefined;
  try {
    sayStart(server, project, files);
    if (files.length > 0) await Promise.race([reloadOnChange(worker, server, terminal)(), stopped]);
    stopLog = followRunLog(client, { style: () => terminal.style(), write: say });
    if (!interrupts.signal.aborted)
      say(files.length > 0 ? `Watching ${files.map(fromHere).join(', ')}. Ctrl-C stops.` : 'Ctrl-C stops.');
    const end = await Promise.race([stopped, server.ended, worker.failed]);
    if (end !== 'stopped' && end.kind === 'lost') throw end.error;
    say('Stopping.');
    return 0;
  } finally {
    stopLog();
    stopPruning();
    await closeInTime(Promise.all([worker.close(), client.connection.close()]));
    await closeInTime(server.close());
  }
};
