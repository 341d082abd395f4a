/**
 * The words that the sandbox, the worker and the client say to each other through Temporal. Pure. Whatever is
 * written into a history is declared here, and changing it is a change of the wire format: histories of every
 * release must still be read (`v` tells them apart).
 */
import type { ErrorCode } from './error-codes.js';
import type { LogLevel } from './log-line.js';
import type { BatchSpec } from './map-batch.js';
import type { State } from './state.js';
import type { TaskPolicy } from './task-policy.js';

/** Header field of each activity and child workflow that a flow starts. */
export const taskRunHeader = 'perdure';

/** The run and the flow whose map a part of it belongs to: those that bodies know. */
export interface MapOwner {
  runId: string;
  flowName: string;
}

/** What the header of an activity says about the task run. Absent fields mean "none" or "as declared". */
export interface TaskRunHeader {
  v: 1;
  /** The task run's id, which is also its activity id: `name-0`, or `name-0[17]` for a mapped child. */
  id: string;
  /** Ids of the upstream task runs. A map is named, never its children. */
  up?: string[];
  /** 0-based position in the map. */
  index?: number;
  /** What `.with({...})` changed for this call. */
  policy?: Partial<TaskPolicy>;
  tags?: string[];
  /** What people read for the task run, where it is not its id. */
  name?: string;
  /** The caller understands results and arguments that lie in the store (`Stored`). Absent: values only. */
  store?: true;
  /** These items of a map instead of one call; the result is a `BatchReport`. */
  batch?: BatchSpec;
  /** Of an item or a batch in a part of a map that is a run of its own. */
  of?: MapOwner;
  /** Run the task's `undo` in place of its body; the first argument is the result of what is undone. */
  undo?: true;
}

/** Sink of the SDK by which flow code logs. */
export const flowLogSink = 'perdureLog';
export type FlowLogSinks = Record<
  typeof flowLogSink,
  { line(line: { level: LogLevel; message: string; at: number; fields: string | undefined }): void }
>;

/** Memo key under which a run says where it comes from; set by the client at the start. */
export const runMemoKey = 'perdure';
export interface RunMemo {
  v: 1;
  /** The file that defines the flow, relative to the project, with `/`. */
  source?: string;
  /** The bundle entry's hash that the starter saw. */
  bundle?: string;
  tags?: string[];
}

/** Local activities of every worker, by which flow code reaches the store. */
export const storeActivity = {
  /** `[StoredData]` → `{ value }`, or `{ bytes }` when that is more than flow code may have. */
  read: 'perdure.read',
  /** `[StoredData]` → `{ items }`, or `{ sequence }` where they were written anew. */
  sequence: 'perdure.sequence',
  /** `[{ list } | { items }]` → `StoredBytes` */
  keep: 'perdure.keep',
  /** `[BatchReport]` → `ItemOutcome[]` */
  outcomes: 'perdure.outcomes',
} as const;

/** Workflow type of a part of a map that runs as a child of the flow's run. */
export const mapShardType = 'perdure.map-shard';

/** Memo key under which a run records, once a workflow task at most, what leaves no event of its own. */
export const deltaMemoKey = 'perdure.delta';
export type RunDelta =
  /** A task run that waits for its upstream. */
  | { kind: 'pending'; id: string; name: string; up: string[] }
  /** A map whose width became known. */
  | { kind: 'map'; id: string; name: string; up: string[]; width: number }
  /** A final state that was reached without an activity. */
  | { kind: 'ended'; id: string; name: string; up: string[]; state: UnstartedState }
  /** A map that bears its failures (`tolerate`, `firstSuccesses`) ended well. */
  | { kind: 'borne'; id: string; name: string; up: string[] }
  /** Children of the map `id` that ended in this way, counted. */
  | { kind: 'children'; id: string; name: string; up: string[]; state: UnstartedState; count: number }
  /** It waits for time, or for somebody. */
  | ({ kind: 'waiting'; id: string; name: string; up: string[] } & Waiting)
  /** What it waited for has come, or will not. */
  | { kind: 'waited'; id: string; name: string; up: string[]; state: State; error?: string }
  /** The run itself was paused, or goes on. */
  | { kind: 'run'; state: 'Paused' | 'Running' };

/** What a run waits for. */
export interface Waiting {
  what: 'sleep' | 'signal' | 'approval' | 'manual';
  /** When it gives up waiting, or has slept enough: milliseconds since 1970. Absent: never. */
  until?: number;
  /** JSON schema of the answer, where its schema can give one. */
  schema?: unknown;
}

/** Memo key that says of a run that it is paused, for those who only ask for its description. */
export const pausedMemoKey = 'perdure.paused';

/** Signals and the update by which a run is spoken to; any other signal is for `waitFor`. */
export const inboundName = {
  pause: 'perdure.pause',
  resume: 'perdure.resume',
  /** `[Answer]` → the id of what was answered. Refused before it is accepted where nothing waits for it, or it does not fit. */
  answer: 'perdure.answer',
} as const;

/** The answer to an open approval, or the word for a task that waits for one. */
export interface Answer {
  /** The approval's name or id; of two of one name, the one that was opened first. Of a task, its task-run id. */
  name: string;
  value?: unknown;
}

/** Second argument of a signal that our client sends: the same id counts once. */
export interface SignalNote {
  id: string;
}

/** The final states that are reached without an activity. */
export type UnstartedState = 'TriggerFailed' | 'Cancelled' | 'Skipped' | 'Failed';

/** The one detail of each ApplicationFailure of ours: an error of the taxonomy as plain data. */
export interface FailureDetail {
  perdure: 1;
  /** A class of the taxonomy, such as `RunError`. */
  errorClass: string;
  code: ErrorCode;
  details: Record<string, unknown>;
}

export const isFailureDetail = (value: unknown): value is FailureDetail =>
  typeof value === 'object' && value !== null && (value as { perdure?: unknown }).perdure === 1;

/** Temporal's limit on one payload (arguments, result). */
export const maxPayloadBytes = 2 * 1024 * 1024;
/**
 * Arguments that flow code makes go through the store above this: a workflow task's commands share one message of 4 MB,
 * and a window of 200 task runs has to fit in it.
 */
export const flowPayloadBytes = 16 * 1024;
/** Metadata of such payloads, by which the worker's payload codec knows them. */
export const flowPayloadMark = 'perdure-flow';
/** Metadata of a payload whose data is the reference (`StoredBytes`, JSON) to where its data lies. */
export const storedPayloadMark = 'perdure-stored';
/** Where the sandbox leaves a flow's value, which is not to be marked: any client can read it up to Temporal's limit. */
export const flowValueSlot = Symbol.for('perdure.flow-value');

/** What a value may have that goes through the store on its way (parameters, arguments made in flow code, a flow's value). */
export const maxOffloadedBytes = 256 * 1024 * 1024;
