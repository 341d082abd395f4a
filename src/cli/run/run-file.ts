/**
 * One `perdure run` from its flags to its exit status: opens what is needed, starts the run or none, follows it, and
 * leaves nothing behind. HOST.
 */
import type { LogLevel } from '../../core/log-line.js';
import { findProject } from '../../project/index.js';
import { RunError, UsageError } from '../../core/errors.js';
import { runIdProblem } from '../../core/run-id-problem.js';
import { externalServer, type ServerAddress } from '../../dev-server/index.js';
import { openLocalSession, type LocalSession } from '../../executors/index.js';
import { closeInTime } from '../close-in-time.js';
import { errorLine } from '../error-json.js';
import { executorOf } from '../executor-of.js';
import { Interrupts } from '../interrupts.js';
import { paramsOf } from '../params.js';
import { sourceFile } from '../source-file.js';
import { giveResult, keepStdoutForResults, say } from '../standard-streams.js';
import { terminalOf, type Terminal } from '../terminal.js';
import { serverOverrides, type ExecutorFlags, type ServerFlags } from '../verb-command.js';
import { createDisplay, type Display } from './display.js';

export interface RunFlags extends ExecutorFlags, ServerFlags {
  flow?: string;
  param?: string[];
  params?: string;
  id?: string;
  tag?: string[];
  json?: boolean;
  logLevel?: LogLevel | 'none';
  quiet?: boolean;
  resume?: boolean;
}

/** What the parts of a run share. */
export interface RunContext {
  readonly file: string;
  readonly flags: RunFlags;
  readonly params: Record<string, unknown> | undefined;
  readonly session: LocalSession;
  readonly interrupts: Interrupts;
  readonly terminal: Terminal;
  /** Hosts nothing: the server's own workers do. The queue that they poll. */
  readonly workersQueue: string | undefined;
  readonly result: (text: string) => void;
  display: Display;
}

const refuseBadId = ({ id }: RunFlags): void => {
  const problem = id === undefined ? undefined : runIdProblem(id);
  if (problem === undefined) return;
  throw new UsageError('BAD_USAGE', `Expected --id to be a text that names the run, got ${problem}.`, {
    details: { option: '--id' },
  });
};

const refuseWithResume = (flags: RunFlags): void => {
  if (!flags.resume) return;
  const given = (['flow', 'param', 'params', 'id', 'tag', 'taskQueue'] as const).find(
    (flag) => flags[flag] !== undefined,
  );
  if (given === undefined) return;
  const option = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(
    'BAD_USAGE',
    `--resume starts no run, so ${option} means nothing beside it. Leave one of them out.`,
    {
      details: { option },
    },
  );
};

/** The server that the flags name; `undefined`: the configured or the embedded one. */
const serverOf = (flags: ServerFlags): ServerAddress | undefined => {
  const overrides = serverOverrides(flags);
  if (Object.values(overrides).every((one) => one === undefined)) return undefined;
  const server = externalServer(overrides);
  if (server !== undefined) return server;
  throw new UsageError(
    'BAD_USAGE',
    'Which server? --namespace, --tls, --api-key and --profile go with --address, TEMPORAL_ADDRESS, or an address in temporal.toml.',
    { details: { option: '--address' } },
  );
};

/** How long what was begun may take to be undone after a signal, before the process just ends. */
const undoMs = 3_000;

/** The session; `undefined` when a signal came first, and whatever had begun is undone. */
const openUnlessInterrupted = async (
  options: Parameters<typeof openLocalSession>[0],
  interrupts: Interrupts,
): Promise<LocalSession | undefined> => {
  const opening = openLocalSession({ ...options, signal: interrupts.signal });
  const interrupted = new Promise<undefined>((resolve) =>
    interrupts.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  const session = await Promise.race([opening, interrupted]).catch((error: unknown) => {
    if (interrupts.signal.aborted) return undefined;
    throw error;
  });
  if (session !== undefined && !interrupts.signal.aborted) return session;
  const undone = opening.then((late) => late.close()).catch(() => undefined);
  await Promise.race([undone, new Promise((resolve) => setTimeout(resolve, undoMs))]);
  return undefined;
};

export const runFile = async (given: string, flags: RunFlags): Promise<number> => {
  const file = sourceFile(given);
  refuseWithResume(flags);
  refuseBadId(flags);
  const [params, executor, server] = [paramsOf(flags), executorOf(flags), serverOf(flags)];
  const isHosted = flags.address === undefined && flags.taskQueue === undefined;
  const workersQueue = isHosted || flags.resume ? undefined : (flags.taskQueue ?? findProject(file).name);
  keepStdoutForResults();
  const [terminal, interrupts] = [terminalOf(process.stderr), new Interrupts()];
  const display = await createDisplay(terminal, { quiet: flags.quiet ?? false });
  let session: LocalSession | undefined;
  const context = { file, flags, params, interrupts, terminal, workersQueue, result: giveResult, display };
  try {
    session = await openUnlessInterrupted(
      {
        files: [file],
        executor,
        server,
        onProgress: (line) => context.display.status(line),
        onTaskEvent: (event) => {
          if (event.kind === 'output') context.display.output(event.text);
        },
      },
      interrupts,
    );
    if (session === undefined) {
      display.close();
      const message = 'Stopped before a run was started.';
      say(message);
      if (flags.json) giveResult(`${errorLine(new RunError('CANCELLED', message))}\n`);
      return interrupts.exitCode ?? 1;
    }
    interrupts.endAtOnce = session.kill;
    const shared = Object.assign(context, { session });
    return flags.resume
      ? await (await import('./resume-runs.js')).resumeRuns(shared)
      : await (await import('./run-flow.js')).runFlow(shared);
  } finally {
    context.display.close();
    if (session !== undefined) await closeInTime(session.close());
  }
};
