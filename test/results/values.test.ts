/** Values through the store: small ones stay, large ones leave what refers to them, and all come back as they were. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Dataset } from '../../src/core/dataset.js';
import { range } from '../../src/core/range.js';
import { type Segment, Stored, storedIn, type StoredData, type StoredSequenceData } from '../../src/core/result-ref.js';
import { markSkipped, positionsIn } from '../../src/core/segment-positions.js';
import { createFileStore, createValues, flattenSlots, type ResultStore, type Values } from '../../src/results/index.js';

let root: string;
let store: ResultStore;
let values: Values;
const place = { runId: 'run-1', taskRunId: 'extract-0', attempt: 1 };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perdure-values-'));
  store = createFileStore(join(root, 'results'));
  values = createValues(store);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const dataOf = (value: unknown): StoredData => {
  const data = storedIn(value);
  if (data === undefined) throw new TypeError('not stored');
  return data;
};
const write = async (value: unknown): Promise<StoredData> => dataOf(await values.write(place, value));
const sequenceOf = async (value: unknown): Promise<StoredSequenceData> => (await write(value)) as StoredSequenceData;
const all = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
};
const keysIn = async (prefix: string): Promise<string[]> => (await all(store.list(prefix))).map(({ key }) => key);
const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

describe('what stays where it is', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 5],
    ['a short text', 'x'.repeat(8_190)],
    ['a small array', numbers(1_000)],
    ['a small map', new Map([[1, new Date()]])],
  ])('%s', async (_, value) => {
    expect(await values.write(place, value)).toBe(value);
    expect(readdirSync(root)).toEqual([]);
  });

  test('what is stored already is not copied', async () => {
    const first = await values.write(place, 'x'.repeat(10_000));
    expect(await values.write(place, first)).toBe(first);
    expect(await values.write(place, range(5))).toBeInstanceOf(Stored);
    expect(await keysIn('runs/')).toHaveLength(1);
  });
});

describe('what goes to the store and comes back', () => {
  const text = 'x'.repeat(9_000);
  test.each<[string, unknown]>([
    ['a text one byte over the limit', 'x'.repeat(8_191)],
    ['a text of another script, with a lone surrogate', 'ü漢\ud800'.repeat(3_000)],
    ['an object', { rows: [1, 2], text }],
    ['bytes', new Uint8Array(20_000).fill(7)],
    ['other typed arrays', new Float64Array(2_000).fill(0.5)],
    ['an array of numbers', numbers(25_000)],
    ['an array of objects', numbers(3_000).map((id) => ({ id, text: `row ${id}` }))],
    ['an array with dates, undefined and NaN', numbers(3_000).map((i) => [new Date(i), undefined, NaN][i % 3])],
    ['a map with big integers', new Map(numbers(3_000).map((i) => [i, BigInt(i)]))],
    ['text that looks like our own marks', `#devalue\n${text}`],
  ])('%s', async (_, value) => {
    const data = await write(value);
    expect(data.kind).toBe(Array.isArray(value) ? 'sequence' : 'value');
    expect(JSON.stringify(data).length).toBeLessThan(1_500);
    expect(await values.read(data)).toEqual(value);
    // Of its own: what one reader does to it, another does not see.
    expect(await createValues(store).read(data)).toEqual(value);
  });

  test('keys say whose value it is, and no two writes share one', async () => {
    await write(text);
    await values.write({ runId: 'Run A/../b', taskRunId: 'load data-0[17]', attempt: 2 }, text);
    await values.write({ runId: 'Run A/../b', taskRunId: 'load data-0[17]', attempt: 2 }, text);
    const keys = await keysIn('runs/');
    expect(new Set(keys).size).toBe(3);
    expect(keys[0]).toMatch(/^runs\/Run=20A=2f..=2fb~[0-9a-f]{8}\/load=20data-0\/=5b17=5d-2-[0-9a-f]{12}$/);
    expect(keys[2]).toMatch(/^runs\/run-1\/extract-0\/1-[0-9a-f]{12}$/);
    for (const key of keys.slice(0, 2))
      await expect(store.get({ store: 'file', key, bytes: 1, sha256: '' })).rejects.toMatchObject({
        details: { runId: 'Run A/../b', taskRunId: 'load data-0[17]' },
      });
  });

  test('a cycle through an array', async () => {
    const loop: unknown[] = [text];
    loop.push({ loop });
    const back = (await values.read(await write(loop))) as [string, { loop: unknown }];
    expect(back[0]).toBe(text);
    expect(back[1].loop).toBe(back);
  });

  test('an array is cut by items and by bytes, and a long list of its segments is stored too', async () => {
    const byItems = await sequenceOf(numbers(25_000));
    expect((byItems.segments as { length: number }[]).map(({ length }) => length)).toEqual([10_000, 10_000, 5_000]);
    const byBytes = await sequenceOf(numbers(50).map(() => 'x'.repeat(100_000)));
    expect((byBytes.segments as { length: number }[]).map(({ length }) => length)).toEqual([11, 11, 11, 11, 6]);
    const long = await sequenceOf(numbers(200_000));
    expect(long.segments).toMatchObject({ key: expect.stringMatching(/-list$/) });
    expect(await values.read(long)).toEqual(numbers(200_000));
  });

  test('what is no data is refused with its path in the whole', async () => {
    const rows: unknown[] = numbers(20_000);
    rows[12_345] = { save: () => 1 };
    await expect(values.write(place, rows)).rejects.toMatchObject({
      code: 'NOT_SERIALIZABLE',
      message: expect.stringContaining('(at [12345].save)'),
      details: { path: '[12345].save' },
    });
  });

  test('more text than one value can be is RESULT_TOO_LARGE', async () => {
    const part = 'x'.repeat(2 ** 28);
    await expect(values.write(place, { a: part, b: part })).rejects.toMatchObject({
      code: 'RESULT_TOO_LARGE',
      details: { runId: 'run-1', taskRunId: 'extract-0' },
    });
  });

  test('a store that fails during a sequence fails the write', async () => {
    const failing = createValues({ ...store, id: 'file', put: () => Promise.reject(new RangeError('full')) });
    await expect(failing.write(place, numbers(100_000))).rejects.toThrow('full');
  });
});

describe('parts', () => {
  const read = (data: StoredData, ...picks: NonNullable<StoredSequenceData['picks']>): Promise<unknown> =>
    values.read({ ...data, picks } as StoredData);

  test('are taken of values', async () => {
    const data = await write({ rows: [{ id: 7 }], more: 'x'.repeat(9_000) });
    expect(await read(data, { at: 'rows' })).toEqual([{ id: 7 }]);
    expect(await read(data, { at: 'rows' }, { at: -1 }, { at: 'id' })).toBe(7);
    await expect(read(data, { at: 'none' }, { at: 'x' })).rejects.toMatchObject({ code: 'NO_SUCH_PART' });
  });

  test('are taken of sequences without reading the rest', async () => {
    const data = await sequenceOf(numbers(30_000));
    const [, second] = data.segments as { stored: { key: string } }[];
    for (const key of await keysIn('runs/')) if (key !== second?.stored.key) rmSync(join(root, 'results', key));
    expect(await read(data, { at: 15_000 })).toBe(15_000);
    expect(await read({ ...data, range: [12_000, 18_000] }, { at: -1 })).toBe(17_999);
    expect(await read(data, { at: 99_999 })).toBeUndefined();
    expect(await read(data, { at: 'length' })).toBe(30_000);
    await expect(read(data, { at: 0 })).rejects.toMatchObject({ code: 'RESULT_MISSING' });
  });

  test('a sequence of lists is flattened, where one without a value is one item, and the first completed are those with a value', async () => {
    const writer = await values.sequence(place, { as: 'array', segmentItems: 4 });
    for (let i = 0; i < 10; i++) await (i % 3 === 1 ? writer.appendHole() : writer.append([i, -i]));
    const data = await writer.finish();
    expect(await values.read(data)).toEqual([[0, -0], undefined, [2, -2], [3, -3], undefined, [5, -5], [6, -6], undefined, [8, -8], [9, -9]]); // prettier-ignore
    const flat = [0, -0, undefined, 2, -2, 3, -3, undefined, 5, -5, 6, -6, undefined, 8, -8, 9, -9];
    expect(await read(data, { flatten: 1 })).toEqual(flat);
    expect(await read(data, { completed: 2 }, { flatten: 1 })).toEqual([0, -0, 2, -2]);
    expect(await read(data, { completed: 99 })).toHaveLength(7);
    const stretches = await all(values.readStretches(data, 1, 9));
    expect(stretches.map(({ start, items, holes }) => [start, items.length, holes])).toEqual([
      [1, 3, [0]],
      [4, 4, [0, 3]],
      [8, 1, []],
    ]);
  });
});

test('flattened, lists of which some have no value leave a place without one, in every segment', async () => {
  const writer = await values.sequence(place, { as: 'array', segmentItems: 4 });
  for (let i = 0; i < 10; i++)
    await (i % 3 === 1 ? writer.appendHole() : writer.append(i === 6 ? undefined : numbers(i % 2 ? 9_000 : i)));
  const data = await writer.finish();
  const segments = markSkipped(data.segments as Segment[], [6]);
  const flat = await flattenSlots(values, place, { ...data, segments, picks: [{ flatten: 1 }] });
  const expected = numbers(10).flatMap((i) => (i % 3 === 1 || i === 6 ? [undefined] : numbers(i % 2 ? 9_000 : i)));
  expect(flat.segments.length).toBeGreaterThan(1);
  expect(flat.length).toBe(expected.length);
  expect(await values.read(flat)).toEqual(expected);
  // 0 has no items; 1, 4 and 7 no value; 6 was skipped.
  expect(positionsIn(flat.segments, 'holes')).toEqual([0, 9_003, 18_005]);
  expect(positionsIn(flat.segments, 'skipped')).toEqual([18_004]);
});

describe('slices', () => {
  test.each([
    [0, 25_000],
    [9_999, 10_001],
    [10_000, 20_000],
    [24_999, 25_000],
    [5, 5],
  ])('[%i, %i) of an array', async (start, end) => {
    const data = await write(numbers(25_000));
    expect((await all(values.readSlice(data, start, end))).flat()).toEqual(numbers(25_000).slice(start, end));
  });

  test('of a part, of a range, and of a part of a range', async () => {
    const picked = { ...(await write({ rows: numbers(5_000) })), picks: [{ at: 'rows' }] } as StoredData;
    expect((await all(values.readSlice(picked, 10, 12))).flat()).toEqual([10, 11]);
    expect(await values.lengthOf(picked)).toBe(5_000);
    const even = dataOf(range(0, 100_000, 2));
    const slices = await all(values.readSlice(even, 5, 20_005));
    expect(slices.map(({ length }) => length)).toEqual([10_000, 10_000]);
    expect([slices[0]?.[0], slices[1]?.at(-1)]).toEqual([10, 40_008]);
    const part = { ...even, range: [100, 105] } as StoredData;
    expect(await values.read(part)).toEqual([200, 202, 204, 206, 208]);
    expect((await all(values.readSlice(part, 1, 99))).flat()).toEqual([202, 204, 206, 208]);
    expect(await values.lengthOf(part)).toBe(5);
  });

  test('a sequence that says it has more than its segments is corrupt', async () => {
    const data = await sequenceOf(numbers(5_000));
    await expect(all(values.readSlice({ ...data, length: 6_000 }, 0, 6_000))).rejects.toMatchObject({
      code: 'RESULT_CORRUPT',
    });
  });

  test('an object of another kind in the place of a segment is corrupt, whatever its hash', async () => {
    const data = await sequenceOf(numbers(5_000));
    const stored = await values.put(place, { not: 'items' });
    await expect(values.read({ ...data, segments: [{ length: 5_000, stored }] })).rejects.toMatchObject({
      code: 'RESULT_CORRUPT',
    });
    const raw = await store.put('runs/run-1/t/raw', new TextEncoder().encode('{not json'));
    await expect(values.get(raw)).rejects.toMatchObject({ code: 'RESULT_CORRUPT' });
  });
});

describe('what is stored inside of other values', () => {
  test('is read with them, at any depth, in arrays, objects, maps and sets', async () => {
    const big = await values.write(place, 'x'.repeat(9_000));
    const rows = await values.write(place, numbers(5_000));
    const outer = { list: [big], map: new Map([['before', 1], ['rows', rows], ['after', 2]] as [string, unknown][]), set: new Set([1, rows, 2]), text: 'y'.repeat(9_000) }; // prettier-ignore
    const back = (await values.read(await write(outer))) as typeof outer;
    expect(back.list).toEqual(['x'.repeat(9_000)]);
    expect([...back.map]).toEqual([['before', 1], ['rows', numbers(5_000)], ['after', 2]]); // prettier-ignore
    expect([...back.set]).toEqual([1, numbers(5_000), 2]);
  });

  test('is read inside of a sequence, and a part of it alone when that is meant', async () => {
    const rows = (await values.write(place, numbers(5_000))) as Stored;
    const items = numbers(2_000).map((i) => ({ i, rows: i === 1_999 ? rows : null }));
    const data = await sequenceOf(items);
    expect(((await values.read(data)) as { rows: unknown }[])[1_999]?.rows).toEqual(numbers(5_000));
    expect(await values.read({ ...data, picks: [{ at: -1 }, { at: 'rows' }, { at: 3 }] })).toBe(3);
  });

  test('is read in arguments, in place', async () => {
    const rows = await values.write(place, numbers(5_000));
    const args = [rows, { deep: [rows] }, 5];
    expect(await values.resolve(args)).toBe(args);
    expect(args).toEqual([numbers(5_000), { deep: [numbers(5_000)] }, 5]);
  });
});

describe('datasets', () => {
  test('are read as they are iterated, sliced without reading, and passed on without a copy', async () => {
    const host = values.datasetHost(place);
    const data = (await host.write?.(numbers(25_000))) as StoredSequenceData;
    const dataset = (await values.read(data)) as Dataset<number>;
    expect(dataset).toBeInstanceOf(Dataset);
    expect(dataset).toHaveLength(25_000);
    expect(await dataset.toArray()).toEqual(numbers(25_000));
    const part = dataset.slice(9_000, -4_000).slice(500, 12_500);
    expect(part).toHaveLength(11_500);
    expect(await all(part)).toEqual(numbers(25_000).slice(9_500, 21_000));
    expect(await values.write(place, part)).toBe(part);
    expect(await ((await values.read(dataOf(part))) as Dataset<number>).slice(-1).toArray()).toEqual([20_999]);
    expect(await values.lengthOf(dataOf(part))).toBe(11_500);
  });

  test('inside of a value come back as datasets', async () => {
    const host = values.datasetHost(place);
    const dataset = new Dataset<number>((await host.write?.([1, 2, 3])) as StoredSequenceData, host);
    const back = (await values.read(await write({ dataset, text: 'x'.repeat(9_000) }))) as { dataset: Dataset<number> };
    expect(await back.dataset.toArray()).toEqual([1, 2, 3]);
    expect(await values.read({ ...(await write({ dataset, text: 'x'.repeat(9_000) })), picks: [{ at: 'dataset' }, { at: 1 }] } as StoredData)).toBe(2); // prettier-ignore
  });

  test('what is small lies in the reference, and readers do not see what others do to it', async () => {
    const host = values.datasetHost(place);
    const item = { n: 1 };
    const data = (await host.write?.([item])) as StoredSequenceData;
    item.n = 2;
    const [first] = (await all(values.readSlice(data, 0, 1))).flat() as { n: number }[];
    expect(first).toEqual({ n: 1 });
    if (first) first.n = 3;
    expect((await all(values.readSlice(data, 0, 1))).flat()).toEqual([{ n: 1 }]);
    expect(await keysIn('runs/')).toEqual([]);
  });

  test('an endless source is written as it comes: what fails ends it', async () => {
    let made = 0;
    const source = async function* (): AsyncIterable<number> {
      for (;;) {
        if (++made === 50_000) throw new RangeError('source');
        yield made;
      }
    };
    await expect(values.datasetHost(place).write?.(source())).rejects.toThrow('source');
    expect((await keysIn('runs/')).length).toBeGreaterThanOrEqual(3);
  });
});

test('a segment that is read again comes from memory, as values of its own', async () => {
  const data = await sequenceOf(numbers(2_000).map((n) => ({ n })));
  const [first] = (await all(values.readSlice(data, 0, 1))).flat() as { n: number }[];
  if (first) first.n = -1;
  for (const key of await keysIn('runs/')) rmSync(join(root, 'results', key));
  expect((await all(values.readSlice(data, 0, 2))).flat()).toEqual([{ n: 0 }, { n: 1 }]);
});

test('a segment that was changed on disk is refused', async () => {
  const data = await sequenceOf(numbers(3_000));
  const [key = ''] = await keysIn('runs/');
  const path = join(root, 'results', key);
  const swapped = JSON.stringify(numbers(3_000).reverse());
  writeFileSync(path, swapped);
  await expect(values.read(data)).rejects.toMatchObject({
    code: 'RESULT_CORRUPT',
    details: { key, runId: 'run-1', taskRunId: 'extract-0' },
  });
});

test('the id of a run that no folder name holds is kept beside its objects', async () => {
  const runId = `Report ${'é'.repeat(300)}`;
  await values.write({ ...place, runId }, 'x'.repeat(9_000));
  await values.write({ ...place, runId }, 'x'.repeat(9_000));
  const keys = await keysIn('runs/');
  expect(keys).toHaveLength(3);
  const idKey = keys.find((key) => key.endsWith('/run-id')) ?? '';
  const sized = (await all(store.list('runs/'))).find(({ key }) => key === idKey);
  expect(sized?.bytes).toBe(Buffer.byteLength(runId));
});
