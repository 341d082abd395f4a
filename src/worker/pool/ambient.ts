/**
 * Whose code is running: the attempt, or the item of a batch, that the current code belongs to. Host, inside a child.
 * Follows `await`. What it says of an item is made when it is asked for, since most items ask for nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type CurrentRun, provideCurrentRun } from '../../authoring/current-run.js';
import { type DatasetHost, provideDatasetHost } from '../../core/dataset.js';

export interface Ambient {
  /** The number under which the pool sent it. */
  readonly n: number;
  /** Of an item: its position in the batch. */
  readonly position?: number;
  readonly current: CurrentRun;
  /** Absent without a result store. */
  readonly datasets: DatasetHost | undefined;
  /** Takes an error that nothing caught. */
  blame(error: unknown): void;
}

export const ambient = new AsyncLocalStorage<Ambient>();

/** Makes `currentRun()` and `Dataset.from()` know what runs here. */
export const installAmbient = (): void => {
  provideCurrentRun(() => ambient.getStore()?.current);
  provideDatasetHost(() => ambient.getStore()?.datasets);
};
