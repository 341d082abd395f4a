import { createHook } from 'node:async_hooks';
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

test('an item at hand costs the promise that carries it and that of the await, after the first chunk too', async () => {
  async function* chunks() {
    for (let chunk = 0; chunk < 2; chunk++) yield Array.from({ length: 500 }, (_, i) => i);
  }
  let promises = 0;
  const hook = createHook({ init: (_id, type) => void (promises += type === 'PROMISE' ? 1 : 0) }).enable();
  try {
    for await (const _item of iterable(itemsOf(chunks())));
  } finally {
    hook.disable();
  }
  expect(promises).toBeLessThan(2_100);
});
