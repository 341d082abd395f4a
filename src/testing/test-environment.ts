/** `createTestEnvironment()`: a real Temporal server for tests, in memory, with an executor that runs flows on it. HOST. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDevServer } from '../dev-server/index.js';
import { closeSessions } from '../executors/index.js';
import { local, type LocalExecutor } from '../index.js';
import { findProject } from '../project/index.js';

export interface TestEnvironmentOptions {
  /**
   * Child processes that run task bodies, as `local()` has them. Default none: bodies run in the test's own process, where
   * mocks reach them, debuggers stop in them, coverage counts them, and nothing can be killed.
   */
  processes?: number;
  /** Told, in one line each, what takes time: the first time, the server's download. Default: nobody is. */
  onProgress?: (line: string) => void;
}

export interface TestEnvironment extends AsyncDisposable {
  /** For `flow.run(params, { executor })`; of any number of flows and files, one after the other or at one time. */
  readonly executor: LocalExecutor;
  /** `host:port` of the server: for `getRun(id, { executor: temporal({ address }) })`, the SDK, the `temporal` CLI. */
  readonly address: string;
  readonly namespace: string;
  /** Ends workers, children and server, whatever still runs there, and removes the results. Disposing does the same. */
  close(): Promise<void>;
}

/**
 * Starts a Temporal server that keeps everything in memory, on free ports, with a result store of its own in the temporary
 * folder: nothing of it is left, and the project's own server and `TEMPORAL_ADDRESS` are not touched. Bundles are cached in the
 * project's `.perdure/`. Start one for a test file and close it at the end.
 *
 * @param options see TestEnvironmentOptions
 * @throws ConnectionError SERVER_BINARY_NOT_FOUND, SERVER_BINARY_UNVERIFIED, SERVER_DID_NOT_START
 * @example const env = await createTestEnvironment(); // then: await pipeline.run({}, { executor: env.executor })
 */
export const createTestEnvironment = async (options: TestEnvironmentOptions = {}): Promise<TestEnvironment> => {
  const { processes, onProgress } = options;
  const isolation = processes === undefined ? { inProcess: true } : { processes };
  const folder = mkdtempSync(join(tmpdir(), 'perdure-test-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const chosen = local({ ...isolation, store: pathToFileURL(folder).href });
    const project = findProject(process.cwd());
    const server = await openDevServer({ project, ephemeral: true, ui: false, onProgress });
    const { address, namespace } = server;
    const executor: LocalExecutor = { ...chosen, server: { kind: 'external', address, namespace } };
    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      await closeSessions(executor);
      await server.close();
      removeFolder();
    };
    const close = (): Promise<void> => (closing ??= closeAll());
    return { executor, address, namespace, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    removeFolder();
    throw error;
  }
};
