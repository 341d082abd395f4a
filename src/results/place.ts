/**
 * Where in the store a run's objects lie: `runs/<run>/<task run>/<what>`. HOST. Keys say whose value an object is, so
 * that an error can; they are never asked for anything else.
 */
import { randomBytes } from 'node:crypto';
import { keySegment, textOfSegment } from './keys.js';
import type { ResultStore } from './store.js';

/** Who writes. */
export interface Place {
  runId: string;
  taskRunId: string;
  /** 1-based. */
  attempt: number;
}

/** What belongs to no run: a folder of its own, which its owner removes. */
export interface OwnPlace {
  /** With no `/` at its end. */
  folder: string;
}

export const runsPrefix = 'runs/';
export const runPrefix = (runId: string): string => `${runsPrefix}${keySegment(runId)}/`;
/** A run's log and artifacts: no task run's folder can have such a name, and they go with the run's data. */
export const logsPrefix = (runId: string): string => `${runPrefix(runId)}~logs/`;
export const artifactsPrefix = (runId: string): string => `${runPrefix(runId)}~artifacts/`;
/** Holds a run's id, where its folder's name cannot. */
export const runIdKey = (prefix: string): string => `${prefix}run-id`;

/** `name[3]` is the child 3 of the map `name`: a map's children share a folder. */
const childPattern = /^(.+)\[([^\]]+)\]$/s;

/**
 * A prefix for the keys of one write. No two writes share one, whatever attempts and processes do: what is written is
 * never replaced, so a late writer cannot change what a history refers to.
 */
export const writePrefix = ({ runId, taskRunId, attempt }: Place): string => {
  const [, map, child] = childPattern.exec(taskRunId) ?? [];
  const unique = `${attempt}-${randomBytes(6).toString('hex')}`;
  const folder = `${runPrefix(runId)}${keySegment(map ?? taskRunId)}/`;
  return child === undefined ? `${folder}${unique}` : `${folder}${keySegment(`[${child}]`)}-${unique}`;
};

/** The run and the task run that a key names, as far as it does. */
export const ownerOf = (key: string): { runId?: string; taskRunId?: string } => {
  const [runs, run, task, name] = key.split('/');
  const runId = runs === 'runs' && run !== undefined ? textOfSegment(run) : undefined;
  if (runId === undefined) return {};
  if (task === undefined || name === undefined) return { runId };
  const taskName = textOfSegment(task) ?? task;
  const child = textOfSegment(/^(=5b.*=5d)-\d+-/.exec(name)?.[1] ?? '~') ?? '';
  return { runId, taskRunId: `${taskName}${child}` };
};

/** The prefix for one write; a run whose id its folder's name cannot hold has it written down there first. */
export const openPlace = async (store: ResultStore, place: Place | OwnPlace): Promise<string> => {
  if ('folder' in place) return `${place.folder}/${randomBytes(6).toString('hex')}`;
  await nameFolder(store, place.runId);
  return writePrefix(place);
};

const namedFolders = new WeakMap<ResultStore, Set<string>>();

/** Writes a run's id down where its folder's name cannot hold it, for whoever prunes. */
export const nameFolder = async (store: ResultStore, runId: string): Promise<void> => {
  if (textOfSegment(keySegment(runId)) !== undefined) return;
  const folder = runPrefix(runId);
  const known = namedFolders.get(store) ?? new Set<string>();
  namedFolders.set(store, known);
  if (known.has(folder)) return;
  await store.put(runIdKey(folder), new TextEncoder().encode(runId));
  known.add(folder);
};
