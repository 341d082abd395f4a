/** Ranges, and datasets where there is no store: they can be cut and passed on, and not read. */
import { Dataset, provideDatasetHost } from '../../src/core/dataset.js';
import { range } from '../../src/core/range.js';
import { decodeText, encodeText } from '../../src/core/text-codec.js';
import { storedIn, type StoredSequenceData } from '../../src/core/result-ref.js';

const data: StoredSequenceData = {
  kind: 'sequence',
  as: 'dataset',
  length: 10,
  segments: [{ length: 10, items: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }],
};

test.each<[string, ReturnType<typeof range>, number[]]>([
  ['an end', range(4), [0, 1, 2, 3]],
  ['a start and an end', range(2, 5), [2, 3, 4]],
  ['a step', range(1, 8, 3), [1, 4, 7]],
  ['a step back', range(3, 0, -1), [3, 2, 1]],
  ['nothing in between', range(5, 2), []],
])('a range of %s', (_, made, numbers) => {
  expect([...made]).toEqual(numbers);
  expect(made).toHaveLength(numbers.length);
  const { text, format } = encodeText({ made });
  expect(storedIn((decodeText(text, format) as { made: unknown }).made)).toMatchObject({
    kind: 'range',
    length: numbers.length,
  });
});

test.each([[1.5], [Infinity], ['5'], [0, 5, 0], [0, NaN]])('%j, %j, %j is no range', (...bounds) =>
  expect(() => range(...(bounds as [number, number, number]))).toThrow(expect.objectContaining({ code: 'BAD_OPTION' })),
);

test.each<[number | undefined, number | undefined]>([
  [undefined, undefined],
  [3, 7],
  [-3, undefined],
  [2, -2],
  [8, 99],
  [6, 4],
  [-99, 1],
])('slice(%j, %j) means what it does for arrays, also of a slice', async (start, end) => {
  const host = { readSlice: async function* (part: StoredSequenceData, from: number, to: number) {
    const [offset] = part.range ?? [0];
    yield [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].slice(offset + from, offset + to);
  } }; // prettier-ignore
  const whole = new Dataset<number>(data, host);
  const numbers = await whole.toArray();
  expect(await whole.slice(start, end).toArray()).toEqual(numbers.slice(start, end));
  expect(await whole.slice(1, 9).slice(start, end).toArray()).toEqual(numbers.slice(1, 9).slice(start, end));
  expect(whole.slice(start, end)).toHaveLength(numbers.slice(start, end).length);
});

test('where there is no store a dataset has its length and slices, and is not read', async () => {
  const dataset = new Dataset<number>(data);
  expect(dataset.slice(2)).toHaveLength(8);
  expect(storedIn(dataset.slice(2))).toEqual({ ...data, range: [2, 10] });
  await expect(dataset.toArray()).rejects.toMatchObject({ name: 'AuthoringError', code: 'NO_RESULT_STORE' });
  await expect(dataset[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'NO_RESULT_STORE' });
  await expect(Dataset.from([1])).rejects.toMatchObject({ code: 'NO_RESULT_STORE' });
});

test('where the attempt provides one, datasets are made and read by it', async () => {
  provideDatasetHost(() => ({
    readSlice: async function* () {
      yield ['read'];
    },
    write: async () => data,
  }));
  try {
    expect(await (await Dataset.from(['x'])).toArray()).toEqual(['read']);
    expect(await new Dataset(data).toArray()).toEqual(['read']);
  } finally {
    provideDatasetHost(() => undefined);
  }
});
