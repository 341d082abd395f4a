/**
 * The reports of a map's batches: what they say of its items together. Pure. Where an item failed the error is made of
 * the report; where a whole batch did, of what it failed with.
 */
import { RunError } from '../../core/errors.js';
import { userError } from '../../core/failure-detail.js';
import { type BatchReport, type ItemError, type ItemFailure, reportedFailures } from '../../core/map-batch.js';
import { inlineLimitBytes, type Segment, Stored, type StoredSequenceData, storedIn } from '../../core/result-ref.js';
import { positionsIn } from '../../core/segment-positions.js';
import { State } from '../../core/state.js';
import { failuresInPlace } from './failures-in-place.js';
import type { MapOutcome, MapTally } from './map-body.js';
import type { MapPlan } from './map-items.js';
import { stateOfFailure } from './run.js';

/** Items `[start, end)`, counted from the start of what the map was given. */
export interface Stretch {
  start: number;
  end: number;
}

/** Lists of more segments than this go to the store. */
const mostSegments = 200;

export class BatchReports {
  /** By the first item's position. */
  private readonly byStart = new Map<number, BatchReport>();
  private reading: Promise<void> | undefined;
  private withFailures: unknown;

  constructor(private readonly plan: MapPlan) {}

  add({ start }: Stretch, report: BatchReport): void {
    this.byStart.set(start, report);
  }

  private get reports(): BatchReport[] {
    return [...this.byStart.values()].sort((a, b) => a.start - b.start);
  }

  /** `report`, if it is of what was asked. */
  checked(batch: Stretch, report: BatchReport): BatchReport {
    const { mapId, offset } = this.plan;
    if (report?.start === offset + batch.start && report.end === offset + batch.end) return report;
    const message = `The batch ${mapId}[${batch.start}-${batch.end - 1}] was answered for other items: ${JSON.stringify(report)?.slice(0, 200)}`;
    return this.failed(batch, new RunError('TASK_FAILED', message, { details: { taskRunId: mapId } }));
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
    return new RunError(
      codes[failure.state],
      `The task '${name}' (map index ${failure.index}) failed: ${failure.message}`,
      {
        cause: thrownBy(failure),
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

  asRunError(error: unknown): RunError {
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

  get cached(): number {
    return this.reports.reduce((sum, report) => sum + (report.cached ?? 0), 0);
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

  async outcomesOf(report: BatchReport): Promise<MapOutcome[]> {
    const isFailed = report.failures?.[0]?.error !== undefined;
    const isPlain = report.cached === undefined;
    if (
      isFailed ||
      (isPlain && report.segments.every((segment) => segment.items !== undefined && !segment.holes?.length))
    ) {
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
        : { index, state, error: this.errorOf({ attempts: 1, ...error, index, state: state as ItemFailure['state'] }) },
    );
  }

  /** The report of a batch of which no item has a value. */
  private lost(batch: Stretch, failure: Omit<ItemFailure, 'index' | 'attempts'>): BatchReport {
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

  failed(batch: Stretch, error: RunError): BatchReport {
    const state = stateOfFailure(error) as ItemFailure['state'];
    return this.lost(batch, { state, name: error.name, message: error.message, error });
  }

  cancelled(batch: Stretch): BatchReport {
    const message = 'cancelled before it started';
    const error = new RunError('CANCELLED', message, { details: {} });
    return this.lost(batch, { state: 'Cancelled', name: 'TaskCancelled', message, error });
  }
}

/** The error as the body threw it. */
const thrownBy = ({ name, message, stack, props, cause }: ItemError): Error =>
  userError({ name, message, stack, ...(cause && { cause: thrownBy(cause) }), ...(props && { props }) });

const codes = {
  Failed: 'TASK_FAILED',
  TimedOut: 'TASK_TIMED_OUT',
  Crashed: 'TASK_CRASHED',
  Cancelled: 'CANCELLED',
  TriggerFailed: 'TRIGGER_FAILED',
} as const;

const lengthOf = (segments: readonly Segment[]): number => segments.reduce((sum, { length }) => sum + length, 0);
