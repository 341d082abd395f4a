/**
 * `MapFuture`: the future of a `.map` call; its value is the array of the children's values, in order. Pure.
 */
import type { MapOutcome, MapRun } from './engine/map-run.js';
import { TaskFuture } from './future.js';

/** How one child of a map ended: `value` when it completed, `error` when it did not. */
export interface Settled<T> extends MapOutcome {
  value?: T;
}

export class MapFuture<T> extends TaskFuture<T[]> {
  /** @internal Futures come from calls. */
  constructor(private readonly map: MapRun) {
    super(map);
  }

  /** How each child ended, in order of index, once all have; none where the map was skipped. Failures of children then count as handled. */
  settled(): Promise<Settled<T>[]> {
    this.map.handled = true;
    return this.map.outcomes() as Promise<Settled<T>[]>;
  }

  /** How each child ended, as they end. Failures of children then count as handled. */
  asCompleted(): AsyncIterable<Settled<T>> {
    this.map.handled = true;
    return this.map.endings() as AsyncGenerator<Settled<T>>;
  }
}
