/** The type of a flow's value: what its body returns, with promises and futures replaced by their values. Types only. */
import type { Dataset } from '../core/dataset.js';
import type { TaskFuture } from './future.js';

/** The value of a task: what its body returns; what it yields, as a `Dataset`. */
export type TaskValue<R> =
  Awaited<R> extends infer V
    ? V extends Dataset<unknown>
      ? V
      : V extends AsyncIterable<infer E>
        ? Dataset<E>
        : V
    : never;

type Leaf =
  | string
  | number
  | boolean
  | bigint
  | symbol
  | null
  | undefined
  | Date
  | RegExp
  | URL
  | Error
  | ArrayBufferView
  | Dataset<unknown>;

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
