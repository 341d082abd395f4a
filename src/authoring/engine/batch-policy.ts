/**
 * How many items go into one batch of a map. Pure and deterministic: it knows only the map's width and what finished
 * batches reported, both of which are in the history. A change of any number here is a new version (`batchPolicy`).
 */
import type { BatchReport } from '../../core/map-batch.js';

/** The version that new runs are pinned to. */
export const batchPolicyVersion = 1;

/** Maps of more items than this are batched by themselves. */
export const batchAbove = 256;
/** Batches of one map in flight at once. */
export const batchesInFlight = 32;
/** More batches than this go to child runs, each with a history of its own. */
export const mostBatches = 4_000;

const probeItems = 16;
const mostItems = 10_000;
const mostBytes = 8 * 1024 * 1024;
const targetMs = 1_500;
/** So that the work spreads evenly: at least four batches for each of this many slots. */
const leastBatches = 16;

export class BatchSizes {
  private size: number | undefined;
  private probing = false;

  constructor(
    private readonly width: number,
    private readonly fixed?: number,
  ) {}

  /** The next batch's size when `left` items have none yet; `undefined` while the first batch is still awaited. */
  next(left: number): number | undefined {
    if (this.fixed !== undefined) return Math.min(this.fixed, left);
    if (this.size !== undefined) return Math.min(this.size, left);
    if (this.probing) return undefined;
    this.probing = true;
    return Math.min(probeItems, left);
  }

  learn({ start, end, ms, bytes }: BatchReport): void {
    const count = Math.max(1, end - start);
    const byTime = targetMs / Math.max(ms / count, 0.001);
    const byBytes = mostBytes / Math.max(bytes / count, 1);
    const bySpread = Math.max(probeItems, Math.ceil(this.width / leastBatches));
    this.size = Math.max(1, Math.floor(Math.min(byTime, byBytes, bySpread, mostItems)));
  }
}
