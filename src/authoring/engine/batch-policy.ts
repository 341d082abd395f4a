/**
 * How many items go into one batch of a map. Pure and deterministic: it knows only the map's width and what finished
 * batches reported, both of which are in the history. A change of any number here is a new version (`batchPolicy`).
 */
import type { BatchReport } from '../../core/map-batch.js';

/** The version that new runs are pinned to. 1: one probe, and nothing else before it has ended. */
export const batchPolicyVersion = 2;

/** Maps of more items than this are batched by themselves. */
export const batchAbove = 256;
/** Batches of one map in flight at once. */
export const batchesInFlight = 32;
/** The same until a measure is trusted; probes among them, so that a slow item holds back its own batch only. */
export const batchesToSettle = 4;
/** More batches than this go to child runs, each with a history of its own. */
export const mostBatches = 4_000;

const probeItems = 16;
const mostItems = 10_000;
const mostBytes = 8 * 1024 * 1024;
const targetMs = 1_500;
/** So that the work spreads evenly: at least four batches for each of this many slots. */
const leastBatches = 16;

/** A batch grows to at most this many times the largest so far: what a few items took says little. */
const growth = 16;
/** From so many items, or so much time, on, a batch's measure is trusted. */
const trustedItems = 256;
const trustedMs = 500;

export class BatchSizes {
  private size: number | undefined;
  private largest = 0;
  private probes = 0;
  /** Whether the size rests on a measure that is trusted; until then, few batches are in flight. */
  isSettled: boolean;

  constructor(
    private readonly width: number,
    private readonly fixed: number | undefined,
    private readonly version: number,
  ) {
    this.isSettled = fixed !== undefined;
  }

  /** The next batch's size when `left` items have none yet; `undefined` while the first probes are still awaited. */
  next(left: number): number | undefined {
    if (this.fixed !== undefined) return Math.min(this.fixed, left);
    if (this.size !== undefined) return Math.min(this.size, left);
    if (this.probes === (this.version < 2 ? 1 : batchesToSettle)) return undefined;
    this.probes += 1;
    return Math.min(probeItems, left);
  }

  learn({ start, end, ms, bytes }: BatchReport): void {
    const count = Math.max(1, end - start);
    // A small batch that comes late knows less than a large one before it.
    if (this.isSettled && count < this.largest / 4) return;
    this.largest = Math.max(this.largest, count);
    this.isSettled ||= count >= trustedItems || ms >= trustedMs;
    const byTime = targetMs / Math.max(ms / count, 0.001);
    const byBytes = mostBytes / Math.max(bytes / count, 1);
    const bySpread = Math.max(probeItems, Math.ceil(this.width / leastBatches));
    const byGrowth = this.isSettled ? mostItems : this.largest * growth;
    this.size = Math.max(1, Math.floor(Math.min(byTime, byBytes, bySpread, byGrowth, mostItems)));
  }
}
