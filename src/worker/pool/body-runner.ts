/**
 * Runs task bodies where the user's files are loaded, many at a time, each with its own `currentRun()` and signal.
 * Host, inside a child (or in the worker itself with inline isolation). Knows nothing of processes: it gets messages
 * and sends messages. Every attempt ends with exactly one outcome, however often its body fails.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { recordError } from '../../activities/error-record.js';
import type { AttemptRequest } from '../../activities/task-host.js';
import { type CurrentRun, provideCurrentRun } from '../../authoring/current-run.js';
import { declaredTasks, findFlow, findTask } from '../../authoring/definition.js';
import { AuthoringError, RunError } from '../../core/errors.js';
import { judge } from './judge.js';
import type { Answer, FromChild, Question, ToChild } from './messages.js';
import { findUnserializable } from './unserializable.js';

export interface RunnerPort {
  /** May throw when the message cannot be cloned. */
  send(message: FromChild): void;
  /** Whether the attempt may start: `false` once the pool has taken it back. */
  claim(n: number): boolean;
}

export interface BodyRunner {
  receive(message: ToChild): void;
  /** Fails the attempt whose code is running, with an error that nothing caught; `false` when there is none. */
  blame(error: unknown): boolean;
  /** The number of the attempt whose code is running. */
  current(): number | undefined;
}

interface Live {
  n: number;
  attempt: AttemptRequest;
  controller: AbortController;
  current: CurrentRun;
  isOver: boolean;
}

const storage = new AsyncLocalStorage<Live>();

const describe = ({ taskName, run }: AttemptRequest): string =>
  `task '${taskName}' (run ${run.runId}, ${run.taskRunId})`;

const notSerializable = (attempt: AttemptRequest, path: string, what: string): AuthoringError =>
  new AuthoringError(
    'NOT_SERIALIZABLE',
    `The result of ${describe(attempt)} holds ${what} at \`result${path}\`, which cannot leave the task's process. ` +
      `Return plain data instead.`,
    { details: { taskName: attempt.taskName, path: `result${path}` } },
  );

const answer = async (question: Question): Promise<Answer> => {
  if (question.ask === 'params') return checkParams(question.flowName, question.input);
  const { attempt, timeout } = question;
  const error = new RunError('TASK_TIMED_OUT', timeout, { details: { taskName: attempt.taskName } });
  return { verdict: await judge({ error, ...attempt }, findTask(attempt.taskName)?.options) };
};

const checkParams = (flowName: string, input: unknown): Answer => {
  const schema = findFlow(flowName)?.options.params;
  try {
    schema?.parse(input);
    return { fine: true };
  } catch (error) {
    const issues = (error as { issues?: { path?: PropertyKey[]; message?: string }[] }).issues;
    return {
      problem: recordError(error),
      ...(Array.isArray(issues)
        ? { issues: issues.map(({ path = [], message }) => `${path.map(String).join('.') || 'params'}: ${message}`) }
        : {}),
    };
  }
};

/** The outcomes of the attempts that run here; the first of each attempt counts. */
class Outcomes {
  readonly live = new Map<number, Live>();

  constructor(private readonly port: RunnerPort) {}

  async fail(run: Live, thrown: unknown): Promise<void> {
    if (!this.#end(run)) return;
    const { attempt } = run;
    const isFinal = thrown instanceof AuthoringError && thrown.code === 'NOT_SERIALIZABLE';
    const verdict = isFinal
      ? { retry: false }
      : await judge({ error: thrown, ...attempt }, findTask(attempt.taskName)?.options);
    this.port.send({ kind: 'failed', n: run.n, error: recordError(thrown), verdict });
  }

  async complete(run: Live, value: unknown): Promise<void> {
    if (run.isOver) return;
    const problem = findUnserializable(value);
    if (problem) return this.fail(run, notSerializable(run.attempt, problem.path, problem.what));
    try {
      this.port.send({ kind: 'completed', n: run.n, value });
    } catch (error) {
      return this.fail(run, notSerializable(run.attempt, '', `what cannot be cloned (${(error as Error).message})`));
    }
    this.#end(run);
  }

  #end(run: Live): boolean {
    if (run.isOver) return false;
    run.isOver = true;
    this.live.delete(run.n);
    return true;
  }
}

export const createBodyRunner = (port: RunnerPort): BodyRunner => {
  const outcomes = new Outcomes(port);
  provideCurrentRun(() => storage.getStore()?.current);

  const start = async (n: number, attempt: AttemptRequest): Promise<void> => {
    if (!port.claim(n)) return;
    const controller = new AbortController();
    const current: CurrentRun = { ...attempt.run, signal: controller.signal };
    const run: Live = { n, attempt, controller, current, isOver: false };
    outcomes.live.set(n, run);
    // Before the body: one that never yields would hold the message back, and its time-out is counted from here.
    port.send({ kind: 'started', n });
    const body = findTask(attempt.taskName)?.fn as ((...args: unknown[]) => unknown) | undefined;
    try {
      if (body === undefined) throw unknownTask(attempt.taskName);
      await outcomes.complete(run, await storage.run(run, body, ...attempt.args));
    } catch (error) {
      await outcomes.fail(run, error);
    }
  };

  return {
    receive: (message) => {
      if (message.kind === 'run') void start(message.n, message.attempt);
      else if (message.kind === 'abort') {
        const code = message.why === 'timedOut' ? 'TASK_TIMED_OUT' : 'CANCELLED';
        outcomes.live.get(message.n)?.controller.abort(new RunError(code, message.message));
      } else if (message.kind === 'ask')
        void answer(message.question).then((text) => port.send({ kind: 'answer', n: message.n, answer: text }));
    },
    blame: (error) => {
      const run = storage.getStore();
      if (run === undefined) return false;
      if (run.isOver)
        console.error(`${describe(run.attempt)} had an error after its end, which nothing caught:`, error);
      else void outcomes.fail(run, error);
      return true;
    },
    current: () => storage.getStore()?.n,
  };
};

const unknownTask = (name: string): RunError =>
  new RunError(
    'TASK_NOT_FOUND',
    `There is no task '${name}' here; known: ${declaredTasks()
      .map((task) => task.name)
      .join(', ')}`,
    { details: { taskName: name } },
  );
