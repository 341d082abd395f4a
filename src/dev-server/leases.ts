/**
 * Who uses a project's server. Host. Each user holds a lease, a file that names its process; the server is
 * stopped by the user that gives up the last live one. Taken and given up under the state lock only.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeStateFolder, readJsonFile, removeStateFile, writeFileAtomic } from '../project/index.js';
import { isAlive, thisProcess, toProcessRef, type ProcessRef } from './process-identity.js';
import { stateFiles } from './server-record.js';

/** Writes a lease of this process and returns its file. A process may hold several. */
export const takeLease = (stateDir: string): string => {
  const directory = stateFiles(stateDir).leases;
  makeStateFolder(directory);
  const path = join(directory, `${process.pid}-${randomBytes(4).toString('hex')}.json`);
  writeFileAtomic(path, JSON.stringify(thisProcess()));
  return path;
};

export const giveUpLease = (path: string): void => removeStateFile(path);

/** The live processes that hold a lease, one entry for each lease. Leases of dead ones are removed on the way. */
export const liveUsers = (stateDir: string, { sweep = true } = {}): ProcessRef[] => {
  const directory = stateFiles(stateDir).leases;
  return leaseNames(directory).flatMap((name) => {
    const path = join(directory, name);
    const user = toProcessRef(readJsonFile(path));
    if (user && isAlive(user)) return [user];
    if (sweep) removeStateFile(path);
    return [];
  });
};

const leaseNames = (directory: string): string[] => {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};
