/**
 * The types of what a task or flow may be called with: each parameter as it is declared, or a future of it, or a
 * plain structure with futures inside. Pure, types only.
 */
import type { Dataset } from '../core/dataset.js';
import type { TaskFuture } from './future.js';
import type { MapFuture } from './map-future.js';
import type { Secret } from './secret.js';
import type { Unmapped } from './unmapped.js';

type Opaque =
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
  | ArrayBuffer
  | ArrayBufferView
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | AsyncIterable<unknown>
  | ((...args: never[]) => unknown);

/** What a parameter that is read as a stream (`stream: true`) may be given. */
type StreamSource<T> =
  T extends AsyncIterable<infer E>
    ? readonly Arg<E>[] | TaskFuture<readonly E[]> | TaskFuture<AsyncIterable<E>> | AsyncIterable<E>
    : never;

/** `T`, a future of it, or an array or plain object with futures at any depth. */
export type Arg<T> =
  | T
  | TaskFuture<T>
  | (string extends T ? Secret : never)
  | StreamSource<T>
  | (T extends Opaque
      ? never
      : T extends readonly unknown[]
        ? { [K in keyof T]: Arg<T[K]> }
        : T extends object
          ? { [K in keyof T]: Arg<T[K]> }
          : never);

/** The parameters of a call. */
export type Args<A extends readonly unknown[]> = { [K in keyof A]: Arg<A[K]> };

/** One argument of a map: what has an item for each child, or `unmapped(…)`, or a value that is no sequence. */
export type MapArg<T> =
  | Iterable<Arg<T>>
  | TaskFuture<readonly T[]>
  | TaskFuture<AsyncIterable<T>>
  | Dataset<T>
  | MapFuture<T>
  | Unmapped<T>
  | (string extends T ? Secret : never)
  | (T extends string ? T : T extends Iterable<unknown> ? never : T);

export type MapArgs<A extends readonly unknown[]> = { [K in keyof A]: MapArg<A[K]> };

/** Of a task that is not known here: options that several tasks share fit each of them. */
// `any`: with `unknown` or `never` a user's function would fit none.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArguments = readonly any[];
