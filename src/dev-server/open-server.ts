/**
 * Opens the dev server of a project: joins the one that runs, adopts one left behind by a killed process, or
 * starts one. Host. All of that happens under the state lock, so that two who open at once get one server, and
 * there is never a second one on a database.
 */
import { ConnectionError } from '../core/errors.js';
import { pathTrouble } from '../core/path-trouble.js';
import { ensureStateDir, type Project } from '../project/index.js';
import { createDevServer, type DevServer } from './dev-server.js';
import { makeEphemeralStateDir, removeEphemeralStateDir } from './ephemeral-state.js';
import { findServerBinary, type ServerBinary } from './find-binary.js';
import { liveUsers, takeLease } from './leases.js';
import type { PortWishes } from './ports.js';
import { thisProcess } from './process-identity.js';
import { stopServer, waitUntilReady } from './server-process.js';
import {
  liveRecord,
  readDatabaseRecord,
  readRecord,
  writeDatabaseRecord,
  writeRecord,
  type ServerRecord,
} from './server-record.js';
import { startServer } from './start-server.js';
import { takeLock } from './state-lock.js';
import { unrecordedServer } from './unrecorded-server.js';

export interface OpenDevServerOptions {
  project: Project;
  /** `perdure dev`: prefers the usual ports (7233, UI 8233), and others see that it is kept up. Default false. */
  keep?: boolean | undefined;
  /** Temporal's own UI. Default true. A server that runs already is taken as it is. */
  ui?: boolean | undefined;
  /** Fixed ports for a server that has to be started. Default: free ones. */
  port?: number | undefined;
  uiPort?: number | undefined;
  /** In memory and for this process alone, with a state directory of its own: for tests. Default false. */
  ephemeral?: boolean | undefined;
  /** One line for each thing that takes time or went differently: a download, an adoption, a restart. */
  onProgress?: ((line: string) => void) | undefined;
  /** Gives up opening. A server that is open is closed with `close()`. */
  signal?: AbortSignal | undefined;
}

interface Opening {
  stateDir: string;
  options: OpenDevServerOptions;
  inMemory: boolean;
  onProgress: (line: string) => void;
}

/**
 * The project's dev server, ready for calls. Every opener holds a lease; the last one to close stops the server.
 * @throws ConnectionError `SERVER_BINARY_NOT_FOUND`, `SERVER_BINARY_UNVERIFIED`, `SERVER_DID_NOT_START` or
 *   `SERVER_STATE_IN_USE`; ConfigError when the state directory cannot be written.
 */
export const openDevServer = async (options: OpenDevServerOptions): Promise<DevServer> => {
  const inMemory = options.ephemeral ?? false;
  const stateDir = inMemory ? makeEphemeralStateDir() : ensureStateDir(options.project);
  const opening: Opening = { stateDir, options, inMemory, onProgress: options.onProgress ?? (() => {}) };
  try {
    return await open(opening);
  } catch (error) {
    if (inMemory) removeEphemeralStateDir(stateDir);
    throw pathTrouble(error, "The server's state cannot be kept");
  }
};

const open = async (opening: Opening): Promise<DevServer> => {
  const { stateDir, options, inMemory, onProgress } = opening;
  const { signal } = options;
  // Before the lock is taken: a first download lasts minutes, and others may be waiting for the lock.
  const search = liveRecord(stateDir) ? undefined : await findServerBinary({ onProgress, signal });
  const lock = await takeLock(stateDir, { signal });
  try {
    const running = await joinRunning(opening);
    const record = running ?? (await start(opening, search ?? (await findServerBinary({ onProgress, signal }))));
    try {
      const held = hold(opening, record);
      return createDevServer({ ...held, stateDir, inMemory, startedHere: !running, onProgress });
    } catch (error) {
      // Nobody else knows of it yet.
      if (!running) await stopServer(record.server);
      throw error;
    }
  } finally {
    lock.release();
  }
};

const hold = ({ stateDir, options }: Opening, found: ServerRecord): { record: ServerRecord; lease: string } => {
  const record: ServerRecord =
    options.keep && found.mode !== 'kept' ? { ...found, mode: 'kept', keeper: thisProcess() } : found;
  if (record !== found) writeRecord(stateDir, record);
  return { record, lease: takeLease(stateDir) };
};

const start = ({ stateDir, options, inMemory, onProgress }: Opening, binary: ServerBinary): Promise<ServerRecord> => {
  const wishes: PortWishes = {
    ui: options.ui ?? true,
    preferUsual: options.keep ?? false,
    grpcPort: options.port,
    uiPort: options.uiPort,
  };
  // It died a moment ago and others still use it: they know it by its ports, and may not have noticed yet.
  const died = liveUsers(stateDir).length > 0 ? readRecord(stateDir) : undefined;
  const keeper = options.keep ? thisProcess() : died?.mode === 'kept' ? died.keeper : undefined;
  const ports = died?.ports ?? wishes;
  return startServer({ stateDir, binary, inMemory, onProgress, signal: options.signal, keeper, ports });
};

/** The server that has the database now, recorded or not, once it answers. `undefined`: none has. */
const joinRunning = async ({ stateDir, inMemory, options, onProgress }: Opening): Promise<ServerRecord | undefined> => {
  if (inMemory) return undefined;
  const recorded = liveRecord(stateDir);
  const record = recorded ?? unrecordedServer(stateDir);
  if (!record) return undefined;
  const users = liveUsers(stateDir);
  if (users.length === 0)
    onProgress(`Adopting the server that a killed process left behind (process ${record.server.pid})`);
  const readiness = await waitUntilReady(record, { withinMs: 15_000, signal: options.signal });
  if (readiness.kind === 'ready') {
    if (!recorded) writeRecord(stateDir, record);
    // Its starter may have been killed before it could say so.
    const database = readDatabaseRecord(stateDir);
    if (database) writeDatabaseRecord(stateDir, { ...database, state: 'used' });
    return record;
  }
  if (readiness.kind === 'silent' && users.length > 0)
    throw new ConnectionError(
      'SERVER_UNREACHABLE',
      `The server of this project (process ${record.server.pid}) does not answer on port ${record.ports.http}, and ${users.length} other process(es) use it: ${users.map(({ pid }) => pid).join(', ')}. ` +
        'If it is stopped (SIGSTOP), continue it; else end it, and it is started again.',
      { details: { pid: record.server.pid, users: users.map(({ pid }) => pid) } },
    );
  // Nobody uses it: a server that does not answer is ended, and a new one takes its database.
  await stopServer(record.server);
  return undefined;
};
