/**
 * What a batch writes down while it runs, so that whoever runs it again goes on from there: how items ended, which were
 * about to start, which have a past. Host; no I/O. Records are only ever added. Those of one run of the batch lie under
 * its fence; the next one reads all fences in order and writes under its own, so that a straggler's are not mixed in.
 */
import type { ItemError } from '../../../core/map-batch.js';
import type { UnusualState } from './item-columns.js';

/** Items that ended; the columns `states`, `attempts` and `errors` are by position and name only the unusual. */
export interface FinishedItems {
  at: number[];
  values: unknown[];
  ms: number[];
  states?: Record<number, UnusualState>;
  attempts?: Record<number, number>;
  errors?: Record<number, ItemError>;
}

/** The past of an item that has not ended. */
export interface ItemPast {
  /** Attempts that came to an end. */
  attempts: number;
  /** Failures charged to `retries`. */
  charged: number;
  /** Times its process died while only it was running. */
  crashes: number;
  /** Its process had to be killed when its time was up. */
  isStuck?: true;
  /** Epoch ms; absent: at once. */
  retryAtMs?: number;
}

export interface CheckpointRecord {
  v: 1;
  /** Every start of this fence is written down before it happens. */
  isJournaled: boolean;
  done: FinishedItems;
  past?: Record<number, ItemPast>;
  /** Not started after all, or stopped by the worker. */
  unstarted?: number[];
  /** About to start. */
  starts?: number[];
  /** Work time of this fence so far. */
  ms: number;
}

/** What all records together say. */
export interface Recalled {
  done: FinishedItems[];
  past: Map<number, ItemPast>;
  /** Of the last fence that wrote anything: what was running at its end, if it kept a journal of starts. */
  inFlight: number[] | undefined;
  lastFence: string | undefined;
  ms: number;
}

export interface FencedRecords {
  fence: string;
  records: CheckpointRecord[];
}

const inFlightOf = (records: readonly CheckpointRecord[]): number[] | undefined => {
  if (!records.every(({ isJournaled }) => isJournaled)) return undefined;
  const running = new Set<number>();
  for (const { done, past = {}, unstarted = [], starts = [] } of records) {
    for (const position of [...done.at, ...unstarted, ...Object.keys(past).map(Number)]) running.delete(position);
    for (const position of starts) running.add(position);
  }
  return [...running].sort((a, b) => a - b);
};

/** `fences` in order. */
export const recall = (fences: readonly FencedRecords[]): Recalled => {
  const last = fences.at(-1);
  const recalled: Recalled = {
    done: [],
    past: new Map(),
    inFlight: last && inFlightOf(last.records),
    lastFence: last?.fence,
    ms: 0,
  };
  for (const { records } of fences) {
    for (const { done, past } of records) {
      recalled.done.push(done);
      for (const [position, item] of Object.entries(past ?? {})) recalled.past.set(Number(position), item);
    }
    recalled.ms += records.at(-1)?.ms ?? 0;
  }
  return recalled;
};
