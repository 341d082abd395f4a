/**
 * Brings a server that died back to life, on the same ports and the same database. Host. Any number of processes
 * may hold the server and notice its death; the lock makes one of them start it, and the others find it running.
 */
import { ConnectionError } from '../core/errors.js';
import { findServerBinary } from './find-binary.js';
import type { Hold } from './hold.js';
import { liveRecord, readRecord, type ServerRecord } from './server-record.js';
import { startServer } from './start-server.js';
import { takeLock } from './state-lock.js';
import { unrecordedServer } from './unrecorded-server.js';

export interface RestartOptions extends Hold {
  /** The hold is being given up: then there is nothing to bring back. */
  isClosing: () => boolean;
}

/** The record of the server that runs now. */
export const restartServer = async (options: RestartOptions): Promise<ServerRecord> => {
  const { stateDir, record, onProgress, isClosing } = options;
  const lock = await takeLock(stateDir);
  try {
    if (isClosing()) return record;
    const running = liveRecord(stateDir) ?? unrecordedServer(stateDir);
    if (running && running.ports.grpc !== record.ports.grpc) throw movedAway(record, running);
    if (running) return running;
    onProgress(`The server (process ${record.server.pid}) died; starting it again on port ${record.ports.grpc}`);
    const last = readRecord(stateDir);
    const keeper = last?.mode === 'kept' ? last.keeper : undefined;
    const binary = await findServerBinary({ install: false });
    return await startServer({ stateDir, binary, ports: record.ports, inMemory: false, keeper, onProgress });
  } finally {
    lock.release();
  }
};

/** Only when somebody removed the records in between. Clients of this process have the old address. */
const movedAway = (from: ServerRecord, to: ServerRecord): ConnectionError =>
  new ConnectionError(
    'SERVER_UNREACHABLE',
    `The server died and was started again on another port (${to.ports.grpc} instead of ${from.ports.grpc}). Run again to use it.`,
    { details: { from: from.ports.grpc, to: to.ports.grpc } },
  );
