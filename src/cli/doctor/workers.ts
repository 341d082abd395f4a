/** The workers of the project on this machine, and what killed ones left behind. HOST. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, toProcessRef } from '../../dev-server/index.js';
import { type Project, readJsonFile } from '../../project/index.js';
import type { HostedWorker } from '../../worker/registry.js';
import { type Finding, ok, warn } from './finding.js';

interface Entry {
  isAlive: boolean;
  pid: number;
  worker: HostedWorker | undefined;
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
};

/** Only looks: `otherWorkers` would remove what is stale. */
const entriesIn = (folder: string): Entry[] =>
  namesIn(folder).flatMap((name) => {
    const record = readJsonFile(join(folder, name));
    const owner = toProcessRef(record?.['process'] ?? record);
    if (owner === undefined) return [];
    return [{ isAlive: isAlive(owner), pid: owner.pid, worker: record?.['worker'] as HostedWorker | undefined }];
  });

export const workerFindings = (project: Project, address: string | undefined): Finding[] => {
  const workers = entriesIn(join(project.stateDir, 'workers'));
  const leases = entriesIn(join(project.stateDir, 'server-users'));
  const live = workers.filter((one) => one.isAlive);
  const findings: Finding[] = live.map(({ pid, worker }) => {
    const words = `process ${pid}: ${worker?.taskQueues.join(', ') ?? ''} at ${worker?.address ?? ''}`;
    return address !== undefined && worker?.address.startsWith('127.0.0.1') && worker.address !== address
      ? warn('worker', words, `It works for another server than the one that is up (${address}): start it again.`)
      : ok('worker', words);
  });
  if (live.length === 0) findings.push(ok('workers', 'none is up'));
  const stale = [...workers, ...leases].filter((one) => !one.isAlive).length;
  if (stale > 0)
    findings.push(
      ok('left behind', `${stale} record${stale === 1 ? '' : 's'} of killed processes; the next run clears them away`),
    );
  return findings;
};
