/**
 * `TaskFuture`: what a call inside a flow gives. It is an argument for other calls (a data edge), a thenable (ordinary
 * code then works on the value), and the handle to order or cancel the run behind it. Pure.
 */
import { AuthoringError } from '../core/errors.js';
import type { PickStep } from '../core/result-ref.js';
import type { State } from '../core/state.js';
import { Chained, type Rejection } from './chained.js';
import { addOrderingEdge } from './engine/edges.js';
import { pickOf } from './engine/pick.js';
import { quietly } from './engine/quietly.js';
import type { Run } from './engine/run.js';
import { type Source, futureSource, sourceGiven } from './engine/source.js';

type Pick = (value: unknown) => unknown;

/** The type of a part of `T`, for `future.at(key)`. */
export type Part<T, K> = T extends readonly (infer E)[] ? E : K extends keyof T ? T[K] : unknown;

export class TaskFuture<T> implements PromiseLike<T> {
  readonly [futureSource]: Source;
  /** @internal Makes the type parameter count. */
  declare readonly valueType: T;

  /** @internal Futures come from calls. */
  constructor(
    protected readonly run: Run,
    private readonly pick?: Pick,
  ) {
    const resolve = (): unknown => (pick === undefined || run.hasNoValue ? run.value : pick(run.value));
    this[futureSource] = { run, isWhole: pick === undefined, pick, resolve };
  }

  /** The state of the task run now. */
  get state(): State {
    return this.run.state;
  }
  /** The task run's id, the same as its Temporal activity id. */
  get taskRunId(): string {
    return this.run.id;
  }

  /** Awaits the value. A handler for the rejection marks the failure as handled: it no longer fails the flow. */
  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: Rejection) => B | PromiseLike<B>) | null,
  ): Chained<A | B> {
    if (onError) this.run.handled = true;
    return quietly(() => {
      const { pick, run } = this;
      const value = (
        pick === undefined
          ? run.settled()
          : run.outcome().then((whole) => (run.hasNoValue ? undefined : run.brought(pick(whole))))
      ) as Promise<T>;
      return new Chained(value.then(onValue, onError), this.run.flowRun.floating);
    });
  }
  catch<B = never>(onError: (error: Rejection) => B | PromiseLike<B>): Chained<T | B> {
    return this.then(undefined, onError);
  }
  finally(onEnd: () => void): Chained<T> {
    return this.then(
      (value) => (onEnd(), value),
      (error: unknown) => {
        onEnd();
        throw error;
      },
    );
  }

  /**
   * The future of a part: `user.at('name')`, `rows.at(0)`. Reading a part of `undefined` or `null` fails what uses it.
   */
  at<K extends (T extends readonly unknown[] ? number : keyof T & (string | number))>(key: K): TaskFuture<Part<T, K>> {
    return this.derive({ at: key });
  }

  /** @internal A rearranged value, such as `flatten`'s. */
  derive<U>(step: PickStep): TaskFuture<U> {
    const { pick, run } = this;
    const derived = new TaskFuture<U>(run, (value) => pickOf(run, pick ? pick(value) : value, step));
    if (pick === undefined && 'flatten' in step) derived[futureSource].flattens = true;
    return derived;
  }

  /** Orders `others` after this run, with no data passed. Gives this future back. @throws AuthoringError LATE_EDGE, EDGE_CYCLE, NOT_A_FUTURE */
  before(...others: TaskFuture<unknown>[]): this {
    const { allowsFailure } = this[futureSource];
    for (const other of others) addOrderingEdge(this.run, sourceGiven(other, '.before(…)').run, allowsFailure);
    return this;
  }
  /** Orders this run after `others`, with no data passed. Gives this future back. @throws AuthoringError LATE_EDGE, EDGE_CYCLE, NOT_A_FUTURE */
  after(...others: TaskFuture<unknown>[]): this {
    for (const other of others) {
      const { run, allowsFailure } = sourceGiven(other, '.after(…)');
      addOrderingEdge(run, this.run, allowsFailure);
    }
    return this;
  }

  /** Cancels the run: at once if it has not started, else through its signal. What depends on it ends TriggerFailed. */
  cancel(): void {
    this.run.cancel();
  }

  /** @internal */
  [Symbol.toPrimitive](): never {
    return coerced(this.run.id);
  }
  /** @internal */
  toJSON(): never {
    return coerced(this.run.id);
  }
  /** @internal */
  protected [Symbol.iterator](): never {
    return coerced(this.run.id);
  }
}

const coerced = (id: string): never => {
  throw new AuthoringError(
    'FUTURE_COERCED',
    `The future of '${id}' was used as a plain value. Await it first, or pass it whole to a task.`,
    { details: { taskRunId: id } },
  );
};
