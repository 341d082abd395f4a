/**
 * A map run in batches: each is one activity (or, beyond what one history holds, one child run) that runs a stretch of
 * items and reports how they ended. Pure. The flow never holds the items' states, only the reports; after another map
 * in batches, the batches are those of that map, each started when its own has ended.
 */
import { type BatchInput, type BatchReport, type BatchSpec } from '../../core/map-batch.js';
import { inlineLimitBytes, Stored, type StoredSequenceData } from '../../core/result-ref.js';
import { State } from '../../core/state.js';
import { BatchSizes, batchesInFlight, batchesToSettle, mostBatches } from './batch-policy.js';
import type { TaskDefinition } from '../definition.js';
import { gapsIn } from './batch-gaps.js';
import { BatchReports } from './batch-reports.js';
import type { Started } from './engine-port.js';
import { resolveFutures } from './futures-in.js';
import type { MapBody, MapOutcome, MapProgress, MapTally } from './map-body.js';
import { originOf, type Share } from './map-inputs.js';
import type { MapPlan } from './map-items.js';
import { quietly } from './quietly.js';
import { sliceOf } from './stored-slices.js';

export interface BatchOptions {
  definition: TaskDefinition;
  /** Items a batch; `undefined`: by measured time. */
  size: number | undefined;
  /** Items of the map in flight at once. */
  concurrency: number | undefined;
  /** An activity for each item all the same, in child runs, since one history has no room for them. */
  isUnbatched: boolean;
}

export interface Batch {
  start: number;
  end: number;
  isOpen: boolean;
  started?: Started;
  report?: BatchReport;
}

/** Items that a flow holds itself travel in the history: so much of them in one batch. */
const mostInlineChars = 512 * 1024;
/** Values that all reports of a map together carry themselves: more in the flow's memory makes its steps slow. */
const mostReportedBytes = 512 * 1024;
/** Task runs in one child run, and child runs in flight at once: together about what one run has in its window. */
const shardRuns = 1_000;
const shardsInFlight = 2;

export class MapBatches implements MapBody {
  readonly batches: Batch[] = [];
  readonly reports: BatchReports;
  private readonly listeners: ((batch: Batch) => void)[] = [];
  private readonly sizes: BatchSizes;
  private readonly stage: MapBatches | undefined;
  private isSharded: boolean;
  /** Items `[0, cursor)` are in a batch; of a stage: how many have been handed on. */
  private cursor = 0;
  private inFlight = 0;
  private unfinished: number;
  private cancelled = false;

  constructor(
    private readonly plan: MapPlan,
    private readonly progress: MapProgress,
    private readonly options: BatchOptions,
  ) {
    this.reports = new BatchReports(plan);
    this.unfinished = plan.width;
    this.isSharded = options.isUnbatched;
    this.sizes = new BatchSizes(plan.width, options.isUnbatched ? 1 : options.size, plan.flowRun.port.batchPolicy());
    for (const share of plan.shares) if (share.kind === 'stage') this.stage = share.map.batches;
  }

  start(): void {
    if (this.stage === undefined) return this.fill();
    this.stage.onBatch((batch) => this.follow(batch));
  }

  /** Calls `tell` for each batch that has ended, now or later. */
  onBatch(tell: (batch: Batch) => void): void {
    for (const batch of this.batches) if (batch.report !== undefined) tell(batch);
    this.listeners.push(tell);
  }

  private get lanes(): number {
    const most = this.isSharded ? shardsInFlight : this.sizes.isSettled ? batchesInFlight : batchesToSettle;
    return Math.min(most, this.options.concurrency ?? most);
  }

  /** Lanes that there are batches for. */
  private get used(): number {
    const { size } = this.options;
    return size === undefined ? this.lanes : Math.min(this.lanes, Math.ceil(this.plan.width / size));
  }

  private fill(): void {
    while (this.cursor < this.plan.width && this.inFlight < this.lanes && !this.cancelled) {
      const size = this.sizes.next(this.plan.width - this.cursor);
      if (size === undefined) return;
      const left = this.plan.width - this.cursor;
      if (this.sizes.isSettled && left / size > mostBatches) this.isSharded = true;
      const end = this.fitting(this.cursor, this.cursor + Math.min(left, this.isSharded ? size * shardRuns : size));
      this.open(this.cursor, end);
      this.cursor = end;
    }
  }

  private follow({ start, end }: Batch): void {
    // What is not in a batch when the map itself is cancelled is ended then.
    if (this.cancelled || this.plan.flowRun.isCallingOff(this.plan.transaction)) return;
    const size = this.options.isUnbatched ? shardRuns : (this.options.size ?? end - start);
    for (let from = start; from < end; from += size) this.open(from, Math.min(end, from + size));
  }

  /** A smaller `end` where the items in the flow's own memory would be too much for one payload. */
  private fitting(start: number, end: number): number {
    for (const share of this.plan.shares) {
      if (share.kind !== 'items') continue;
      while (end - start > 1 && JSON.stringify(share.items.slice(start, end)).length > mostInlineChars)
        end = start + Math.ceil((end - start) / 2);
    }
    return end;
  }

  private open(start: number, end: number): void {
    const batch: Batch = { start, end, isOpen: true };
    this.batches.push(batch);
    this.inFlight++;
    this.plan.flowRun.window.enter(Math.min(this.plan.depth, 64), () => batch.isOpen && this.launch(batch));
  }

