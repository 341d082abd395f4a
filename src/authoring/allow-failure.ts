/**
 * `allowFailure(future)`: the same run, of which a failure is a value like any other. Pure.
 */
import { type FailureValue, isFailureValue } from '../core/failure-value.js';
import type { PickStep } from '../core/result-ref.js';
import { Chained } from './chained.js';
import { pickOf } from './engine/pick.js';
import { quietly } from './engine/quietly.js';
import { futureSource, type Source, sourceGiven } from './engine/source.js';
import { TaskFuture } from './future.js';
import type { MapFuture } from './map-future.js';

class AllowedFuture<T> extends TaskFuture<T> {
  constructor({ run, pick }: Pick<Source, 'run' | 'pick'>) {
    super(run, pick);
    this[futureSource].allowsFailure = true;
    this[futureSource].resolve = () => {
      const whole = run.valueOrFailure();
      return pick === undefined || run.hasNoValue || isFailureValue(whole) ? whole : pick(whole);
    };
  }

  override then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Chained<A | B> {
    const { run } = this;
    run.handled = true;
    return quietly(() => {
      const value = run
        .outcome()
        .catch(() => undefined)
        .then(() => run.failuresRead())
        .then(() => run.brought(this[futureSource].resolve())) as Promise<T>;
      return new Chained(value.then(onValue, onError), run.flowRun.floating);
    });
  }

  /** @internal A part of a failure is the failure. */
  override derive<U>(step: PickStep): TaskFuture<U> {
    const { run } = this;
    const { pick } = this[futureSource];
    const further = (whole: unknown): unknown => {
      const part = pick ? pick(whole) : whole;
      return isFailureValue(part) ? part : pickOf(run, part, step);
    };
    return new AllowedFuture<U>({ run, pick: further });
  }
}

/**
 * Passes what became of `future` on as a value: what takes it runs however that ended, and gets a `FailureValue` where
 * there is no value (`isFailureValue` tells); `undefined` where it was skipped. Of a map, each failed child is a
 * `FailureValue` in its place; of a map that got no children, the array has its failure alone. The failure counts as
 * handled once something that takes it has started, or it was awaited or returned. Prefect 3's `allow_failure`.
 * @throws AuthoringError NOT_A_FUTURE
 * @example report(allowFailure(download()));
 */
export function allowFailure<T>(future: MapFuture<T>): TaskFuture<(T | FailureValue)[]>;
export function allowFailure<T>(future: TaskFuture<T>): TaskFuture<T | FailureValue>;
export function allowFailure(future: TaskFuture<unknown>): TaskFuture<unknown> {
  return new AllowedFuture(sourceGiven(future, 'allowFailure(…)'));
}
