/** One `perdure worker` from its start to its drain. HOST. */
import { ConnectionError } from '../../core/errors.js';
import { externalServer, runningServer, type ServerAddress } from '../../dev-server/index.js';
import { openLocalSession } from '../../executors/index.js';
import { findProject, type Project } from '../../project/index.js';
import { readBundleFile } from '../build/bundle-file.js';
import { flowLines } from '../hosting-lines.js';
import { closeInTime } from '../close-in-time.js';
import { executorOf } from '../executor-of.js';
import { Interrupts } from '../interrupts.js';
import { printableOutput } from '../printable.js';
import { sourceFile } from '../source-file.js';
import { say } from '../standard-streams.js';
import { serverOverrides, type ExecutorFlags, type ServerFlags } from '../verb-command.js';
import { watchConnection } from './watch-connection.js';

export interface WorkerFlags extends ExecutorFlags, ServerFlags {
  bundle?: string;
}

const serverFor = async (project: Project, flags: ServerFlags): Promise<ServerAddress> => {
  const server = externalServer(serverOverrides(flags)) ?? (await runningServer(project));
  if (server !== undefined) return server;
  throw new ConnectionError(
    'SERVER_UNREACHABLE',
    `There is no Temporal server for the worker: none is configured, and the project's own is not up. Start it with \`perdure dev\`, or name one: --address host:port, TEMPORAL_ADDRESS, temporal.toml.`,
    { details: { project: project.root } },
  );
};

export const hostFiles = async (given: readonly string[], flags: WorkerFlags): Promise<number> => {
  const files = [...new Set(given.map(sourceFile))];
  const executor = executorOf(flags);
  const made = flags.bundle === undefined ? {} : readBundleFile(flags.bundle, files);
  const project = findProject(files[0] ?? process.cwd());
  const interrupts = new Interrupts();
  const stopped = new Promise<void>((resolve) =>
    interrupts.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const server = await serverFor(project, flags);
  const taskQueue = flags.taskQueue ?? project.name;
  const opening = openLocalSession({
    ...{ files, executor, server, ...made, keptQueue: taskQueue },
    onProgress: say,
    onTaskEvent: (event) => {
      if (event.kind === 'output') process.stderr.write(printableOutput(event.text));
    },
  });
  const session = await Promise.race([opening, stopped]);
  if (session === undefined) {
    await opening.then((late) => late.close()).catch(() => undefined);
    return 0;
  }
  interrupts.endAtOnce = session.kill;
  const stopWatching = watchConnection(session.client, server.address);
  try {
    const { flows, tasks } = await session.manifest();
    for (const warning of session.bundle.warnings) say(`warning: ${warning}`);
    say(
      `Hosts ${flows.length} flow${flows.length === 1 ? '' : 's'} and ${tasks.length} task${tasks.length === 1 ? '' : 's'}:`,
    );
    for (const line of flowLines(flows)) say(line);
    say(`Ready: polls '${taskQueue}' at ${server.address}, namespace ${server.namespace}. Ctrl-C stops.`);
    await Promise.race([stopped, session.failed]);
    say('Stopping: running tasks have 5 seconds to end; again to stop at once.');
    return 0;
  } finally {
    stopWatching();
    await closeInTime(session.close());
  }
};
