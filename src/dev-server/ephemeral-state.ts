/**
 * State directories of servers that live in memory, for tests. Host. Each names the process that made it; one
 * whose maker is dead is cleared away, server included, by the next process that makes one.
 */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJsonFile, writeFileAtomic } from '../project/index.js';
import { isAlive, killProcess, thisProcess, toProcessRef } from './process-identity.js';
import { readRecord } from './server-record.js';

const prefix = 'perdure-server-';
const markerFile = 'maker.json';

export const makeEphemeralStateDir = (): string => {
  sweep();
  const stateDir = mkdtempSync(join(tmpdir(), prefix));
  writeFileAtomic(join(stateDir, markerFile), JSON.stringify(thisProcess()));
  return stateDir;
};

export const removeEphemeralStateDir = (stateDir: string): void => {
  // Only what carries the mark is deleted.
  if (toProcessRef(readJsonFile(join(stateDir, markerFile)))) rmSync(stateDir, { recursive: true, force: true });
};

const sweep = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const stateDir = join(tmpdir(), name);
    if (!name.startsWith(prefix) || !isOwn(stateDir)) continue;
    const maker = toProcessRef(readJsonFile(join(stateDir, markerFile)));
    if (!maker || isAlive(maker)) continue;
    const server = readRecord(stateDir)?.server;
    if (server) killProcess(server);
    removeEphemeralStateDir(stateDir);
  }
};

/** Others can write to the temporary directory too: what they put there must not choose a process to be killed. */
const isOwn = (path: string): boolean => {
  const uid = process.getuid?.();
  return uid === undefined || lstatSync(path, { throwIfNoEntry: false })?.uid === uid;
};
