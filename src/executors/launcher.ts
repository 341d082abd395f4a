/**
 * `flow.run()` and `flow.start()` on the host: opens what the executor needs, starts the run, and closes again when
 * nobody needs it any more. HOST.
 */
import { constants } from 'node:os';
import type { FlowDefinition } from '../authoring/definition.js';
import {
  type Executor,
  type FlowLauncher,
  type RunHandle,
  type RunOptions,
  runInsideFlow,
} from '../authoring/launcher.js';
import { AuthoringError, BundleError } from '../core/errors.js';
import { checkRunOptions, refuseOptionsAsParams } from '../authoring/options.js';
import { currentFlowRun } from '../authoring/scope.js';
import { parseParams } from '../core/params.js';
import { findProject, resultStoreUrl } from '../project/index.js';
import type { ClientRunHandle } from '../client.js';
import type { InlineExecutor } from './inline.js';
import { type LocalExecutor, local } from './local.js';
import { type LocalSession, openLocalSession, sourceIn } from './local-session.js';
import { type Held, keepReachable } from './reachable-handle.js';
import { takeOverWhenAlone } from './take-over.js';
import { tellWhenUnpolled } from './task-queue-pollers.js';
import { refuseStandIns } from './stand-ins.js';
import { type TemporalExecutor } from './temporal.js';

const startOptions = (flow: FlowDefinition, params: unknown, options: RunOptions) => {
  const { retries, retryDelay, timeout, priority, name: idTemplate } = flow.options;
  return {
    startable: { name: flow.name, retries, retryDelay, timeout, priority, idTemplate },
    common: { params, id: options.id, tags: options.tags },
  };
};

const fileOf = (flow: FlowDefinition): string => {
  const file = flow.site?.file;
  if (file === undefined || file.includes('://'))
    throw new BundleError(
      'SOURCE_UNKNOWN',
      `The file that defines the flow '${flow.name}' is not known. Give the flow the option source: import.meta.url.`,
      { details: { flowName: flow.name, file } },
    );
  return file;
};

/** How long a local session stays open after its last run, for the next one in a script. */
const lingerMs = 250;

interface Shared {
  executor: LocalExecutor;
  session: Promise<LocalSession>;
  isOpen: boolean;
  users: number;
  /** Runs that have not ended, as far as this process has started them. */
  running: Map<ClientRunHandle<unknown>['workflow'], Promise<unknown>>;
  closing?: NodeJS.Timeout | undefined;
}
const sessions = new Map<string, Shared>();

interface Acquired extends Held {
  running: Shared['running'];
}

const acquire = (file: string, executor: LocalExecutor, { isLook = false } = {}): Acquired => {
  const key = JSON.stringify([file, executor]);
  let shared = sessions.get(key);
  if (shared === undefined) {
    const { server } = executor;
    // A test says nothing of what takes time.
    const onProgress = server === undefined ? (line: string) => process.stderr.write(`${line}\n`) : undefined;
    const session = openLocalSession({ files: [file], executor, server, isLook, onProgress });
    const opening: Shared = { executor, session, isOpen: false, users: 0, running: new Map() };
    shared = opening;
    sessions.set(key, shared);
    session.then(
      () => (opening.isOpen = true),
      () => sessions.delete(key),
    );
    closeOnSignals();
  }
  const mine = shared;
  mine.users++;
  clearTimeout(mine.closing);
  const close = (): void => {
    sessions.delete(key);
    void mine.session.then((session) => session.close()).catch(() => undefined);
  };
  return {
    ...{ session: mine.session, running: mine.running },
    release: () => {
      // A test environment is closed by whoever made it.
      if (--mine.users === 0 && executor.server === undefined) mine.closing = setTimeout(close, lingerMs);
    },
  };
};

/** Closes what is open for a test environment's executor; what still runs there is terminated. */
export const closeSessions = async (executor: LocalExecutor): Promise<void> => {
  for (const [key, shared] of sessions) {
    if (shared.executor !== executor) continue;
    sessions.delete(key);
    const session = await shared.session.catch(() => undefined);
    // Whoever waits for a run hears of its end; a connection that is closed under him would tell him nothing.
    for (const [workflow, ended] of shared.running) {
      await workflow.terminate('Its test environment was closed').catch(() => undefined);
      await ended.catch(() => undefined);
    }
    await session?.kill();
    await session?.close();
  }
};

let watchesSignals = false;
/**
 * A script that is told to stop takes its children and its server with it, unless it handles the signal itself. Told
 * again, or before it is open, it ends at once: `process.exit` ends the server.
 */
const closeOnSignals = (): void => {
  if (watchesSignals) return;
  watchesSignals = true;
  let isEnding = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    if (process.listenerCount(signal) > 0) continue;
    const end = (): void => {
      const open = [...sessions.values()];
      if (isEnding || open.some(({ isOpen }) => !isOpen)) process.exit(128 + constants.signals[signal]);
      isEnding = true;
      const closing = open.map(async ({ session }) => (await session).close({ keepsConnection: true }));
      void Promise.allSettled(closing).then(() => {
        process.off(signal, end);
        process.kill(process.pid, signal);
      });
    };
    process.on(signal, end);
  }
};

