/**
 * A process's hold on the project's dev server. Host. While it is open it watches the server and brings a server
 * that died back on the same ports and database, so that clients only see a pause; closing gives up the lease,
 * and stops the server if that was the last one.
 */
import { existsSync } from 'node:fs';
import { ConnectionError } from '../core/errors.js';
import { removeEphemeralStateDir } from './ephemeral-state.js';
import type { Hold } from './hold.js';
import { giveUpLease, liveUsers } from './leases.js';
import { loopback } from './ports.js';
import { killProcess } from './process-identity.js';
import { restartServer } from './restart-server.js';
import type { ServerAddress } from './server-address.js';
import { stopServer } from './server-process.js';
import {
  liveRecord,
  removeRecord,
  stateFiles,
  writeRecord,
  type ServerPorts,
  type ServerRecord,
} from './server-record.js';
import { type StateLock, takeLock, tryLock } from './state-lock.js';
import { watchDisk } from './watch-disk.js';
import { watchServer } from './watch-server.js';

/** How an open server ended for this process. */
export type ServerEnd = { kind: 'closed' } | { kind: 'lost'; error: ConnectionError };

export interface DevServer extends ServerAddress {
  kind: 'embedded';
  readonly ports: ServerPorts;
  /** Of the server now; another one after a restart. */
  readonly pid: number;
  readonly version: string;
  /** Whether this process started it. False: joined or adopted. */
  readonly startedHere: boolean;
  /** How often it died and was brought back while this process held it. */
  readonly restarts: number;
  readonly logFile: string;
  /** Settles when this hold ends: closed, or lost because the server could not be brought back. Never rejects. */
  readonly ended: Promise<ServerEnd>;
  /** Gives up this hold; the last one stops the server and waits until its process is gone. May be called twice. */
  close(): Promise<void>;
}

export const createDevServer = (hold: Hold): DevServer => {
  const { stateDir } = hold;
  let { record } = hold;
  let restarts = 0;
  let settle: (end: ServerEnd) => void = () => {};
  const ended = new Promise<ServerEnd>((resolve) => (settle = resolve));
  let closing: Promise<void> | undefined;

  const restart = async (): Promise<void> => {
    record = await restartServer({ ...hold, record, isClosing: () => closing !== undefined });
    restarts++;
  };
  const watch = watchServer({
    server: () => record.server,
    logFile: stateFiles(stateDir).log,
    restart: hold.inMemory ? undefined : restart,
    lookAtDisk: hold.inMemory ? () => {} : watchDisk(stateDir, { onProgress: hold.onProgress }),
    onLost: (error) => settle({ kind: 'lost', error }),
  });
  endAtExit(hold);

  const close = async (): Promise<void> => {
    watch.stop();
    await endHold({ ...hold, record });
    openHolds.delete(hold);
    settle({ kind: 'closed' });
  };

  return {
    kind: 'embedded',
    address: `${loopback}:${record.ports.grpc}`,
    namespace: 'default',
    ...uiAddress(record.ports),
    ports: record.ports,
    startedHere: hold.startedHere,
    logFile: stateFiles(stateDir).log,
    ended,
    get pid() {
      return record.server.pid;
    },
    get version() {
      return record.version;
    },
    get restarts() {
      return restarts;
    },
    close: () => (closing ??= close()),
  };
};

export const uiAddress = (ports: ServerPorts): { uiUrl?: string } =>
  ports.ui === undefined ? {} : { uiUrl: `http://${loopback}:${ports.ui}` };

const endHold = async ({ stateDir, lease, inMemory, record: last }: Hold): Promise<void> => {
  // The user removed the state with the server running: nobody else can find that server any more.
  if (!existsSync(stateDir)) return stopServer(last.server);
  const lock = await lockToEnd(stateDir);
  try {
    giveUpLease(lease);
    const record = liveRecord(stateDir);
    if (liveUsers(stateDir).length > 0) {
      if (record) handOver(stateDir, record);
    } else {
      await stopServer((record ?? last).server);
      removeRecord(stateDir);
    }
  } finally {
    lock?.release();
  }
  if (inMemory) removeEphemeralStateDir(stateDir);
};

/** `undefined` where no lock can be written (a full disk): then nobody else can take one either, and the server is to end. */
const lockToEnd = async (stateDir: string): Promise<StateLock | undefined> => {
  try {
    return await takeLock(stateDir);
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    return undefined;
  }
};

/** `perdure dev` leaves while others work: the server goes on as theirs, and ends with the last of them. */
const handOver = (stateDir: string, record: ServerRecord): void => {
  if (record.mode !== 'kept' || record.keeper?.pid !== process.pid) return;
  const { keeper: _, ...rest } = record;
  writeRecord(stateDir, { ...rest, mode: 'transient' });
};

const openHolds = new Set<Hold>();
let watchesExit = false;

const endAtExit = (hold: Hold): void => {
  openHolds.add(hold);
  if (!watchesExit) process.once('exit', endHoldsNow);
  watchesExit = true;
};

/**
 * `process.exit()` with a server open: what can be done without waiting. If the lock is held by another process
 * just then, the server stays for the next opener to adopt.
 */
const endHoldsNow = (): void => {
  for (const { stateDir, lease, inMemory } of openHolds) {
    if (!existsSync(stateDir)) continue;
    const lock = lockNow(stateDir);
    giveUpLease(lease);
    const record = liveRecord(stateDir);
    if (lock && record && liveUsers(stateDir).length === 0) {
      killProcess(record.server);
      removeRecord(stateDir);
    }
    lock?.release();
    if (lock && inMemory) removeEphemeralStateDir(stateDir);
  }
};

/** At an exit nothing may be thrown. */
const lockNow = (stateDir: string): StateLock | undefined => {
  try {
    return tryLock(stateDir);
  } catch {
    return undefined;
  }
};
