/**
 * Runs task bodies where the user's files are loaded, many at a time, each with its own `currentRun()` and signal.
 * Host, inside a child (or in the worker itself with inline isolation). Knows nothing of processes: it gets messages
 * and sends messages. Every attempt ends with exactly one outcome, however often its body fails.
 */
import { toSent } from '../../activities/sent-value.js';
import { judgeStoreError } from '../../activities/store-verdict.js';
import type { AttemptRequest } from '../../activities/task-host.js';
import { type CurrentRun, inRunContext } from '../../authoring/current-run.js';
import { findTask, type TaskDefinition } from '../../authoring/definition.js';
import type { DatasetHost } from '../../core/dataset.js';
import { type AuthoringError, ResultStoreError, RunError } from '../../core/errors.js';
import { SimulatedEnd } from '../../core/simulated-end.js';
import { legible } from '../../core/thrown.js';
import { hasSecrets, redactData, refuseSecrets } from '../../secrets/index.js';
import { ambient, type Ambient, installAmbient } from './ambient.js';
import { answerTo } from './answers.js';
import { givenArgs, needsReading, readArgument } from './arguments.js';
import type { EnteredMessage } from './batch/batch-gate.js';
import { BatchBody } from './batch/batch-body.js';
import { labelOf } from './entry.js';
import { judge } from './judge.js';
import type { BatchSettings } from './member.js';
import type { FromChild, ToChild } from './messages.js';
import { installNotes, noStore, Notes } from './notes.js';
import { capturePrints } from './prints.js';
import { isFinalFailure, recordFailure, simulatedTimeout } from './record-failure.js';
import { installSecrets } from './secrets.js';
import { lazyTaskStore, type TaskStore } from './task-store.js';
import { unknownTask } from './unknown-task.js';
import { findUnserializable, notSerializable } from './unserializable.js';

export interface RunnerPort {
  /** May throw when the message cannot be cloned. */
  send(message: FromChild): void;
  /** Whether the attempt may start: `false` once the pool has taken it back. */
  claim(n: number): boolean;
  settings: BatchSettings | undefined;
}

export interface BodyRunner {
  receive(message: ToChild): void;
  /** Fails the attempt whose code is running, with an error that nothing caught; `false` when there is none. */
  blame(error: unknown): boolean;
  /** The attempt, and the item of a batch, whose code is running. */
  current(): { n?: number; position?: number };
}

/** What can be told to stop. */
interface Live {
  stop(reason: RunError): void;
  /** Of a batch. */
  entered?(message: EnteredMessage): void;
}

const describe = ({ taskName, run }: AttemptRequest): string =>
  `task '${taskName}' (run ${run.runId}, ${run.taskRunId})`;

const notCloneable = (attempt: AttemptRequest, error: unknown): AuthoringError =>
  notSerializable(describe(attempt), attempt.taskName, {
    path: '',
    what: `what cannot be cloned (${(error as Error).message})`,
  });

const bodyOf = (
  definition: TaskDefinition | undefined,
  { isUndo }: AttemptRequest,
): ((...args: unknown[]) => unknown) | undefined =>
  (isUndo ? definition?.options.undo : definition?.fn) as ((...args: unknown[]) => unknown) | undefined;

/** One attempt of one task run; the first of its outcomes counts. */
class BodyRun implements Ambient, Live {
  readonly current: CurrentRun;
  readonly startedAtMs = performance.now();
  isNoted = false;
  private readonly controller = new AbortController();
  private store: TaskStore | undefined;
  private isOver = false;

  constructor(
    readonly n: number,
    private readonly attempt: AttemptRequest,
    private readonly port: RunnerPort & { notes: Notes },
    private readonly onEnd: () => void,
  ) {
    const { retries } = attempt.policy;
    this.current = inRunContext({ ...attempt.run, retries, signal: this.controller.signal });
  }

  async run(definition: TaskDefinition | undefined, opening: Promise<TaskStore> | undefined): Promise<void> {
    const { attempt } = this;
    try {
      const body = bodyOf(definition, attempt);
      if (definition === undefined || body === undefined) throw unknownTask(attempt.taskName);
      this.store = await opening;
      const args = needsReading(attempt, definition)
        ? await Promise.all(givenArgs(attempt).map((arg) => readArgument(arg, definition, this.store)))
        : attempt.args;
      await ambient.run(this, async () => {
        const value = await body(...args);
        const kept = attempt.isUndo ? undefined : await this.kept(value);
        if (this.isNoted) await this.notes.flush();
        this.complete(kept);
      });
    } catch (error) {
      await this.fail(error);
    }
  }

