/**
 * A batch as the pool sees it: one attempt that is started, may be told to stop, and ends with one message. Host, inside
 * a child.
 */
import { toSent } from '../../../activities/sent-value.js';
import { judgeStoreError } from '../../../activities/store-verdict.js';
import type { AttemptRequest, BatchRequest, Verdict } from '../../../activities/task-host.js';
import type { TaskDefinition } from '../../../authoring/definition.js';
import { ResultStoreError, RunError } from '../../../core/errors.js';
import { systemClock } from '../clock.js';
import { SimulatedEnd } from '../../../core/simulated-end.js';
import type { BatchSettings } from '../member.js';
import type { FromChild } from '../messages.js';
import type { Notes } from '../notes.js';
import { recordFailure } from '../record-failure.js';
import { noStore, type TaskStore } from '../task-store.js';
import { unknownTask } from '../unknown-task.js';
import type { EnteredMessage } from './batch-gate.js';
import { BatchAttempt } from './batch-attempt.js';

export interface BatchBodyOptions {
  n: number;
  attempt: AttemptRequest;
  batch: BatchRequest;
  settings: BatchSettings | undefined;
  notes: Notes;
  send: (message: FromChild) => void;
  onEnd: () => void;
}

export class BatchBody {
  private reason: RunError | undefined;
  private running: BatchAttempt | undefined;

  constructor(private readonly options: BatchBodyOptions) {}

  entered(message: EnteredMessage): void {
    this.running?.entered(message);
  }

  stop(reason: RunError): void {
    this.reason = reason;
    this.running?.stop(reason);
  }

  async run(definition: TaskDefinition | undefined, store: Promise<TaskStore> | undefined): Promise<void> {
    const { send, onEnd, notes } = this.options;
    let end: FromChild;
    try {
      end = await this.outcome(definition, store);
    } catch (error) {
      end = this.failure(error, this.verdictOn(error));
    }
    if (notes.isBehind) await notes.flush();
    onEnd();
    send(end);
  }

  private async outcome(
    definition: TaskDefinition | undefined,
    opening: Promise<TaskStore> | undefined,
  ): Promise<FromChild> {
    const { n, attempt, batch, settings, notes, send } = this.options;
    if (definition?.fn === undefined) throw unknownTask(attempt.taskName);
    if (opening === undefined || settings === undefined) throw noStore(attempt.taskName);
    const store = await opening;
    this.running = new BatchAttempt({
      n,
      attempt,
      batch,
      definition,
      store,
      notes,
      checkpointMs: settings.checkpointMs,
      width: settings.width,
      clock: settings.clock ?? systemClock,
      send,
      onProgress: (progress) => send({ kind: 'progress', n, progress }),
    });
    if (this.reason !== undefined) this.running.stop(this.reason);
    const end = await this.running.run();
    if (end.isWhole) return { kind: 'completed', n, ...toSent(await end.report()) };
    const reason = this.reason ?? new RunError('CANCELLED', 'The batch was stopped');
    const isCancelled = reason.details['why'] === 'cancelled';
    return this.failure(reason, { retry: !isCancelled, ...(isCancelled ? { report: await end.report() } : {}) });
  }

  private failure(error: unknown, { report, ...verdict }: Verdict & { report?: unknown }): FromChild {
    const { n } = this.options;
    const as = error instanceof SimulatedEnd ? { as: error.kind, position: error.position } : {};
    const sent = report ? { report: toSent(report) } : {};
    return { kind: 'failed', n, error: recordFailure(error), verdict, ...sent, ...as };
  }

  private verdictOn(error: unknown): Verdict {
    if (error instanceof ResultStoreError) return judgeStoreError(error, this.options.attempt);
    // Superseded: nobody hears it.
    return error instanceof RunError && error.code === 'CANCELLED' ? { retry: true, delayMs: 0 } : { retry: false };
  }
}
