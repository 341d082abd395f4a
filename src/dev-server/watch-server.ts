/**
 * Notices when a server's process is gone, and has it brought back. Host. It polls, because an adopted server is
 * not this process's child, and it never keeps this process alive.
 */
import { statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../core/errors.js';
import { seemsAlive, type ProcessRef } from './process-identity.js';

const lookEveryMs = 100;
const logLimitBytes = 16 * 1024 * 1024;
/** A server that lives this long is back; until then it counts as still failing. */
const settledAfterMs = 1_000;
const retryEveryMs = 500;
const giveUpAfterMs = 30_000;

export interface WatchOptions {
  server: () => ProcessRef;
  logFile: string;
  /** `undefined`: what it held in memory died with it, and bringing it back would only hide that. */
  restart: (() => Promise<void>) | undefined;
  /** Called once a second. */
  lookAtDisk: () => void;
  onLost: (error: ConnectionError) => void;
}

export const watchServer = ({ server, logFile, restart, lookAtDisk, onLost }: WatchOptions): { stop(): void } => {
  let isBusy = false;
  let looks = 0;
  let restartedAt = 0;
  let failingSince: number | undefined;

  const bringBack = async (): Promise<void> => {
    if (!restart) return lose(diedWithItsMemory(server().pid));
    if (Date.now() - restartedAt > settledAfterMs) failingSince = undefined;
    failingSince ??= Date.now();
    try {
      await restart();
    } catch (error) {
      if (Date.now() - failingSince < giveUpAfterMs) return sleep(retryEveryMs, undefined, { ref: false });
      lose(asConnectionError(error));
    } finally {
      restartedAt = Date.now();
    }
  };

  const lose = (error: ConnectionError): void => {
    clearInterval(timer);
    onLost(error);
  };

  const look = (): void => {
    if (isBusy) return;
    if (++looks % 10 === 0) lookAtDisk();
    if (looks % 100 === 0) boundLog(logFile);
    if (seemsAlive(server())) return;
    isBusy = true;
    void bringBack().finally(() => (isBusy = false));
  };

  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
};

/** The server appends, so a log cut to nothing simply goes on. */
const boundLog = (logFile: string): void => {
  try {
    if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > logLimitBytes) truncateSync(logFile, 0);
  } catch {
    // Somebody changed what it may do with the file: a long log is no reason to end this process.
  }
};

const asConnectionError = (error: unknown): ConnectionError =>
  error instanceof ConnectionError
    ? error
    : new ConnectionError('SERVER_DID_NOT_START', `The server died and could not be brought back: ${String(error)}`, {
        cause: error,
      });

const diedWithItsMemory = (pid: number): ConnectionError =>
  new ConnectionError('SERVER_UNREACHABLE', `The server in memory (process ${pid}) died, and all it held with it.`, {
    details: { pid },
  });
