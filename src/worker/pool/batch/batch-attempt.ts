/**
 * One run of a batch in a child, from what the runs before it left to the report. Host. Puts the parts together: reads
 * the records, decides what follows from them, has the items run, and writes values and log; the items themselves are
 * the runner's.
 */
import type { AttemptRequest, BatchProgress, BatchRequest } from '../../../activities/task-host.js';
import type { TaskDefinition } from '../../../authoring/definition.js';
import type { RunError } from '../../../core/errors.js';
import type { BatchReport } from '../../../core/map-batch.js';
import { markSkipped } from '../../../core/segment-positions.js';
import type { Clock } from '../clock.js';
import type { Notes } from '../notes.js';
import { guardKeys } from '../guard-keys.js';
import type { FromChild } from '../messages.js';
import type { TaskStore } from '../task-store.js';
import { columnsOf } from './batch-columns.js';
import { BatchFeed } from './batch-feed.js';
import { BatchGate, type BatchGateParts, type EnteredMessage } from './batch-gate.js';
import { BatchJournal, fenceOf, journalFolder } from './batch-journal.js';
import { BatchQueue } from './batch-queue.js';
import { planResume, type ResumePlan } from './batch-resume.js';
import type { BatchParts } from './batch-parts.js';
import { BatchRunner } from './batch-runner.js';
import { type CheckpointRecord, recall, type Recalled } from './checkpoint.js';
import { ItemColumns } from './item-columns.js';

export interface BatchContext {
  n: number;
  attempt: AttemptRequest;
  batch: BatchRequest;
  definition: TaskDefinition;
  store: TaskStore;
  notes: Notes;
  checkpointMs: number;
  /** Items in flight where the flow sets no number. */
  width: number;
  clock: Clock;
  onProgress(progress: BatchProgress): void;
  send: (message: FromChild) => void;
}

/** `isWhole`: every item has an end of its own; else the batch was stopped before. */
export interface BatchEnd {
  isWhole: boolean;
  report(): Promise<BatchReport>;
}

/** Often enough for the pool to see within a time-out that the batch lives. */
const progressMs = 200;

export class BatchAttempt {
  private readonly columns: ItemColumns;
  private readonly journal: BatchJournal;
  private runner: BatchRunner | undefined;
  private readonly gate: BatchGate | undefined;
  private stopReason: RunError | undefined;
  private isJournaled = false;
  private saved = 0;
  private charges = 0;
  private earlierMs = 0;
  private readonly startedAtMs = performance.now();

  constructor(private readonly context: BatchContext) {
    const { n, attempt, batch, store, send } = context;
    const { spec, executionId } = batch;
    this.columns = new ItemColumns(spec.start, spec.end - spec.start);
    if (attempt.isGated) this.gate = new BatchGate({ n, send, store, ...this.gateParts() });
    const folder = journalFolder({ runId: attempt.run.runId, spec, executionId });
    this.journal = new BatchJournal({ store: store.objects, folder, fence: fenceOf(batch.attempt, batch.reruns) });
  }

  private gateParts(): Pick<BatchGateParts, 'keysOf' | 'placeOf'> {
    const { definition, store, attempt, batch } = this.context;
    const idOf = (position: number): string => `${batch.spec.map}[${batch.spec.start + position}]`;
    return {
      keysOf: (position, args) =>
        guardKeys({ definition, args, store, run: { ...attempt.run, taskRunId: idOf(position) } }),
      placeOf: (position) => ({ ...this.place, taskRunId: idOf(position) }),
    };
  }

  entered(message: EnteredMessage): void {
    this.gate?.entered(message);
  }

  /** Starts no more items and tells those that run; `run` then ends when they have. */
  stop(reason: RunError): void {
    this.stopReason ??= reason;
    this.runner?.stop(reason);
  }

  async run(): Promise<BatchEnd> {
    const earlier = await this.earlier();
    if ('segments' in earlier) return { isWhole: true, report: () => Promise.resolve(earlier) };
    const plan = await this.resume(earlier);
    const runner = (this.runner = new BatchRunner(await this.parts(plan)));
    const timers = [
      setInterval(() => this.tell(), progressMs),
      ...(this.isJournaled ? [] : [setInterval(() => runner.checkpoint(), this.context.checkpointMs)]),
    ];
    try {
      const working = runner.work();
      if (this.stopReason !== undefined) runner.stop(this.stopReason);
      await working;
    } finally {
      for (const timer of timers) clearInterval(timer);
    }
    return { isWhole: this.columns.finished === this.columns.length, report: () => this.report() };
  }

  /** What the runs before this one left; one that cannot have been before is not looked for. */
  private async earlier(): Promise<BatchReport | Recalled> {
    const { attempt, reruns } = this.context.batch;
    if (attempt === 1 && reruns === 0) return recall([]);
    if (this.context.attempt.policy.onCrash === 'fail') await this.journal.claim();
    return this.journal.read();
  }

