/**
 * One server process: started, waited for, stopped. Host. Knows nothing of locks, leases or records.
 *
 * Stopping is SIGKILL. Temporal's orderly shutdown takes 1.1 to 1.4 s and leaves the database file exactly as a
 * kill does (committed to the write-ahead log, not checkpointed), so waiting for it would buy nothing.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError } from '../core/errors.js';
import { identityOf, isAlive, killProcess, seemsAlive, type ProcessRef } from './process-identity.js';
import { loopback } from './ports.js';
import { askNamespace, type NamespaceAnswer } from './server-http.js';
import type { ServerPorts } from './server-record.js';

export interface ServerCommand {
  binary: string;
  ports: ServerPorts;
  /** `undefined`: in memory. */
  databaseFile: string | undefined;
  logFile: string;
  /** Keep what the log holds (a restart: the end of the last life is in it). */
  appendLog: boolean;
}

/**
 * BASELINES: write-ahead logging with `synchronous=normal`, and polling of the internal queues that is not held at
 * 20 a second, are 2.5 times the throughput and a sixth of the latency of the dev server as shipped.
 */
const tuning = [
  ...['transfer', 'timer', 'visibility'].flatMap((queue) => [
    '--dynamic-config-value',
    `history.${queue}ProcessorMaxPollRPS=10000`,
  ]),
  // As shipped, timers may come up to a second late: a retry after 50 ms would take 1,000.
  ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="1ms"'],
];
const durability = ['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'];

export const serverArguments = ({ ports, databaseFile }: Pick<ServerCommand, 'ports' | 'databaseFile'>): string[] => [
  ...['server', 'start-dev', '--ip', loopback, '--port', String(ports.grpc), '--http-port', String(ports.http)],
  ...(ports.ui === undefined ? ['--headless'] : ['--ui-port', String(ports.ui)]),
  ...(databaseFile === undefined ? [] : ['--db-filename', databaseArgument(databaseFile), ...durability]),
  ...tuning,
];

/**
 * The server puts the path into a URI as it stands, where `#`, `?` and `%` end it or mean something else. Such a path
 * is given as a bare name, and the server is started in its directory.
 */
const databaseArgument = (file: string): string => (/[#?%]/.test(file) ? basename(file) : file);

/** Starts it in a process group of its own: a Ctrl-C in the terminal is not for the server. */
export const spawnServer = async (command: ServerCommand): Promise<ProcessRef> => {
  // Opened for appending, so that the log can be cut short while the server writes to it.
  const log = openSync(command.logFile, 'a', 0o600);
  if (!command.appendLog) truncateSync(command.logFile, 0);
  try {
    const child = spawn(command.binary, serverArguments(command), {
      detached: true,
      stdio: ['ignore', log, log],
      windowsHide: true,
      cwd: dirname(command.logFile),
      env: serverEnvironment(),
    });
    child.unref();
    const { pid } = child;
    if (pid === undefined) throw await new Promise<Error>((resolve) => child.once('error', resolve));
    // Without a listener, a late error of the child would end this process.
    child.on('error', () => {});
    return { pid, identity: identityOf(pid) ?? 'ended' };
  } catch (error) {
    throw new ConnectionError(
      'SERVER_DID_NOT_START',
      `${command.binary} cannot be run: ${(error as Error).message}. \`perdure doctor\` shows which server was chosen, and why.`,
      { cause: error, details: { binary: command.binary } },
    );
  } finally {
    closeSync(log);
  }
};

/** The user's own Temporal settings are for clients; the server is to be the one described here. */
const serverEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));

export type Readiness = { kind: 'ready'; namespace: NamespaceAnswer } | { kind: 'dead' } | { kind: 'silent' };

/** Waits until the server answers for its namespace, ends, or has been silent for `withinMs`. */
export const waitUntilReady = async (
  { server, ports }: { server: ProcessRef; ports: ServerPorts },
  { withinMs = 30_000, signal }: { withinMs?: number; signal?: AbortSignal | undefined } = {},
): Promise<Readiness> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    signal?.throwIfAborted();
    const namespace = await askNamespace(ports.http);
    // Asked in this order: an answer counts only if it can have come from this very process.
    if (!seemsAlive(server)) return { kind: 'dead' };
    if (namespace) return { kind: 'ready', namespace };
    if (Date.now() > deadline) return { kind: 'silent' };
    await sleep(10);
  }
};

/** Ends it and waits until it is gone. Does nothing to a process that is not the recorded one. */
export const stopServer = async (server: ProcessRef): Promise<void> => {
  if (!killProcess(server)) return;
  for (const deadline = Date.now() + 10_000; isAlive(server); await sleep(5))
    if (Date.now() > deadline)
      throw new ConnectionError(
        'SERVER_STATE_IN_USE',
        `The server, process ${server.pid}, does not end although it was killed. It waits for the disk or for a debugger.`,
        { details: { pid: server.pid } },
      );
};

/** The end of the log, for a message: at most `count` lines, without terminal escapes. */
export const lastLogLines = (logFile: string, count = 10): string[] => {
  try {
    const text = stripVTControlCharacters(readFileSync(logFile, 'utf8').slice(-16_384));
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .map(shortened);
  } catch {
    return [];
  }
};

/** The server wraps an error in the names of all it passed through; what happened stands at the end. */
const shortened = (line: string): string => (line.length > 500 ? `${line.slice(0, 150)} … ${line.slice(-300)}` : line);
