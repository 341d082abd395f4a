/** The server of a project that runs now, as others see it. Host. Looks only: it takes no lease and starts nothing. */
import type { Project } from '../project/index.js';
import { uiAddress } from './dev-server.js';
import { liveUsers } from './leases.js';
import { loopback } from './ports.js';
import type { ServerAddress } from './server-address.js';
import { waitUntilReady } from './server-process.js';
import { liveRecord, stateFiles, type ServerRecord } from './server-record.js';

export interface RunningServer extends ServerAddress {
  kind: 'embedded';
  pid: number;
  version: string;
  mode: ServerRecord['mode'];
  /** Pids of the processes that hold it; one may appear more than once. */
  users: number[];
  startedAt: string;
  logFile: string;
}

/** A process that is there and does not answer is waited for this long: it may be starting, or the machine busy. */
const silentMs = 10_000;

/** What `server.json` says, if that process lives, is the recorded one, and answers; else `undefined`. */
export const runningServer = async ({ stateDir }: Pick<Project, 'stateDir'>): Promise<RunningServer | undefined> => {
  const record = liveRecord(stateDir);
  if (!record) return undefined;
  const readiness = await waitUntilReady(record, { withinMs: silentMs });
  if (readiness.kind !== 'ready') return undefined;
  return {
    kind: 'embedded',
    address: `${loopback}:${record.ports.grpc}`,
    namespace: readiness.namespace.name,
    ...uiAddress(record.ports),
    pid: record.server.pid,
    version: record.version,
    mode: record.mode,
    users: liveUsers(stateDir, { sweep: false }).map(({ pid }) => pid),
    startedAt: record.startedAt,
    logFile: stateFiles(stateDir).log,
  };
};