  private async resume(recalled: Recalled): Promise<ResumePlan> {
    const { batch, attempt, definition } = this.context;
    for (const done of recalled.done) this.columns.restore(done);
    this.saved = this.columns.finished;
    this.earlierMs = recalled.ms;
    const plan = await planResume({
      policy: attempt.policy,
      functions: definition.options,
      recalled,
      previousFence: fenceOf(batch.attempt, batch.reruns - 1),
      death: batch.death,
      isFinished: (position) => this.columns.isFinished(position),
      labelOf: (position) => `Task '${definition.name}'[${batch.spec.start + position}]`,
    });
    this.isJournaled = plan.isJournaled;
    this.charges = plan.charges;
    for (const { position, state, message, attempts } of plan.ended) {
      const name = state === 'Crashed' ? 'TaskCrashed' : 'TaskTimedOut';
      this.columns.fail(position, state, { error: { name, message }, ms: 0, attempts });
    }
    const isResumed = recalled.lastFence !== undefined || batch.death !== undefined;
    if (isResumed) {
      // The next run must see what was decided here, and that nothing has started since.
      if (this.isJournaled) await this.save({ done: this.columns.takeUnsaved(), past: Object.fromEntries(plan.past) });
      this.tell();
    }
    return plan;
  }

  private async parts(plan: ResumePlan): Promise<BatchParts> {
    const { n, attempt, batch, definition, store, notes } = this.context;
    const { columns } = this;
    const waiting = new Map<number, number>();
    for (const [position, { retryAtMs }] of plan.past)
      if (retryAtMs !== undefined && !columns.isFinished(position)) waiting.set(position, retryAtMs);
    return {
      n,
      notes,
      run: { ...attempt.run, taskRunId: batch.spec.map, retries: attempt.policy.retries },
      definition,
      policy: attempt.policy,
      columns,
      feed: new BatchFeed(await columnsOf(this.context)),
      queue: new BatchQueue({
        length: columns.length,
        isFinished: (position) => columns.isFinished(position),
        alone: plan.alone,
        waiting,
        now: () => this.context.clock.now(),
      }),
      past: plan.past,
      width: Math.max(1, batch.spec.concurrency ?? this.context.width),
      clock: this.context.clock,
      isJournaled: this.isJournaled,
      gate: this.gate,
      save: (record) => this.save(record),
      datasetsOf: (taskRunId) => store.datasets({ ...this.place, taskRunId }),
      stored: (value, position) => {
        const index = batch.spec.start + position;
        return store.stream({ ...this.place, taskRunId: `${batch.spec.map}[${index}]` }, value);
      },
    };
  }

  private get place(): NonNullable<AttemptRequest['place']> {
    const { attempt, batch } = this.context;
    return attempt.place ?? { runId: attempt.run.runId, taskRunId: batch.spec.map, attempt: batch.attempt };
  }

  private async save(record: Omit<CheckpointRecord, 'v' | 'isJournaled' | 'ms'>): Promise<void> {
    await this.journal.append({ v: 1, isJournaled: this.isJournaled, ...record, ms: this.ownMs() });
    this.saved += record.done.at.length;
    const isLast = (record.starts?.length ?? 0) === 0;
    if (this.context.attempt.policy.onCrash === 'fail' && !isLast) await this.journal.checkNewest();
  }

  private ownMs(): number {
    return Math.round(performance.now() - this.startedAtMs);
  }

  private tell(): void {
    this.context.onProgress({
      finished: this.columns.finished,
      saved: this.saved,
      records: this.journal.written,
      charges: this.charges,
    });
  }

  /** Ends every item that has no end yet as Cancelled. */
  private endRest(): void {
    const message = this.stopReason?.message ?? 'cancelled';
    for (let position = 0; position < this.columns.length; position++)
      if (!this.columns.isFinished(position))
        this.columns.fail(position, 'Cancelled', { error: { name: 'TaskCancelled', message }, ms: 0, attempts: 0 });
  }

  private async report(): Promise<BatchReport> {
    const { batch, store } = this.context;
    const isWhole = this.columns.finished === this.columns.length;
    this.endRest();
    const [{ segments, bytes }, items] = await Promise.all([
      store.segments(this.place, {
        items: this.columns.values,
        holes: this.columns.holes(),
        inlineLimit: batch.spec.inlineBytes,
      }),
      store.log(this.place, this.columns.log()),
    ]);
    const { start, end } = batch.spec;
    const ms = this.earlierMs + this.ownMs();
    const skipped = this.columns.skipped();
    const cached = this.columns.cachedCount;
    const report: BatchReport = {
      start,
      end,
      segments: skipped.length === 0 ? segments : markSkipped(segments, skipped),
      ...this.columns.failures(),
      ...(skipped.length === 0 ? {} : { skipped: skipped.length }),
      ...(cached === 0 ? {} : { cached }),
      items,
      ms,
      bytes,
    };
    if (isWhole) await this.journal.finish(report);
    return report;
  }
}
