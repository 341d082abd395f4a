/**
 * The events that a RunView is folded from: a history's events in our words, without Temporal's types. Pure data.
 */
import type { RunDelta } from '../protocol.js';
import type { State } from '../state.js';

export type RunEvent =
  | { kind: 'run-started'; at: Date; flowName: string; tags?: readonly string[] }
  | { kind: 'run-ended'; at: Date; state: State; error?: string }
  | {
      kind: 'scheduled';
      at: Date;
      /** What later events refer to: the number of the event that scheduled it. */
      key: string;
      what: 'task' | 'flow';
      id: string;
      name: string;
      title?: string;
      tags?: readonly string[];
      upstream: string[];
      mapIndex?: number;
      /** Items `[start, end)` of the map `map`, which this runs together. */
      batch?: { map: string; start: number; end: number };
    }
  | { kind: 'started'; at: Date; key: string; attempt: number }
  | {
      kind: 'ended';
      at: Date;
      key: string;
      state: State;
      error?: string;
      /** Of a batch: how many of its items did not complete, by state. */
      items?: Partial<Record<State, number>>;
    }
  /** The flow's code cannot go on (its history was made by other code, or it is broken); the server keeps trying. */
  | { kind: 'parked'; at: Date; message: string }
  | { kind: 'unparked'; at: Date }
  /** A whole task run in one: a local activity leaves only its end. */
  | { kind: 'delta'; at: Date; delta: RunDelta };

/** An activity that has been scheduled and has not ended, from the server's description of the run. */
export interface PendingTask {
  id: string;
  state: 'Pending' | 'Running' | 'Retrying';
  attempt: number;
  startedAt?: Date;
  error?: string;
  /** Of a batch: its items that have ended. */
  itemsEnded?: number;
}
