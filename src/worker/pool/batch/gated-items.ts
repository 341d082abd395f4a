/**
 * Items of a batch on their way through its gate, and what becomes of each. Host, inside a child. Made for tasks with
 * limits or a cache only; the items of others start at once.
 */
import { ResultStoreError } from '../../../core/errors.js';
import { recordFailure } from '../record-failure.js';
import type { BatchGate, ItemPassed } from './batch-gate.js';
import type { ItemColumns } from './item-columns.js';

interface GatedItemsOptions {
  gate: BatchGate;
  columns: ItemColumns;
  isStopped: () => boolean;
  /** Its body is to run. */
  admit: (position: number, args: unknown[]) => void;
  /** One more has passed, or ended there. */
  onPassed: () => void;
  /** The store fails: nothing can go on. */
  onBroken: (error: unknown) => void;
}

export class GatedItems {
  /** Those at the gate. */
  waiting = 0;

  constructor(private readonly options: GatedItemsOptions) {}

  async pass(position: number, args: unknown[]): Promise<void> {
    const { gate, columns, isStopped, admit, onPassed, onBroken } = this.options;
    const enteredAtMs = performance.now();
    const msHere = (): number => performance.now() - enteredAtMs;
    this.waiting += 1;
    try {
      const passed: ItemPassed = await gate.enter(position, args);
      this.waiting -= 1;
      if (typeof passed === 'object') columns.cached(position, passed.found, msHere());
      else if (passed === 'run' && !isStopped()) admit(position, args);
      else gate.leave(position);
    } catch (thrown) {
      this.waiting -= 1;
      if (thrown instanceof ResultStoreError) return onBroken(thrown);
      columns.fail(position, 'Failed', { error: recordFailure(thrown), ms: msHere(), attempts: 0 });
    }
    onPassed();
  }

  /** Tells the cache the item's value, if it is to know it, before the item ends with it. */
  keep(position: number, value: unknown, end: () => void): void {
    const { gate } = this.options;
    if (gate.computes(position)) void gate.keep(position, value).then(end);
    else end();
  }

  leave(position: number): void {
    this.options.gate.leave(position);
  }

  stop(): void {
    this.options.gate.stop();
  }
}

/** `undefined` for a task with neither limits nor a cache. */
export const gatedItems = (
  { gate, columns }: { gate: BatchGate | undefined; columns: ItemColumns },
  on: Omit<GatedItemsOptions, 'gate' | 'columns'>,
): GatedItems | undefined => (gate === undefined ? undefined : new GatedItems({ gate, columns, ...on }));
