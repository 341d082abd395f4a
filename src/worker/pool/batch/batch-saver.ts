/**
 * Writes down how a batch goes on, one record after another, and opens the gate for items whose start had to be written
 * first. Host, inside a child. Knows no store: `save` does the writing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckpointRecord, ItemPast } from './checkpoint.js';
import type { ItemColumns } from './item-columns.js';

export type SavedRecord = Pick<CheckpointRecord, 'done' | 'past' | 'starts' | 'unstarted'>;

export interface GatedStart {
  position: number;
  args: unknown[];
}

export interface SaverOptions {
  columns: ItemColumns;
  save(record: SavedRecord): Promise<void>;
  start(item: GatedStart): void;
  isStopped(): boolean;
  /** Nothing is left to write. */
  onIdle(): void;
  onError(error: unknown): void;
}

/** How long items may be started one after the other before timers and messages have their turn. */
const sliceMs = 10;

export class BatchSaver {
  isSaving = false;
  private gated: GatedStart[] = [];
  private opening = 0;
  private unstarted: number[] = [];
  private past = new Map<number, ItemPast>();
  private isDirty = false;

  constructor(private readonly options: SaverOptions) {}

  /** Items behind the gate. */
  get waiting(): number {
    return this.gated.length + this.opening;
  }

  get hasUnsaved(): boolean {
    return this.options.columns.hasUnsaved || this.past.size > 0 || this.unstarted.length > 0;
  }

  gate(item: GatedStart): void {
    this.gated.push(item);
  }

  changed(position: number, past: ItemPast): void {
    this.past.set(position, past);
  }

  /** It was told to stop, or never started: whoever goes on with the batch runs it again. */
  notStarted(position: number): void {
    this.unstarted.push(position);
  }

  /** What waits behind the gate does not start any more. */
  close(): void {
    for (const { position } of this.gated.splice(0)) this.notStarted(position);
  }

  /** Has what there is written down, soon. */
  flush(): void {
    if (!this.hasUnsaved && this.gated.length === 0) return;
    this.isDirty = true;
    if (!this.isSaving) void this.saveAll();
  }

  private async saveAll(): Promise<void> {
    this.isSaving = true;
    try {
      while (this.isDirty) {
        this.isDirty = false;
        const gated = this.gated.splice(0);
        this.opening = gated.length;
        await this.options.save(this.record(gated));
        await this.open(gated);
        if (this.options.isStopped() && this.unstarted.length > 0) this.isDirty = true;
      }
      this.isSaving = false;
      this.options.onIdle();
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async open(gated: readonly GatedStart[]): Promise<void> {
    let sinceMs = performance.now();
    for (const item of gated) {
      if (performance.now() - sinceMs > sliceMs) {
        await nextTurn();
        sinceMs = performance.now();
      }
      this.opening -= 1;
      if (this.options.isStopped()) this.notStarted(item.position);
      else this.options.start(item);
    }
  }

  private record(gated: readonly GatedStart[]): SavedRecord {
    const record: SavedRecord = { done: this.options.columns.takeUnsaved() };
    if (this.past.size > 0) record.past = Object.fromEntries(this.past);
    if (this.unstarted.length > 0) record.unstarted = this.unstarted;
    if (gated.length > 0) record.starts = gated.map(({ position }) => position);
    this.past = new Map();
    this.unstarted = [];
    return record;
  }
}
