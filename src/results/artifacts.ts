/**
 * Keeps and finds the artifacts of runs. HOST. Each attempt writes a key's object over and over; of several attempts the
 * one that began last counts.
 */
import { type Artifact, type ArtifactContent, type ArtifactOptions, textOfArtifact } from '../core/artifact.js';
import { keySegment } from './keys.js';
import { artifactsPrefix, nameFolder } from './place.js';
import type { ListedObject, ResultStore } from './store.js';

/** Who leaves it: `startedAt` is when the attempt began. */
export interface ArtifactOwner {
  runId: string;
  taskName: string;
  taskRunId: string;
  attempt: number;
  mapIndex?: number;
  startedAt: number;
}

export interface KeptArtifact {
  owner: ArtifactOwner;
  key: string;
  /** As `textOfArtifact` made it. */
  text: string;
}

/** The artifact as it will be stored. @throws AuthoringError BAD_ARTIFACT for what JSON cannot hold, or too much of it */
export const keptArtifact = (
  owner: ArtifactOwner,
  { key, content, description }: { key: string; content: ArtifactContent; description: string | undefined },
): KeptArtifact => {
  const { runId: _runId, startedAt: _startedAt, ...who } = owner;
  const said = description === undefined ? {} : { description };
  return { owner, key, text: textOfArtifact(key, { ...who, key, at: Date.now(), ...said, ...content }) };
};

export const writeArtifact = async (store: ResultStore, { owner, key, text }: KeptArtifact): Promise<void> => {
  const { runId, taskRunId, startedAt, attempt } = owner;
  await nameFolder(store, runId);
  const folder = `${artifactsPrefix(runId)}${keySegment(taskRunId)}/${keySegment(key)}`;
  const began = `${String(Math.round(startedAt)).padStart(15, '0')}-${String(attempt).padStart(6, '0')}`;
  await store.put(`${folder}/${began}`, Buffer.from(text));
};

/** The last artifact of each task run and key, task run by task run. */
export const readArtifacts = async (
  store: ResultStore,
  runId: string,
  { key, task, from = 0, limit = 100 }: ArtifactOptions = {},
): Promise<Artifact[]> => {
  const latest = new Map<string, ListedObject>();
  const wanted = key === undefined ? undefined : keySegment(key);
  for await (const object of store.list(artifactsPrefix(runId))) {
    const folder = object.key.slice(0, object.key.lastIndexOf('/'));
    if (wanted !== undefined && !folder.endsWith(`/${wanted}`)) continue;
    // In order of their names: the last one is of the attempt that began last.
    latest.set(folder, object);
  }
  const found: Artifact[] = [];
  let left = from;
  for (const object of latest.values()) {
    if (found.length >= limit) break;
    const { key: at, bytes } = object;
    const ref = { store: store.id, key: at, bytes, sha256: '' };
    // A range, because nobody knows its hash.
    const text = new TextDecoder().decode(await store.get(ref, { start: 0, end: bytes }));
    const { at: time, ...rest } = JSON.parse(text) as Omit<Artifact, 'at'> & { at: number };
    const read = { ...rest, at: new Date(time) } as Artifact;
    const isWanted = task === undefined || read.taskName === task || read.taskRunId === task;
    if ((isWanted || read.taskRunId.startsWith(`${task}[`)) && left-- <= 0) found.push(read);
  }
  return found;
};
