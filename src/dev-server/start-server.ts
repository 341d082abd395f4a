/**
 * A recorded, durable, ready server for a state directory. Host. The caller holds the state lock and has made
 * sure that no other server has the database.
 */
import { existsSync, rmSync } from 'node:fs';
import { ConnectionError } from '../core/errors.js';
import { databaseTrouble } from './database-trouble.js';
import { inspectDatabase } from './database.js';
import type { ServerBinary } from './find-binary.js';
import { choosePorts, type PortWishes } from './ports.js';
import { killProcess, type ProcessRef } from './process-identity.js';
import { extendRetention } from './server-http.js';
import { lastLogLines, spawnServer, stopServer, waitUntilReady } from './server-process.js';
import {
  readDatabaseRecord,
  removeRecord,
  stateFiles,
  writeDatabaseRecord,
  writeRecord,
  type ServerPorts,
  type ServerRecord,
} from './server-record.js';

export interface StartOptions {
  stateDir: string;
  binary: ServerBinary;
  /** Wishes for a first start; the very ports of its last life for a restart. */
  ports: PortWishes | ServerPorts;
  inMemory: boolean;
  keeper?: ProcessRef | undefined;
  onProgress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** @throws ConnectionError `SERVER_DID_NOT_START`, with the end of the server's own log in it. */
export const startServer = async (options: StartOptions): Promise<ServerRecord> => {
  if (!options.inMemory) prepareDatabase(options);
  for (let attempt = 1; ; attempt++) {
    const ports = 'http' in options.ports ? options.ports : await choosePorts(options.ports);
    const outcome = await startOnce(options, ports);
    if (outcome.kind === 'ready') return outcome.record;
    const { log } = outcome;
    const isPortTaken = log.some((line) => /address already in use|Only one usage of each socket address/i.test(line));
    // Another program was quicker to a port that was free a moment ago: choose again.
    if (isPortTaken && !isRestart(options) && attempt < 5) continue;
    throw didNotStart(options, log);
  }
};

/** The ports are given, not wished for: others know the server by them. */
const isRestart = ({ ports }: StartOptions): boolean => 'http' in ports;

type Start = { kind: 'ready'; record: ServerRecord } | { kind: 'failed'; log: string[] };

const startOnce = async (options: StartOptions, ports: ServerPorts): Promise<Start> => {
  const { stateDir, binary, inMemory, keeper, signal } = options;
  const files = stateFiles(stateDir);
  const server = await spawnServer({
    binary: binary.path,
    ports,
    databaseFile: inMemory ? undefined : files.database,
    logFile: files.log,
    appendLog: isRestart(options),
  });
  const mode = keeper ? { mode: 'kept' as const, keeper } : { mode: 'transient' as const };
  const record: ServerRecord = { server, ports, version: binary.version, ...mode, startedAt: new Date().toISOString() };
  // Ended by a second Ctrl-C, for one: nobody holds the server yet, and it would stay for ever.
  const endAtExit = (): void => void killProcess(server);
  process.once('exit', endAtExit);
  try {
    // Before anything is waited for: if this process is killed now, the next one finds the server by this record.
    writeRecord(stateDir, record);
    const readiness = await waitUntilReady(record, { signal });
    if (readiness.kind === 'dead') {
      // The record of a restart stays: its ports are the ones that the server's users know.
      if (!isRestart(options)) removeRecord(stateDir);
      return { kind: 'failed', log: lastLogLines(files.log) };
    }
    if (readiness.kind === 'silent') throw didNotStart(options, [...lastLogLines(files.log), '(no answer for 30 s)']);
    if (!inMemory) requireWriteAheadLog(options);
    if (!inMemory) writeDatabaseRecord(stateDir, { serverVersion: binary.serverVersion, state: 'used' });
    if (!(await extendRetention(ports.http, readiness.namespace)))
      options.onProgress('The server did not accept 30 days of history: runs are kept for 24 hours');
    return { kind: 'ready', record };
  } catch (error) {
    await stopServer(server);
    if (!isRestart(options)) removeRecord(stateDir);
    throw error;
  } finally {
    process.off('exit', endAtExit);
  }
};

/**
 * A server that is killed while it lays out a new database leaves one that no server can use, or only half. It is
 * known by its mark, holds no run, and is begun anew. A server older than the one that wrote the database may
 * misread it; it is refused before it can touch it.
 */
const prepareDatabase = ({ stateDir, binary, onProgress }: StartOptions): void => {
  const { database } = stateFiles(stateDir);
  const written = readDatabaseRecord(stateDir);
  const isUnfinished = written?.state === 'begun' && existsSync(database);
  if (isUnfinished)
    onProgress('The first start of the server was cut off; its database, which holds no run, is begun anew');
  if (isUnfinished || !existsSync(database)) {
    for (const suffix of ['', '-wal', '-shm']) rmSync(database + suffix, { force: true });
    return writeDatabaseRecord(stateDir, { serverVersion: binary.serverVersion, state: 'begun' });
  }
  if (!written || !isOlderLine(binary.serverVersion, written.serverVersion)) return;
  throw new ConnectionError(
    'SERVER_DID_NOT_START',
    `${database} was written by Temporal server ${written.serverVersion}, and the one found here is older: ${binary.serverVersion} (${binary.path}). Nothing was changed. ` +
      'Use a server at least that new, or move the file away to begin without its history.',
    {
      details: { database, writtenBy: written.serverVersion, serverVersion: binary.serverVersion, binary: binary.path },
    },
  );
};

const isOlderLine = (version: string, than: string): boolean => {
  const [major = NaN, minor = NaN] = version.split('.').map(Number);
  const [otherMajor = NaN, otherMinor = NaN] = than.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
};

const requireWriteAheadLog = ({ stateDir, binary }: StartOptions): void => {
  const facts = inspectDatabase(stateFiles(stateDir).database);
  if (facts.wal) return;
  throw new ConnectionError(
    'SERVER_DID_NOT_START',
    `The server was stopped: ${facts.file} is not in write-ahead mode, so a crash could cost runs. Either ${binary.path} (version ${binary.version}) ` +
      'ignores `--sqlite-pragma`, or the file system (often a network share) does not support it: move the project to a local disk.',
    { details: { database: facts.file, binary: binary.path } },
  );
};

const didNotStart = ({ stateDir, binary }: StartOptions, log: readonly string[]): ConnectionError => {
  const { log: logFile, database } = stateFiles(stateDir);
  const remedy = databaseTrouble(log, database);
  const tail = log.length > 0 ? log.map((line) => `\n  | ${line}`).join('') : ' nothing';
  return new ConnectionError(
    'SERVER_DID_NOT_START',
    `The Temporal server (${binary.path}, version ${binary.version}) did not start. The end of ${logFile} says:${tail}${remedy === undefined ? '' : `\n${remedy}`}`,
    { details: { logFile, log: [...log], binary: binary.path, version: binary.version } },
  );
};