  /** The value, or what stands for it once it is stored. */
  private async kept(value: unknown): Promise<unknown> {
    const { attempt, store } = this;
    const { place } = attempt;
    const streaming = place && store?.stream(place, value);
    if (streaming !== undefined) return streaming;
    if (hasSecrets()) refuseSecrets(value, describe(attempt));
    const problem = findUnserializable(value);
    if (problem) throw notSerializable(describe(attempt), attempt.taskName, problem);
    return place === undefined || store === undefined ? value : store.keep(place, value);
  }

  get notes(): Notes {
    return this.port.notes;
  }

  get datasets(): DatasetHost | undefined {
    return this.attempt.place && this.store?.datasets(this.attempt.place);
  }

  stop(reason: RunError): void {
    this.controller.abort(reason);
  }

  blame(error: unknown): void {
    if (this.isOver)
      console.error(`${describe(this.attempt)} had an error after its end, which nothing caught:`, error);
    else void this.fail(error);
  }

  private complete(value: unknown): void {
    if (this.isOver) return;
    try {
      this.port.send({
        kind: 'completed',
        n: this.n,
        ...(this.attempt.place === undefined ? { value } : toSent(value)),
      });
    } catch (error) {
      throw notCloneable(this.attempt, error);
    }
    this.end();
  }

  private async fail(raw: unknown): Promise<void> {
    if (this.isOver) return;
    this.end();
    const { attempt } = this;
    const thrown = legible(raw);
    const error = simulatedTimeout(thrown, labelOf(attempt)) ?? thrown;
    const verdict = isFinalFailure(error)
      ? { retry: false }
      : error instanceof ResultStoreError
        ? judgeStoreError(error, attempt)
        : await judge({ error, ...attempt }, findTask(attempt.taskName)?.options);
    if (this.isNoted) await this.notes.flush();
    const as = thrown instanceof SimulatedEnd ? { as: thrown.kind } : {};
    this.port.send({ kind: 'failed', n: this.n, error: recordFailure(error), verdict: redactData(verdict), ...as });
  }

  private end(): void {
    this.isOver = true;
    this.onEnd();
  }
}

export const createBodyRunner = (port: RunnerPort): BodyRunner => {
  const live = new Map<number, Live>();
  const { store, secrets } = port.settings ?? {};
  const openStore = lazyTaskStore(store);
  const notes = new Notes(store === undefined ? noStore : async () => (await openStore()!).objects);
  installAmbient();
  installNotes();
  installSecrets(secrets);
  const noting = { ...port, notes };

  const start = async ({ n, attempt, quiet }: Extract<ToChild, { kind: 'run' }>): Promise<void> => {
    if (!port.claim(n)) return port.send({ kind: 'missed', n });
    const onEnd = (): void => void live.delete(n);
    const { batch } = attempt;
    const run =
      batch === undefined
        ? new BodyRun(n, attempt, noting, onEnd)
        : new BatchBody({
            n,
            attempt,
            batch,
            settings: port.settings,
            notes,
            send: (message) => port.send(message),
            onEnd,
          });
    live.set(n, run);
    // Before the body: one that never yields would hold the message back, and its time-out is counted from here.
    if (!quiet) port.send({ kind: 'started', n });
    const needsStore = attempt.place !== undefined || attempt.sentArgs !== undefined || batch !== undefined;
    const definition = findTask(attempt.taskName);
    if (definition?.options.logPrints) capturePrints();
    await run.run(definition, needsStore ? openStore() : undefined);
  };

  return {
    receive: (message) => {
      if (message.kind === 'entered') live.get(message.n)?.entered?.(message);
      else if (message.kind === 'run') void start(message);
      else if (message.kind === 'abort') {
        const code = message.why === 'timedOut' ? 'TASK_TIMED_OUT' : 'CANCELLED';
        live.get(message.n)?.stop(new RunError(code, message.message, { details: { why: message.why } }));
      } else if (message.kind === 'ask')
        void answerTo(message.question, openStore).then((text) =>
          port.send({ kind: 'answer', n: message.n, answer: text }),
        );
    },
    blame: (error) => {
      const run = ambient.getStore();
      run?.blame(error);
      return run !== undefined;
    },
    current: () => {
      const run = ambient.getStore();
      if (run === undefined) return {};
      return { n: run.n, ...(run.position === undefined ? {} : { position: run.position }) };
    },
  };
};
