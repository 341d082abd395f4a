/** `createTestEnvironment()`: a real Temporal server for tests, in memory, with an executor that runs flows on it. HOST. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { checkKnown } from '../core/known-options.js';
import type { TestClock } from '../client.js';
import { durationMs } from '../core/duration.js';
import { openDevServer, openTimeSkippingServer } from '../dev-server/index.js';
import { closeSessions } from '../executors/index.js';
import { type Duration, local, type LocalExecutor } from '../index.js';
import { findProject } from '../project/index.js';

export interface TestEnvironmentOptions {
  /**
   * Child processes that run task bodies, as `local()` has them. Default none: bodies run in the test's own process, where
   * mocks reach them, debuggers stop in them, coverage counts them, and nothing can be killed.
   */
  processes?: number;
  /**
   * While the test waits for a run's end, retries' delays, `sleep` and other waits take no time: the server is Temporal's
   * time-skipping test server, which is less of a server (it lists no runs). Task bodies take the time they take. Default false.
   */
  skipTime?: boolean;
  /** Told, in one line each, what takes time: the first time, the server's download. Default: nobody is. */
  onProgress?: (line: string) => void;
}

export interface TestEnvironment extends AsyncDisposable {
  /** For `flow.run(params, { executor })`; of any number of flows and files, one after the other or at one time. */
  readonly executor: LocalExecutor;
  /** `host:port` of the server: for `getRun(id, { executor: temporal({ address }) })`, the SDK, the `temporal` CLI. */
  readonly address: string;
  readonly namespace: string;
  /** Lets time go by for the runs: at once with `skipTime`, else it really waits. As Temporal's `TestWorkflowEnvironment.sleep`. */
  sleep(duration: Duration): Promise<void>;
  /** Ends workers, children and server, whatever still runs there, and removes the results. Disposing does the same. */
  close(): Promise<void>;
}

interface OpenServer {
  address: string;
  namespace: string;
  clock?: TestClock;
  close(): Promise<void>;
}

const openServer = async ({ skipTime, onProgress }: TestEnvironmentOptions): Promise<OpenServer> => {
  if (!skipTime) return openDevServer({ project: findProject(process.cwd()), ephemeral: true, ui: false, onProgress });
  const server = await openTimeSkippingServer(onProgress);
  try {
    const clock = await (await import('../client.js')).connectTestClock(server);
    const close = async (): Promise<void> => {
      await clock.close();
      await server.close();
    };
    return { ...server, clock, close };
  } catch (error) {
    await server.close();
    throw error;
  }
};

/**
 * Starts a Temporal server that keeps everything in memory, on free ports, with a result store of its own in the temporary
 * folder: nothing of it is left, and the project's own server and `TEMPORAL_ADDRESS` are not touched. Bundles are cached in the
 * project's `.perdure/`. Start one for a test file and close it at the end.
 *
 * @param options see TestEnvironmentOptions
 * @throws AuthoringError BAD_OPTION; ConnectionError SERVER_BINARY_NOT_FOUND, SERVER_BINARY_UNVERIFIED, SERVER_DID_NOT_START
 * @example const env = await createTestEnvironment(); // then: await pipeline.run({}, { executor: env.executor })
 */
export const createTestEnvironment = async (options: TestEnvironmentOptions = {}): Promise<TestEnvironment> => {
  checkKnown('createTestEnvironment(…)', options, ['processes', 'skipTime', 'onProgress']);
  const { processes } = options;
  const isolation = processes === undefined ? { inProcess: true } : { processes };
  const folder = mkdtempSync(join(tmpdir(), 'perdure-test-'));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  try {
    const chosen = local({ ...isolation, store: pathToFileURL(folder).href });
    const server = await openServer(options);
    const { address, namespace, clock } = server;
    const executor: LocalExecutor = {
      ...chosen,
      server: { kind: 'external', address, namespace },
      ...(clock && { waiting: (end) => clock.during(end) }),
    };
    let closing: Promise<void> | undefined;
    const closeAll = async (): Promise<void> => {
      await closeSessions(executor);
      await server.close();
      removeFolder();
    };
    const close = (): Promise<void> => (closing ??= closeAll());
    const sleep = (duration: Duration): Promise<void> => {
      const ms = durationMs(duration, 'duration');
      return clock === undefined ? pause(ms) : clock.sleep(ms);
    };
    return { executor, address, namespace, sleep, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    removeFolder();
    throw error;
  }
};
