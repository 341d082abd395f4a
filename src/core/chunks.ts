/**
 * `chunks(…)`: items in arrays instead of one by one, which costs a promise each. Pure; in task bodies. What comes in
 * arrays anyway, datasets and the streams that tasks are given, says so with a method `chunks`.
 */
import { AuthoringError } from './errors.js';
import { itemsOf } from './item-iterator.js';

interface Chunked<T> {
  chunks(): AsyncIterable<T[]>;
}

/** Items that come in arrays, as something to iterate item by item. */
export const chunked = <T>(parts: () => AsyncIterable<T[]>): AsyncIterable<T> & Chunked<T> => ({
  chunks: parts,
  [Symbol.asyncIterator]: () => itemsOf(parts()),
});

const isChunked = <T>(items: object): items is Chunked<T> => 'chunks' in items && typeof items.chunks === 'function';

const defaultSize = 1_000;

/**
 * The items in arrays: for inserts into a database, requests with many rows, and sums over millions.
 * @param size items in each, the last one may have fewer. Default: as many as lie together in the store; 1,000 of
 * other iterables.
 * @throws AuthoringError BAD_OPTION for a `size` that is no whole number above 0
 * @example for await (const rows of chunks(allRows, 500)) await database.insert(rows);
 */
export const chunks = <T>(items: Iterable<T> | AsyncIterable<T>, size?: number): AsyncIterable<T[]> => {
  if (size !== undefined && (!Number.isSafeInteger(size) || size < 1))
    throw new AuthoringError(
      'BAD_OPTION',
      `Expected the \`size\` of chunks(items, size) to be a whole number above 0, got \`${String(size)}\` (${typeof size})`,
      { details: { option: 'size', expected: 'whole number above 0', received: String(size) } },
    );
  if (!isChunked<T>(items)) return gathered(items, size ?? defaultSize);
  return size === undefined ? items.chunks() : regrouped(items.chunks(), size);
};

async function* gathered<T>(items: Iterable<T> | AsyncIterable<T>, size: number): AsyncIterable<T[]> {
  let some: T[] = [];
  for await (const item of items) {
    some.push(item);
    if (some.length < size) continue;
    yield some;
    some = [];
  }
  if (some.length > 0) yield some;
}

async function* regrouped<T>(parts: AsyncIterable<T[]>, size: number): AsyncIterable<T[]> {
  let some: T[] = [];
  for await (const part of parts)
    for (let at = 0; at < part.length;) {
      const taken = part.slice(at, at + size - some.length);
      some = some.length === 0 ? taken : some.concat(taken);
      at += taken.length;
      if (some.length < size) continue;
      yield some;
      some = [];
    }
  if (some.length > 0) yield some;
}
