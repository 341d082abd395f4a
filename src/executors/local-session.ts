/**
 * Everything that runs the flows of some files on this machine: a server, the bundle, the task pool, a worker and a
 * client, opened side by side and closed together. HOST. Shared by `flow.run()`, `perdure run`, `dev` and `worker`.
 */
import { statSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Client } from '@temporalio/client';
import type { TaskManifest } from '../activities/index.js';
import { type FlowBundle, bundleFlows } from '../compiler/index.js';
import type { UndeclaredParams } from '../core/params.js';
import { type ServerAddress, externalServer, openDevServer } from '../dev-server/index.js';
import { type Project, ensureStateDir, findProject, resultStoreUrl } from '../project/index.js';
import type { HostedWorker, TaskPool } from '../worker.js';
import type { PoolEvent } from '../worker/pool/task-pool.js';
import type { LocalExecutor } from './local.js';

export interface LocalSessionOptions {
  /** The files that define the flows, absolute. */
  files: readonly string[];
  executor: LocalExecutor;
  /** `perdure dev` and `perdure worker`: hosts on this queue, whatever else is up, and others may use it. */
  keptQueue?: string | undefined;
  /** Opened to ask about runs: hosts nothing before it has to. */
  isLook?: boolean;
  /** A server other than the configured or embedded one. */
  server?: ServerAddress | undefined;
  /** Made ahead of time (`perdure build`); else the files are bundled. */
  bundle?: FlowBundle | undefined;
  /** Of a kept queue: told what the files declare before anything is hosted; throws where they do not fit the bundle. */
  checkManifest?: ((manifest: TaskManifest) => void) | undefined;
  /** What happens in the task pool. Default: what bodies print goes to stderr. */
  onTaskEvent?: ((event: PoolEvent) => void) | undefined;
  onProgress?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface LocalSession {
  readonly project: Project;
  readonly server: ServerAddress;
  readonly client: Client;
  readonly bundle: FlowBundle;
  /** What the files declare; loads them in a child when no other worker has said it. */
  manifest(): Promise<TaskManifest>;
  /** Gives what the flow's schema drops. @throws RunError BAD_PARAMS */
  checkParams(flowName: string, params: unknown): Promise<UndeclaredParams>;
  /** Where a new run of these files' flows belongs: a kept worker's queue when it hosts the same code, else our own. */
  taskQueue(): Promise<string>;
  /** Hosts one more queue, for unfinished runs. */
  serve(taskQueue: string): Promise<void>;
  /** Whether the queue is hosted here. */
  hosts(taskQueue: string): boolean;
  /** Rejects when hosting fails for good. */
  readonly failed: Promise<never>;
  /** A path as memos name it: relative to the project, with `/`. */
  sourceOf(file: string): string;
  /** `keepsConnection`: whoever waits for a run hears nothing more; the process's exit, which must follow, ends it. */
  close(options?: { keepsConnection?: boolean }): Promise<void>;
  /** Ends the children at once and leaves everything else to the process's exit, which must follow. */
  kill: () => Promise<void>;
}

/** A path relative to the project, with `/` on every system. */
export const sourceIn = (project: Project, file: string): string => relative(project.root, file).split(sep).join('/');

const openServer = async (
  project: Project,
  options: LocalSessionOptions,
): Promise<ServerAddress & { close?(): Promise<void> }> => {
  const { onProgress, signal } = options;
  const given = options.server ?? externalServer();
  if (given !== undefined) return given;
  return openDevServer({
    project,
    keep: false,
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
};

/** Task bodies are no part of a bundle: only their files' times tell whether a worker has the ones that are there now. */
const isNewerThan = (time: number) => (file: string) =>
  (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > time;

/** The kept worker that hosts the very same code for the same server, if one is up. */
const sameCode = (workers: readonly HostedWorker[], bundle: FlowBundle, at: { address: string; project: Project }) =>
  workers.find(
    (worker) =>
      worker.kind === 'kept' &&
      worker.address === at.address &&
      !bundle.dependencies.some(isNewerThan(worker.loadedAt)) &&
      bundle.entries.every(({ file, hash }) =>
        worker.entries.some((entry) => entry.source === sourceIn(at.project, file) && entry.hash === hash),
      ),
  );

export const openLocalSession = async (options: LocalSessionOptions): Promise<LocalSession> => {
  const loadedAt = Date.now();
  const project = findProject(options.files[0] ?? process.cwd());
  ensureStateDir(project);
  const opening = openServer(project, options);
  opening.catch(() => undefined);
  // The SDK takes longest to load: everything else goes on beside it.
  const loading = import('../client.js');
  const bundling = bundleOf(project, options);
  bundling.catch(() => undefined);
  const { startTaskPool, others } = await poolStarter(project, options);
  // With a kept worker up there is most likely nothing to host: neither children nor the worker's part of the SDK.
  const hostsSurely =
    !options.isLook && (options.keptQueue !== undefined || !others.some((one) => one.kind === 'kept'));
  let pool: TaskPool | undefined = hostsSurely ? startTaskPool() : undefined;
  if (hostsSurely) void import('../worker.js');
  const getPool = (): TaskPool => (pool ??= startTaskPool());

  const undo: (() => Promise<void>)[] = [
    async () => pool?.kill(),
    async () => (options.server === undefined ? (await opening.catch(() => undefined))?.close?.() : undefined),
  ];
  try {
    const [server, bundle, { connectClient }] = await Promise.all([opening, bundling, loading]);
    const store = resultStoreUrl(project, options.executor.store);
    const client = await connectClient(server, { store });
    undo.unshift(() => client.connection.close());
    const host = createHost({ ...options, project, server, bundle, getPool, loadedAt });
    undo.unshift(() => host.close());
    const shared =
      options.keptQueue === undefined ? sameCode(others, bundle, { address: server.address, project }) : undefined;
    if (options.keptQueue !== undefined) await host.serve(options.keptQueue);
    return sessionOf({ options, project, server, bundle, client, host, shared, getPool, pool: () => pool });
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    throw error;
  }
};

const bundleOf = async (project: Project, { files, bundle, onProgress }: LocalSessionOptions): Promise<FlowBundle> =>
  bundle ??
  bundleFlows(files, {
    projectRoot: project.root,
    cacheDir: project.cacheDir,
    ...(onProgress && { onProgress }),
  });

interface SessionParts {
  options: LocalSessionOptions;
  project: Project;
  server: ServerAddress & { close?(): Promise<void> };
  bundle: FlowBundle;
  client: Client;
  host: ReturnType<typeof createHost>;
  /** The kept worker that is used in place of one of our own. */
  shared: HostedWorker | undefined;
  /** Starts the pool where there is none yet. */
  getPool: () => TaskPool;
  pool: () => TaskPool | undefined;
}

const sessionOf = ({ options, host, shared, getPool, pool, ...parts }: SessionParts): LocalSession => {
  const { project, server, bundle, client } = parts;
  return {
    ...{ project, server, client, bundle, failed: host.failed },
    manifest: async () => (shared ? { tasks: [], flows: shared.flows } : getPool().ready),
    checkParams: (flowName, params) => getPool().checkParams(flowName, params),
    async taskQueue() {
      if (shared?.taskQueues[0] !== undefined) return shared.taskQueues[0];
      const queue = options.keptQueue ?? ownQueue(project, bundle);
      await host.serve(queue);
      return queue;
    },
    serve: (taskQueue) => host.serve(taskQueue),
    hosts: (taskQueue) => host.served.has(taskQueue),
    sourceOf: (file) => sourceIn(project, file),
    async close({ keepsConnection = false } = {}) {
      await host.close();
      await Promise.all([pool()?.close({ graceMs: 0 }), keepsConnection ? undefined : client.connection.close()]);
      // A server that was given is the giver's to close.
      if (options.server === undefined) await server.close?.();
    },
    kill: async () => {
      host.leave();
      await pool()?.kill();
    },
  };
};

const poolStarter = async (project: Project, { executor, files, onTaskEvent }: LocalSessionOptions) => {
  const [{ createTaskPool }, { otherWorkers }] = await Promise.all([
    import('../worker/pool/task-pool.js'),
    import('../worker/registry.js'),
  ]);
  const { isolation, size, secrets } = executor;
  const store = resultStoreUrl(project, executor.store);
  return {
    others: otherWorkers(project),
    startTaskPool: (): TaskPool =>
      createTaskPool({
        ...{ sources: files, isolation, size, store },
        ...(secrets === undefined ? {} : { secrets }),
        ...(onTaskEvent && { onEvent: onTaskEvent }),
      }),
  };
};

/** `project/pipeline.ts@1f2e3d4c`: other code of the same file never gets the runs of this one by accident. */
const ownQueue = (project: Project, bundle: FlowBundle): string => {
  const [first] = bundle.entries;
  return first === undefined
    ? project.name
    : `${project.name}/${sourceIn(project, first.file)}@${first.hash.slice(0, 8)}`;
};

interface HostParts extends LocalSessionOptions {
  project: Project;
  server: ServerAddress;
  bundle: FlowBundle;
  getPool: () => TaskPool;
  loadedAt: number;
}

/** The worker, made when the first queue is to be served, and entered in the project's registry. */
const createHost = (parts: HostParts) => {
  const { project, server, bundle } = parts;
  let making: ReturnType<typeof make> | undefined;
  const served = new Set<string>();
  let leave: (() => void) | undefined;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => (fail = reject));
  failed.catch(() => undefined);

  const make = async () => {
    const [{ createTaskActivities }, { connectionOptions }, { createFlowWorker }] = await Promise.all([
      import('../activities/index.js'),
      import('../client.js'),
      import('../worker.js'),
    ]);
    const store = resultStoreUrl(project, parts.executor.store);
    const worker = await createFlowWorker({
      connection: connectionOptions(server),
      namespace: server.namespace,
      bundlePath: bundle.path,
      activities: createTaskActivities({ host: parts.getPool(), store }),
      store,
      concurrency: parts.executor.concurrency,
    });
    worker.failed.catch(fail);
    return worker;
  };

  return {
    ...{ failed, served },
    async serve(taskQueue: string): Promise<void> {
      served.add(taskQueue);
      // Others count on a kept worker: it takes nothing before its files are known to load.
      if (parts.keptQueue !== undefined) {
        const manifest = await parts.getPool().ready;
        parts.checkManifest?.(manifest);
      }
      const worker = await (making ??= make());
      await worker.serve(taskQueue);
      const { flows } = await parts.getPool().ready;
      leave = (await import('../worker/registry.js')).registerWorker(project, {
        kind: parts.keptQueue === undefined ? 'run' : 'kept',
        address: server.address,
        namespace: server.namespace,
        taskQueues: [...worker.taskQueues],
        entries: bundle.entries.map(({ file, hash }) => ({ source: sourceIn(project, file), hash })),
        flows,
        loadedAt: parts.loadedAt,
      });
    },
    leave: (): void => leave?.(),
    async close(): Promise<void> {
      leave?.();
      await (await making?.catch(() => undefined))?.close();
    },
  };
};
