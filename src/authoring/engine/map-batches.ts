/**
 * A map run in batches: each is one activity (or, beyond what one history holds, one child run) that runs a stretch of
 * items and reports how they ended. Pure. The flow never holds the items' states, only the reports; after another map
 * in batches, the batches are those of that map, each started when its own has ended.
 */
import { RunError } from '../../core/errors.js';
import {
  type BatchInput,
  type BatchReport,
  type BatchSpec,
  type ItemFailure,
  reportedFailures,
} from '../../core/map-batch.js';
import { inlineLimitBytes, type Segment, Stored, type StoredSequenceData, storedIn } from '../../core/result-ref.js';
import { positionsIn } from '../../core/segment-positions.js';
import { State } from '../../core/state.js';
import { BatchSizes, batchesInFlight, batchesToSettle, mostBatches } from './batch-policy.js';
import type { Started } from './engine-port.js';
import { resolveFutures } from './futures-in.js';
import { failuresInPlace } from './failures-in-place.js';
import type { MapBody, MapOutcome, MapProgress, MapTally } from './map-body.js';
import type { Share } from './map-inputs.js';
import type { MapPlan } from './map-items.js';
import { quietly } from './quietly.js';
import { stateOfFailure } from './run.js';
import { sliceOf } from './stored-slices.js';