  /** Whether anything was started. */
  private launch(batch: Batch): boolean {
    let started: Started;
    try {
      started = quietly(() => this.startBatch(batch));
    } catch (error) {
      this.ended(batch, this.reports.failed(batch, this.reports.asRunError(error)));
      return false;
    }
    batch.started = started;
    const done = (report: BatchReport): void => {
      this.ended(batch, report);
      this.plan.flowRun.window.leave();
    };
    void quietly(() =>
      started.result.then(
        (report) => done(this.reports.checked(batch, report as BatchReport)),
        (error: unknown) => {
          const report = started.reportIn?.(error);
          // Before, all items of a cancelled batch were taken for Cancelled.
          if (report !== undefined && this.plan.flowRun.port.isNew('cancelled-batch-report'))
            return done(this.reports.checked(batch, report));
          done(this.reports.failed(batch, started.explain?.(error) ?? this.reports.asRunError(error)));
        },
      ),
    );
    return true;
  }

  private startBatch({ start, end }: Batch): Started {
    const { flowRun, mapId, upstreamIds, invoked } = this.plan;
    const { policy, tags, priority, title } = invoked;
    const given = this.plan.shares.map((share) => this.given(share, start, end));
    const { concurrency, definition } = this.options;
    const { offset } = this.plan;
    const spec: BatchSpec = {
      map: mapId,
      start: offset + start,
      end: offset + end,
      inputs: given.map(({ input }) => input),
      ...(concurrency === undefined ? {} : { concurrency: Math.max(1, Math.floor(concurrency / this.used)) }),
      ...this.inlineBytes(start, end),
    };
    const stretch = `[${spec.start}-${spec.end - 1}]`;
    const id = `${mapId}${stretch}`;
    const invocation = {
      id,
      title: title === undefined ? id : `${title}${stretch}`,
      definition,
      args: given.map(({ value }) => value),
      policy,
      tags,
      priority,
      upstreamIds,
      spec,
    };
    if (!this.isSharded) return flowRun.port.startBatch(invocation);
    return flowRun.port.startShard({ ...invocation, batch: this.options.isUnbatched ? false : this.options.size });
  }

  private inlineBytes(start: number, end: number): Pick<BatchSpec, 'inlineBytes'> {
    const { invoked, width } = this.plan;
    const share = Math.floor(((invoked.inlineBytes ?? mostReportedBytes) * (end - start)) / width);
    return share < (this.isSharded ? mostReportedBytes : inlineLimitBytes) ? { inlineBytes: share } : {};
  }

  private given(share: Share, start: number, end: number): { input: BatchInput; value: unknown } {
    switch (share.kind) {
      case 'constant':
        return { input: 'whole', value: resolveFutures(share.value) };
      case 'items':
        return { input: 'items', value: share.items.slice(start, end) };
      case 'stored':
        return { input: 'slice', value: new Stored(sliceOf(share.data, start, end)) };
      case 'stage':
        return { input: 'slice', value: new Stored(stageSlice(share.map.batches, start, end)) };
    }
  }

  private ended(batch: Batch, report: BatchReport): void {
    batch.isOpen = false;
    batch.report = report;
    this.reports.add(batch, report);
    this.inFlight--;
    if (report.failures?.[0]?.error === undefined) this.sizes.learn(report);
    for (const tell of this.listeners) tell(batch);
    const failed = failuresIn(report);
    const count = batch.end - batch.start;
    this.unfinished -= count;
    this.progress.ended(count - failed, failed, report.skipped ?? 0);
    if (this.unfinished === 0) this.progress.done();
    else if (this.stage === undefined) this.fill();
  }

  cancel(): void {
    this.cancelled = true;
    for (const batch of this.batches.filter((one) => one.isOpen)) {
      if (batch.started !== undefined) batch.started.cancel();
      else this.ended(batch, this.reports.cancelled(batch));
    }
    for (const [start, end] of gapsIn(this.batches, this.plan.width)) {
      const batch: Batch = { start, end, isOpen: false };
      this.batches.push(batch);
      this.inFlight++;
      this.plan.flowRun.port.record({
        kind: 'children',
        id: this.plan.mapId,
        name: this.plan.invoked.definition.name,
        up: this.plan.upstreamIds,
        state: State.Cancelled,
        count: end - start,
      });
      this.ended(batch, this.reports.cancelled(batch));
    }
  }

  tally(): MapTally {
    return this.reports.tally();
  }
  value(first?: number): unknown {
    return this.reports.value(first);
  }
  outcomes(): Promise<MapOutcome[]> {
    return this.reports.outcomes();
  }
  valueOrFailures(): unknown {
    return this.reports.valueOrFailures();
  }
  failuresRead(): Promise<void> {
    return this.reports.failuresRead();
  }

  onEnding(tell: (ended: Promise<MapOutcome[]>) => void): void {
    this.onBatch(({ report }) => report !== undefined && tell(this.reports.outcomesOf(report)));
  }

  handle(): void {
    this.isHandled = true;
    this.stage?.handle();
    for (const share of this.plan.shares) {
      const map = originOf(share)?.map;
      // Before, only those of a map that was followed batch by batch were dealt with.
      if (map?.failed && !map.isHandled && this.plan.flowRun.port.isNew('handled-origin')) map.handle();
    }
  }
  isHandled = false;
}

/** Items of a batch of an earlier map. */
const stageSlice = (stage: MapBatches | undefined, start: number, end: number): StoredSequenceData => {
  const batch = stage?.batches.find((one) => one.start <= start && end <= one.end);
  const segments = batch?.report?.segments ?? [];
  const whole: StoredSequenceData = {
    kind: 'sequence',
    as: 'array',
    length: (batch?.end ?? 0) - (batch?.start ?? 0),
    segments,
  };
  return sliceOf(whole, start - (batch?.start ?? 0), end - (batch?.start ?? 0)) as StoredSequenceData;
};

const failuresIn = (report: BatchReport): number =>
  Object.values(report.ended ?? {}).reduce((sum, count) => sum + count, 0);
