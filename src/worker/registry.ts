/**
 * Which workers of a project are alive on this machine, and which code each one hosts, so that `perdure run` can use
 * a worker that is up, and leaves unfinished runs to whoever has them. HOST. One small file a worker in the state
 * folder; a file whose process is gone counts for nothing.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskManifest } from '../activities/index.js';
import { type ProcessRef, isAlive, thisProcess, toProcessRef } from '../dev-server/process-identity.js';
import { makeStateFolder, type Project, readJsonFile, removeStateFile, writeFileAtomic } from '../project/index.js';

export interface HostedWorker {
  /** `kept` ones (dev, worker) may be used by others; a `run`'s own worker ends with it. */
  kind: 'kept' | 'run';
  address: string;
  namespace: string;
  taskQueues: string[];
  /** The files it hosts, relative to the project, each with its bundle entry's hash. */
  entries: { source: string; hash: string }[];
  flows: TaskManifest['flows'];
  /** Epoch milliseconds: a file that was changed later is not what this worker runs. */
  loadedAt: number;
}

const folder = (project: Project): string => join(project.stateDir, 'workers');

/** Enters a worker of this process; call again to change it, and the function it gives to leave. */
export const registerWorker = (project: Project, worker: HostedWorker): (() => void) => {
  makeStateFolder(folder(project));
  const path = join(folder(project), `${process.pid}-${worker.kind}.json`);
  const entry = JSON.stringify({ process: thisProcess(), worker, entry: ++lastEntry });
  writeFileAtomic(path, entry);
  return () => {
    // A worker that was replaced leaves after its successor has entered: the entry is the successor's.
    if (JSON.stringify(readJsonFile(path)) === entry) removeStateFile(path);
  };
};
let lastEntry = 0;

/** Workers of other live processes. Entries of dead ones are removed. */
export const otherWorkers = (project: Project): HostedWorker[] => {
  const found: HostedWorker[] = [];
  for (const name of namesIn(folder(project))) {
    const path = join(folder(project), name);
    const record = readJsonFile(path);
    const owner: ProcessRef | undefined = toProcessRef(record?.['process']);
    if (owner === undefined || !isAlive(owner)) removeStateFile(path);
    else if (owner.pid !== process.pid && isWorker(record?.['worker'])) found.push(record['worker']);
  }
  return found;
};

/** A record may be damaged, or of another version: then its worker is one that nobody knows. */
const isWorker = (value: unknown): value is HostedWorker => {
  const { address, taskQueues, entries, flows } = (value ?? {}) as Partial<Record<keyof HostedWorker, unknown>>;
  return typeof address === 'string' && [taskQueues, entries, flows].every(Array.isArray);
};

const namesIn = (directory: string): string[] => {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};
