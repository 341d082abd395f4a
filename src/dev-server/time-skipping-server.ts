/**
 * Temporal's time-skipping test server as a process of this one's: started, waited for, ended. Host. It has one namespace,
 * no UI, no database, and no list of runs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionError } from '../core/errors.js';
import { makeEphemeralStateDir, removeEphemeralStateDir } from './ephemeral-state.js';
import { findTestServer } from './find-test-server.js';
import { choosePorts, loopback } from './ports.js';
import { identityOf } from './process-identity.js';
import type { ServerAddress } from './server-address.js';
import { writeRecord } from './server-record.js';

export interface TimeSkippingServer extends ServerAddress {
  /** Ends its process. May be called twice. */
  close(): Promise<void>;
}

const startsWithinMs = 30_000;

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: loopback });
    const done = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
  });

/**
 * Starts it on a free port; time stands as it does for everybody until somebody unlocks the skipping of it.
 * @throws ConnectionError SERVER_BINARY_NOT_FOUND, SERVER_BINARY_UNVERIFIED, SERVER_DID_NOT_START
 */
export const openTimeSkippingServer = async (onProgress?: (line: string) => void): Promise<TimeSkippingServer> => {
  const binary = await findTestServer(onProgress);
  const { grpc } = await choosePorts({ ui: false, preferUsual: false });
  // With its record in it, by which the next process finds and ends what a killed one left behind.
  const stateDir = makeEphemeralStateDir();
  const server = spawn(binary, [String(grpc), '--enable-time-skipping'], { stdio: 'ignore', windowsHide: true });
  const end = (): void => void server.kill('SIGKILL');
  process.once('exit', end);
  const isOver = (): boolean => server.exitCode !== null || server.signalCode !== null;
  let failure: Error | undefined;
  server.on('error', (error) => (failure = error));
  const close = async (): Promise<void> => {
    process.off('exit', end);
    if (server.pid !== undefined && !isOver()) {
      const ended = once(server, 'exit');
      end();
      await ended;
    }
    removeEphemeralStateDir(stateDir);
  };
  if (server.pid !== undefined)
    writeRecord(stateDir, {
      server: { pid: server.pid, identity: identityOf(server.pid) ?? 'ended' },
      ports: { grpc, http: grpc },
      version: 'test server',
      mode: 'transient',
      startedAt: new Date().toISOString(),
    });
  for (const deadline = Date.now() + startsWithinMs; !(await answers(grpc)); await pause(20)) {
    if (failure === undefined && !isOver() && Date.now() < deadline) continue;
    await close();
    const why = failure?.message ?? (isOver() ? `it ended with status ${server.exitCode}` : 'no answer for 30 s');
    throw new ConnectionError('SERVER_DID_NOT_START', `The test server (${binary}) did not start: ${why}.`, {
      ...(failure === undefined ? {} : { cause: failure }),
      details: { binary },
    });
  }
  return { kind: 'external', address: `${loopback}:${grpc}`, namespace: 'default', close };
};
