/**
 * What is written down about a project's server. Host. `server.json` says which process it is and where it
 * listens; `database.json` says which server version wrote the database last. Both are hints until checked
 * against the process itself, and both are written under the state lock only.
 */
import { join } from 'node:path';
import { readJsonFile, removeStateFile, writeFileAtomic } from '../project/index.js';
import { isAlive, toProcessRef, type ProcessRef } from './process-identity.js';

export interface ServerPorts {
  /** gRPC frontend. */
  grpc: number;
  /** The same frontend over HTTP: readiness and retention are asked there, without loading an SDK. */
  http: number;
  /** `undefined` for a server without UI. */
  ui?: number;
}

export interface ServerRecord {
  server: ProcessRef;
  ports: ServerPorts;
  /** Of the CLI that it was started from, for instance `1.9.1`. */
  version: string;
  /** `kept`: `perdure dev` holds it up. `transient`: a run started it, and the last user stops it. */
  mode: 'transient' | 'kept';
  /** The process that keeps it. */
  keeper?: ProcessRef;
  startedAt: string;
}

export const stateFiles = (stateDir: string) => ({
  database: join(stateDir, 'temporal.db'),
  log: join(stateDir, 'server.log'),
  record: join(stateDir, 'server.json'),
  databaseRecord: join(stateDir, 'database.json'),
  leases: join(stateDir, 'server-users'),
});

/** The recorded server, if its process is alive and is the one that was recorded. */
export const liveRecord = (stateDir: string): ServerRecord | undefined => {
  const record = readRecord(stateDir);
  return record && isAlive(record.server) ? record : undefined;
};

/** The record as it stands, whether its process lives or not. */
export const readRecord = (stateDir: string): ServerRecord | undefined => {
  const json = readJsonFile(stateFiles(stateDir).record);
  const server = toProcessRef(json?.['server']);
  const ports = toPorts(json?.['ports']);
  if (!json || !server || !ports) return undefined;
  const keeper = toProcessRef(json['keeper']);
  return {
    server,
    ports,
    version: String(json['version']),
    mode: json['mode'] === 'kept' && keeper && isAlive(keeper) ? 'kept' : 'transient',
    ...(keeper ? { keeper } : {}),
    startedAt: String(json['startedAt']),
  };
};

export const writeRecord = (stateDir: string, record: ServerRecord): void =>
  writeFileAtomic(stateFiles(stateDir).record, JSON.stringify(record, undefined, 2) + '\n');

export const removeRecord = (stateDir: string): void => removeStateFile(stateFiles(stateDir).record);

const toPorts = (value: unknown): ServerPorts | undefined => {
  const { grpc, http, ui } = (value ?? {}) as Record<string, unknown>;
  if (typeof grpc !== 'number' || typeof http !== 'number') return undefined;
  return { grpc, http, ...(typeof ui === 'number' ? { ui } : {}) };
};

export interface DatabaseRecord {
  /** Temporal server version that had the database open last, such as `1.32.0`. */
  serverVersion: string;
  /** `begun`: its first server was started on it and has not been ready yet, so it holds no run. */
  state: 'begun' | 'used';
}

/** `undefined`: there is no database, or the user put it there. */
export const readDatabaseRecord = (stateDir: string): DatabaseRecord | undefined => {
  const json = readJsonFile(stateFiles(stateDir).databaseRecord);
  const version = json?.['serverVersion'];
  if (typeof version !== 'string') return undefined;
  return { serverVersion: version, state: json?.['state'] === 'begun' ? 'begun' : 'used' };
};

export const writeDatabaseRecord = (stateDir: string, record: DatabaseRecord): void => {
  const last = readDatabaseRecord(stateDir);
  if (last?.serverVersion === record.serverVersion && last.state === record.state) return;
  writeFileAtomic(stateFiles(stateDir).databaseRecord, JSON.stringify(record) + '\n');
};
