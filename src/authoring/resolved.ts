/** The type of a flow's value: what its body returns, with promises and futures replaced by their values. Types only. */
import type { TaskFuture } from './future.js';

type Leaf = string | number | boolean | bigint | symbol | null | undefined | Date | RegExp | URL | ArrayBufferView;

export type Resolved<R> =
  R extends TaskFuture<infer T>
    ? T
    : R extends PromiseLike<infer P>
      ? Resolved<P>
      : R extends Leaf | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
        ? R
        : R extends readonly unknown[] | object
          ? { [K in keyof R]: Resolved<R[K]> }
          : R;