const startLocal = async (flow: FlowDefinition, params: unknown, options: RunOptions & { executor: LocalExecutor }) => {
  const file = fileOf(flow);
  const { session: opening, running, release } = acquire(file, options.executor);
  try {
    const session = await opening;
    const [taskQueue, { startRun }] = [await session.taskQueue(), await import('../client.js')];
    const { startable, common } = startOptions(flow, params, options);
    const entry = session.bundle.entries.find((one) => one.file === file);
    const handle = await startRun(session.client, startable, {
      ...common,
      taskQueue,
      source: session.sourceOf(file),
      bundle: entry?.hash,
    });
    const { workflow } = handle;
    const ended = Promise.race([handle.result(), session.failed]);
    running.set(workflow, ended);
    keepReachable(handle, () => acquire(file, options.executor, { isLook: true }));
    const taking = takeOver(session, { file, runId: handle.runId, taskQueue });
    const isOver = async (): Promise<void> => {
      running.delete(workflow);
      (await taking)();
      release();
    };
    ended.then(isOver, isOver);
    // The session closes after the run: whoever waits later gets the same end.
    handle.result = () => options.executor.waiting?.(ended) ?? ended;
    return handle;
  } catch (error) {
    release();
    throw error;
  }
};

/** The run may be hosted by `perdure dev`, which may be stopped. */
const takeOver = (session: LocalSession, run: { file: string; runId: string; taskQueue: string }) => {
  const tell = (what: string) => () =>
    void process.stderr.write(`perdure: the worker of ${run.runId} is gone: ${what}\n`);
  return takeOverWhenAlone(session, {
    ...run,
    onTaken: tell('it goes on here'),
    onMixed: tell('it waits for a worker of all files with runs in its queue, as runs of others wait there too'),
  });
};

const startTemporal = async (
  flow: FlowDefinition,
  params: unknown,
  options: RunOptions & { executor: TemporalExecutor },
) => {
  const { address, namespace, tls, apiKey, profile, taskQueue, store } = options.executor.options;
  const [{ externalServer }, { connectClient, startRun }] = await Promise.all([
    import('../dev-server/index.js'),
    import('../client.js'),
  ]);
  const server = externalServer({ address, namespace, tls, apiKey, profile }) ?? {
    ...{ kind: 'external' as const, address: '127.0.0.1:7233', namespace: namespace ?? 'default' },
  };
  const file = flow.site?.file;
  const project = findProject(file ?? process.cwd());
  const client = await connectClient(server, { store: resultStoreUrl(project, store) });
  const { startable, common } = startOptions(flow, params, options);
  const queue = taskQueue ?? project.name;
  const handle = await startRun(client, startable, {
    ...common,
    taskQueue: queue,
    source: file === undefined ? undefined : sourceIn(project, file),
  });
  tellWhenUnpolled(
    client,
    queue,
    () =>
      void process.stderr.write(
        `perdure: no worker polls the task queue '${queue}' yet; the run waits for one: perdure worker FILE --task-queue ${queue}\n`,
      ),
  );
  return handle;
};

const isLocal = (executor: Executor): executor is LocalExecutor => executor.kind === 'local';
const isInline = (executor: Executor): executor is InlineExecutor => executor.kind === 'inline';
const isTemporal = (executor: Executor): executor is TemporalExecutor => executor.kind === 'temporal';

/** Bodies run in this process for sure: with `local({ inProcess: true })`, `perdure dev` may host the run. */
const isOfTest = (executor: Executor): boolean =>
  isLocal(executor) && executor.isolation === 'inline' && executor.server !== undefined;

/** Children are marked by this, and find what was refused in them under the other: the caller may have swallowed it. */
const [roleKey, refusedKey] = [Symbol.for('perdure.role'), Symbol.for('perdure.refused-run')];

const refuseDuringImport = (flow: FlowDefinition): void => {
  const realm = globalThis as { [key: symbol]: unknown };
  if (realm[roleKey] !== 'child') return;
  const error = new AuthoringError(
    'RUN_DURING_IMPORT',
    `'${flow.name}'.run() was called while another process loads its file to find the tasks. Guard the call, so that it ` +
      `is made only when the file is the program itself: if (isMain(import.meta)) await pipeline.run();`,
    { details: { flowName: flow.name, file: flow.site?.file } },
  );
  realm[refusedKey] ??= error;
  throw error;
};

export const hostLauncher: FlowLauncher = {
  async start(flow, params, options): Promise<RunHandle<unknown>> {
    refuseDuringImport(flow);
    if (currentFlowRun() !== undefined) throw runInsideFlow(flow);
    checkRunOptions(flow.name, options);
    refuseOptionsAsParams(flow.name, params);
    parseParams(flow.options.params, params, { flowName: flow.name });
    const executor = options.executor ?? local();
    if (!isInline(executor) && !isOfTest(executor)) refuseStandIns(flow, `${executor.kind}(…)`);
    if (isLocal(executor)) return startLocal(flow, params, { ...options, executor });
    if (isTemporal(executor)) return startTemporal(flow, params, { ...options, executor });
    if (isInline(executor))
      return (await import('../inline/index.js')).startInlineRun(flow, params, { ...options, ...executor });
    const [expected, received] = ['local(…), temporal(…) or inline(…)', JSON.stringify(executor)];
    throw new AuthoringError('BAD_OPTION', `Expected \`executor\` to be ${expected}, got ${received}`, {
      details: { option: 'executor', expected, received },
    });
  },
};
