/**
 * What `future.then(…)` gives: a promise that knows whether anyone looks at it, so that an error thrown in a handler
 * whose promise was dropped fails the run instead of vanishing. Pure. (`await` does not call `then` of a native
 * promise, so this has to be a thenable of its own.)
 */

/** As of any promise: a handler may say what error it expects, `(error: RunError) => …`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- with `unknown` such a handler would be refused
export type Rejection = any;

export class Chained<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = 'Promise';
  private observed = false;

  constructor(
    private readonly inner: Promise<T>,
    private readonly floating: (error: unknown, isObserved: () => boolean) => void,
  ) {
    inner.catch((error: unknown) => floating(error, () => this.observed));
  }

  then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((error: Rejection) => B | PromiseLike<B>) | null,
  ): Chained<A | B> {
    this.observed = true;
    return new Chained(this.inner.then(onValue, onError), this.floating);
  }
  catch<B = never>(onError?: ((error: Rejection) => B | PromiseLike<B>) | null): Chained<T | B> {
    return this.then(undefined, onError);
  }
  finally(onEnd?: (() => void) | null): Chained<T> {
    this.observed = true;
    return new Chained(this.inner.finally(onEnd), this.floating);
  }
}
