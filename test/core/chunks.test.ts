import { expect, test } from '@jest/globals';
import { chunked, chunks } from '../../src/core/chunks.js';

const collect = async <T>(parts: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all;
};

async function* parts(...some: number[][]): AsyncGenerator<number[]> {
  yield* some;
}

test.each([
  { size: 1, expected: [[1], [2], [3], [4], [5]] },
  { size: 2, expected: [[1, 2], [3, 4], [5]] },
  { size: 5, expected: [[1, 2, 3, 4, 5]] },
  { size: 9, expected: [[1, 2, 3, 4, 5]] },
])('$size items at a time, of arrays and of what comes in arrays', async ({ size, expected }) => {
  expect(await collect(chunks([1, 2, 3, 4, 5], size))).toEqual(expected);
  const stream = chunked(() => parts([1], [], [2, 3, 4], [5]));
  expect(await collect(chunks(stream, size))).toEqual(expected);
});

test('without a size, as they come', async () => {
  const stream = chunked(() => parts([1, 2], [3]));
  expect(await collect(chunks(stream))).toEqual([[1, 2], [3]]);
  expect(await collect(stream)).toEqual([1, 2, 3]);
});

test('other iterables in thousands', async () => {
  const lengths = (await collect(chunks(Array.from({ length: 2_500 }, (_, i) => i)))).map((part) => part.length);
  expect(lengths).toEqual([1_000, 1_000, 500]);
});

test('nothing gives no array', async () => {
  expect(await collect(chunks([]))).toEqual([]);
  expect(
    await collect(
      chunks(
        chunked(() => parts()),
        3,
      ),
    ),
  ).toEqual([]);
});

test('an early end ends the source', async () => {
  let ended = false;
  async function* source(): AsyncGenerator<number[]> {
    try {
      for (let i = 0; ; i++) yield [i];
    } finally {
      ended = true;
    }
  }
  for await (const part of chunks(
    chunked(() => source()),
    2,
  ))
    if (part[0] === 2) break;
  expect(ended).toBe(true);
});

test.each([0, 1.5, -1, NaN])('%s is no size', (size) => {
  expect(() => chunks([1], size)).toThrow(/`size` of chunks\(items, size\)/);
});
