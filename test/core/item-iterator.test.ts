import { expect, test } from '@jest/globals';
import { itemsOf } from '../../src/core/item-iterator.js';

const chunked = (onEnd: () => void = () => undefined) =>
  (async function* () {
    try {
      yield [1, 2];
      yield [];
      yield [3];
    } finally {
      onEnd();
    }
  })();
const iterable = <T>(items: AsyncIterator<T>): AsyncIterable<T> => ({ [Symbol.asyncIterator]: () => items });

test('items come in order over all chunks, empty ones too', async () => {
  const seen: number[] = [];
  for await (const item of iterable(itemsOf(chunked()))) seen.push(item);
  expect(seen).toEqual([1, 2, 3]);
});

test('a reader who stops early ends the chunks', async () => {
  let ended = 0;
  for await (const item of iterable(itemsOf(chunked(() => (ended += 1))))) if (item === 1) break;
  expect(ended).toBe(1);
});

test('calls that do not wait for each other get an item each, in order', async () => {
  const items = itemsOf(chunked());
  const results = await Promise.all(Array.from({ length: 5 }, () => items.next()));
  expect(results.map(({ done, value }) => (done ? 'end' : value))).toEqual([1, 2, 3, 'end', 'end']);
});

test('an error while a chunk is fetched reaches the reader', async () => {
  const failing = (async function* (): AsyncGenerator<number[]> {
    yield [1];
    throw new RangeError('cut');
  })();
  const items = itemsOf(failing);
  expect(await items.next()).toEqual({ done: false, value: 1 });
  await expect(items.next()).rejects.toThrow('cut');
});