export interface BatchOptions {
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

/** Lists of more segments than this go to the store. */
const mostSegments = 200;
/** Items that a flow holds itself travel in the history: so much of them in one batch. */
const mostInlineChars = 512 * 1024;
/** Task runs in one child run, and child runs in flight at once: together about what one run has in its window. */
const shardRuns = 1_000;
const shardsInFlight = 2;

export class MapBatches implements MapBody {
  readonly batches: Batch[] = [];
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
    this.unfinished = plan.width;
    this.isSharded = options.isUnbatched;
    this.sizes = new BatchSizes(plan.width, options.isUnbatched ? 1 : options.size);
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
    if (this.cancelled) return;
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
      this.ended(batch, this.failedReport(batch, this.asRunError(error)));
      return false;
    }
    batch.started = started;
    const done = (report: BatchReport): void => {
      this.ended(batch, report);
      this.plan.flowRun.window.leave();
    };
    void quietly(() =>
      started.result.then(
        (report) => done(this.checked(batch, report as BatchReport)),
        (error: unknown) => done(this.failedReport(batch, started.explain?.(error) ?? this.asRunError(error))),
      ),
    );
    return true;
  }

  private startBatch({ start, end }: Batch): Started {
    const { flowRun, mapId, upstreamIds, invoked } = this.plan;
    const { definition, policy, tags, title } = invoked;
    if (definition.kind === 'flow') throw new TypeError('flows are mapped item by item');
    const given = this.plan.shares.map((share) => this.given(share, start, end));
    const { concurrency } = this.options;
    const { offset } = this.plan;
    const spec: BatchSpec = {
      map: mapId,
      start: offset + start,
      end: offset + end,
      inputs: given.map(({ input }) => input),
      ...(concurrency === undefined ? {} : { concurrency: Math.max(1, Math.floor(concurrency / this.lanes)) }),
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
      upstreamIds,
      spec,
    };
    if (!this.isSharded) return flowRun.port.startBatch(invocation);
    return flowRun.port.startShard({ ...invocation, batch: this.options.isUnbatched ? false : this.options.size });
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
        return { input: 'slice', value: new Stored(this.stageSlice(share.map.batches, start, end)) };
    }
  }

  private stageSlice(stage: MapBatches | undefined, start: number, end: number): StoredSequenceData {
    const batch = stage?.batches.find((one) => one.start <= start && end <= one.end);
    const segments = batch?.report?.segments ?? [];
    const whole: StoredSequenceData = { kind: 'sequence', as: 'array', length: lengthOf(segments), segments };
    return sliceOf(whole, start - (batch?.start ?? 0), end - (batch?.start ?? 0)) as StoredSequenceData;
  }

  private checked(batch: Batch, report: BatchReport): BatchReport {
    const { mapId, offset } = this.plan;
    if (report?.start === offset + batch.start && report.end === offset + batch.end) return report;
    const message = `The batch ${mapId}[${batch.start}-${batch.end - 1}] was answered for other items: ${JSON.stringify(report)?.slice(0, 200)}`;
    return this.failedReport(batch, new RunError('TASK_FAILED', message, { details: { taskRunId: mapId } }));
  }

  private ended(batch: Batch, report: BatchReport): void {
    batch.isOpen = false;
    batch.report = report;
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
      else this.ended(batch, this.cancelledReport(batch));
    }
    const rest = this.uncovered();
    for (const [start, end] of rest) {
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
      this.ended(batch, this.cancelledReport(batch));
    }
  }

  /** Stretches that no batch has. */
  private uncovered(): [number, number][] {
    const sorted = this.inOrder();
    const gaps: [number, number][] = [];
    let at = 0;
    for (const { start, end } of sorted) {
      if (start > at) gaps.push([at, start]);
      at = end;
    }
    if (at < this.plan.width) gaps.push([at, this.plan.width]);
    return gaps;
  }

  private inOrder(): Batch[] {
    return [...this.batches].sort((a, b) => a.start - b.start);
  }

  private get reports(): BatchReport[] {
    return this.inOrder().flatMap(({ report }) => report ?? []);
  }

  tally(): MapTally {
    const failed: MapTally['failed'] = {};
    const first: MapTally['first'] = [];
    const indexes: number[] = [];
    for (const report of this.reports) {
      for (const [state, count] of Object.entries(report.ended ?? {}))
        failed[state as State] = (failed[state as State] ?? 0) + count;
      for (const failure of report.failures ?? [])
        if (first.length < reportedFailures)
          first.push({
            index: failure.index,
            state: State[failure.state],
            message: failure.message,
            error: this.errorOf(failure),
          });
      if (indexes.length < 100)
        for (const hole of positionsIn(report.segments, 'holes'))
          if (indexes.length < 100) indexes.push(report.start + hole);
    }
    return { failed, first, indexes };
  }

  private errorOf(failure: ItemFailure): RunError {
    if (failure.error !== undefined) return failure.error as RunError;
    const { flowRun, mapId, invoked } = this.plan;
    const { name } = invoked.definition;
    const cause = Object.assign(new Error(failure.message), { name: failure.name });
    if (failure.stack !== undefined) cause.stack = failure.stack;
    return new RunError(
      codes[failure.state],
      `The task '${name}' (map index ${failure.index}) failed: ${failure.message}`,
      {
        cause,
        details: {
          runId: flowRun.info.runId,
          flowName: flowRun.info.flowName,
          taskName: name,
          taskRunId: `${mapId}[${failure.index}]`,
          mapIndex: failure.index,
          attempt: failure.attempts,
        },
      },
    );
  }

  private asRunError(error: unknown): RunError {
    const { flowRun, mapId, invoked } = this.plan;
    return flowRun.asRunError(error, { id: mapId, name: invoked.definition.name });
  }

  get holes(): number[] {
    return this.reports.flatMap((report) => positionsIn(report.segments, 'holes').map((hole) => report.start + hole));
  }

  /** Indexes of items that were skipped. */
  get skipped(): number[] {
    return this.reports.flatMap((report) => positionsIn(report.segments, 'skipped').map((at) => report.start + at));
  }

  valueOrFailures(): unknown {
    return this.withFailures;
  }
  failuresRead(): Promise<void> {
    return (this.reading ??= failuresInPlace(this.reports, {
      outcomes: (report) => this.outcomesOf(report),
      port: this.plan.flowRun.port,
    }).then((value) => void (this.withFailures = value)));
  }
  private reading: Promise<void> | undefined;
  private withFailures: unknown;

  value(first?: number): unknown {
    const segments = this.reports.flatMap((report) => report.segments);
    const isSmall = this.reports.reduce((sum, { bytes }) => sum + bytes, 0) <= inlineLimitBytes * 4;
    if (isSmall && segments.every((segment) => segment.items !== undefined)) {
      const items = segments.flatMap((segment) => segment.items ?? []);
      const holes = new Set(positionsIn(segments, 'holes'));
      // What lies at a hole is no value; on its way it may have become null.
      for (const hole of holes) items[hole] = undefined;
      if (first === undefined) return items;
      return items.filter((_, i) => !holes.has(i)).slice(0, first);
    }
    return this.stored(first);
  }

  /** The same as a stored sequence, which says which of the items have no value. */
  stored(first?: number): Stored {
    const segments = this.reports.flatMap((report) => report.segments);
    const whole: StoredSequenceData = { kind: 'sequence', as: 'array', length: lengthOf(segments), segments };
    return new Stored(first === undefined ? whole : { ...whole, picks: [{ completed: first }] });
  }

  /** `value` with its list of segments put into the store when it is long. */
  async compacted(value: unknown): Promise<unknown> {
    const data = storedIn(value);
    if (data?.kind !== 'sequence' || !Array.isArray(data.segments) || data.segments.length <= mostSegments)
      return value;
    return new Stored({ ...data, segments: await this.plan.flowRun.port.keep({ list: data.segments }) });
  }

  async outcomes(): Promise<MapOutcome[]> {
    const all: MapOutcome[] = [];
    for (const report of this.reports) all.push(...(await this.outcomesOf(report)));
    return all;
  }

  onEnding(tell: (ended: Promise<MapOutcome[]>) => void): void {
    this.onBatch(({ report }) => report !== undefined && tell(this.outcomesOf(report)));
  }

  private async outcomesOf(report: BatchReport): Promise<MapOutcome[]> {
    const isFailed = report.failures?.[0]?.error !== undefined;
    if (isFailed || report.segments.every((segment) => segment.items !== undefined && !segment.holes?.length)) {
      const items = report.segments.flatMap((segment) => segment.items ?? []);
      const failure = report.failures?.[0];
      const skipped = new Set(positionsIn(report.segments, 'skipped'));
      return Array.from({ length: report.end - report.start }, (_, i) => ({
        index: report.start + i,
        ...(failure === undefined
          ? { state: skipped.has(i) ? State.Skipped : State.Completed, value: items[i] }
          : { state: State[failure.state], error: this.errorOf({ ...failure, index: report.start + i }) }),
      }));
    }
    const outcomes = await this.plan.flowRun.port.outcomes(report);
    return outcomes.map(({ index, state, value, error }) =>
      error === undefined
        ? { index, state, value }
        : { index, state, error: this.errorOf({ ...error, index, state: state as ItemFailure['state'], attempts: 1 }) },
    );
  }

  /** The report of a batch of which no item has a value. */
  private lostReport(batch: Batch, failure: Omit<ItemFailure, 'index' | 'attempts'>): BatchReport {
    const length = batch.end - batch.start;
    const start = this.plan.offset + batch.start;
    const holes = Array.from({ length }, (_, i) => i);
    return {
      start,
      end: start + length,
      segments: [{ length, items: holes.map(() => undefined), holes }],
      ended: { [failure.state]: length },
      failures: [{ index: start, attempts: 1, ...failure }],
      ms: 0,
      bytes: 0,
    };
  }

  private failedReport(batch: Batch, error: RunError): BatchReport {
    const state = stateOfFailure(error) as ItemFailure['state'];
    return this.lostReport(batch, { state, name: error.name, message: error.message, error });
  }

  private cancelledReport(batch: Batch): BatchReport {
    const message = 'cancelled before it started';
    const error = new RunError('CANCELLED', message, { details: {} });
    return this.lostReport(batch, { state: 'Cancelled', name: 'TaskCancelled', message, error });
  }

  handle(): void {
    this.isHandled = true;
    this.stage?.handle();
  }
  isHandled = false;
}

const codes = {
  Failed: 'TASK_FAILED',
  TimedOut: 'TASK_TIMED_OUT',
  Crashed: 'TASK_CRASHED',
  Cancelled: 'CANCELLED',
  TriggerFailed: 'TRIGGER_FAILED',
} as const;

const lengthOf = (segments: readonly Segment[]): number => segments.reduce((sum, { length }) => sum + length, 0);

const failuresIn = (report: BatchReport): number =>
  Object.values(report.ended ?? {}).reduce((sum, count) => sum + count, 0);
