/** What counts as the same content, however it came. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentHash, createFileStore, createValues, type Values } from '../../src/results/index.js';

let folder: string;
let values: Values;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-hash-'));
  values = createValues(createFileStore(join(folder, 'results')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const place = { runId: 'r', taskRunId: 't-0', attempt: 1 };

test.each<[string, unknown, unknown]>([
  ['the order of keys', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
  ['two views of the same bytes', new Uint8Array([1, 2]), new Uint8Array([0, 1, 2]).subarray(1)],
])('%s makes no difference', async (_, a, b) => {
  expect(await contentHash(a)).toBe(await contentHash(b));
});

test.each<[unknown, unknown]>([
  [1, '1'],
  [null, undefined],
  [0, -0],
  [
    [1, 2],
    [[1], 2],
  ],
  [
    ['ab', 'c'],
    ['a', 'bc'],
  ],
  [{ a: 1 }, new Map([['a', 1]])],
  [new Date(1), 1],
  [10n, 10],
  [[1], { 0: 1 }],
])('%p is not %p', async (a, b) => {
  expect(await contentHash(a)).not.toBe(await contentHash(b));
});

test('a cycle has an end', async () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  expect(await contentHash(cycle)).toMatch(/^[0-9a-f]{64}$/);
});

test('a list is the same in the store and in memory, whatever its parts', async () => {
  const items = Array.from({ length: 3_000 }, (_, i) => ({ i, text: 'x'.repeat(10) }));
  const stored = await values.write(place, items);
  const twice = await values.write({ ...place, runId: 'another' }, { nested: stored, n: 1 });
  expect(await contentHash(stored, values)).toBe(await contentHash(items));
  expect(await contentHash(twice, values)).toBe(await contentHash({ n: 1, nested: items }));
});
