/**
 * Whose code is running: the attempt, the item of a batch, or the flow, that the current code belongs to. Host.
 * Follows `await`. What it says of an item is made when it is asked for, since most items ask for nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type CurrentRun, provideCurrentRun } from '../../authoring/current-run.js';
import type { FlowRun } from '../../authoring/engine/flow-run.js';
import { provideFlowRun } from '../../authoring/scope.js';
import { type DatasetHost, provideDatasetHost } from '../../core/dataset.js';
import type { LogWriter } from '../../results/index.js';
import type { Notes } from './notes.js';

export interface Ambient {
  /** The number under which the pool sent it. */
  readonly n: number;
  /** Of an item: its position in the batch. */
  readonly position?: number;
  readonly current: CurrentRun;
  /** By this process's clock (`performance.now()`). */
  readonly startedAtMs: number;
  /** Takes the lines and artifacts of this code. */
  readonly notes: Notes;
  /** It has left something there. */
  isNoted?: boolean;
  /** Absent without a result store. */
  readonly datasets: DatasetHost | undefined;
  /** Takes an error that nothing caught. */
  blame(error: unknown): void;
}

export const ambient = new AsyncLocalStorage<Ambient>();

/** Of flow code that runs in this process (`inline()`). */
export interface FlowAmbient {
  readonly current: CurrentRun;
  readonly flowRun: FlowRun;
  readonly log: LogWriter;
}

/** A body's own scope hides that of the flow whose task it is. */
export const flowAmbient = new AsyncLocalStorage<FlowAmbient>();

/** Makes `currentRun()`, `Dataset.from()` and the calls of tasks know what runs here. */
export const installAmbient = (): void => {
  provideCurrentRun(() => (ambient.getStore() ?? flowAmbient.getStore())?.current);
  provideFlowRun(() => (ambient.getStore() === undefined ? flowAmbient.getStore()?.flowRun : undefined));
  provideDatasetHost(() => ambient.getStore()?.datasets);
};
