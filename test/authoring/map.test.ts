import { flatten, flow, task, unmapped } from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow } from './fake-run.js';

const rows = task('rows', (): number[] => [1, 2, 3]);
const double = task('double', (n: number) => n * 2);
const add = task('add', (a: number, b: number) => a + b);
const join = task('join', (text: string, n: number) => `${text}${n}`);
const collect = task('collect', (value: unknown) => value);
const give = task('give', (value: unknown): number[] => value as number[]);
const child = flow('child', ({ n }: { n: number }) => n);
const lists = task('lists', () => [[1, 2], [], [3]]);

test('a map runs once for each item and gives the results in order, whatever ends first', async () => {
  const run = startFlow(() => double.map([1, 2, 3]));
  await settle();
  expect(run.running).toEqual(['double-0[0]', 'double-0[1]', 'double-0[2]']);
  expect(run.invocationOf('double-0[1]')).toMatchObject({ mapIndex: 1, args: [2], title: 'double-0[1]' });
  await run.complete({ 'double-0[2]': 6, 'double-0[0]': 2 });
  await run.complete({ 'double-0[1]': 4 });
  expect(await run.outcome).toEqual([2, 4, 6]);
});

test('a map over a future starts when its value is there, and records its width', async () => {
  const run = startFlow(() => double.map(rows()));
  await settle();
  expect(run.started).toEqual(['rows-0']);
  await run.complete({ 'rows-0': [5, 6] });
  expect(run.running).toEqual(['double-0[0]', 'double-0[1]']);
  expect(run.upstreamOf('double-0[0]')).toEqual(['rows-0']);
  expect(run.deltas).toContainEqual({ kind: 'map', id: 'double-0', name: 'double', up: ['rows-0'], width: 2 });
});

test.each([
  ['an empty array', () => double.map([])],
  ['the future of one', () => double.map(give([]))],
  ['an empty map', () => double.map(double.map([]))],
])('a map over %s completes with no children', async (_, body) => {
  const { value, run } = await runFlow(body);
  expect(value).toEqual([]);
  expect(run.started.filter((id) => id.startsWith('double'))).toEqual([]);
});

test('inputs of one length go in pairs', async () => {
  expect((await runFlow(() => add.map([1, 2, 3], rows()))).value).toEqual([2, 4, 6]);
  expect((await runFlow(() => add.map(double.map([1, 2]), [10, 20]))).value).toEqual([12, 24]);
});

test('inputs of different lengths are refused: at the call where they are known, else when they are', async () => {
  const known = startFlow(() => add.map([1, 2], [1, 2, 3]));
  await expect(known.outcome).rejects.toMatchObject({
    code: 'MAP_LENGTH_MISMATCH',
    message: expect.stringContaining('(2, 3)'),
    details: { lengths: [2, 3] },
  });
  const later = startFlow(() => add.map([1, 2], rows()));
  await later.drain();
  await expect(later.outcome).rejects.toMatchObject({
    code: 'MAP_LENGTH_MISMATCH',
    message: expect.stringContaining('(2, 3)'),
  });
  expect(later.started).toEqual(['rows-0']);
});

test('a map with nothing to map over is refused at the call', async () => {
  const run = startFlow(() => (join.map as (...args: unknown[]) => unknown)('text', 1));
  await expect(run.outcome).rejects.toMatchObject({ code: 'NOTHING_TO_MAP' });
});

test.each([
  ['a text', 'abc'],
  ['null', null],
  ['an object', { length: 3 }],
  ['a number', 3],
])('a map over a future of %s fails, naming the upstream', async (_, value) => {
  expect(await failureOf(() => double.map(give(value)))).toMatchObject({
    code: 'NOTHING_TO_MAP',
    message: expect.stringContaining(`'give-0'`),
  });
});

test('a text is one value for all, not a sequence of letters', async () => {
  expect((await runFlow(() => join.map('row ', [1, 2]))).value).toEqual(['row 1', 'row 2']);
});

test('unmapped gives every child the whole value, also of a future', async () => {
  const pairs = task('pairs', (a: number, all: number[]) => [a, all.length]);
  expect((await runFlow(() => pairs.map([1, 2], unmapped([7, 8, 9])))).value).toEqual([
    [1, 3],
    [2, 3],
  ]);
  const waiting = startFlow(() => pairs.map([1, 2], unmapped(rows())));
  await settle();
  expect(waiting.started).toEqual(['rows-0']);
  await waiting.drain();
  expect(await waiting.outcome).toEqual([
    [1, 3],
    [2, 3],
  ]);
});

test('unmapped gives the whole of a map, once all of it has ended', async () => {
  const pairs = task('pairs of maps', (a: number, all: number[]) => [a, all]);
  const run = startFlow(() => pairs.map([1, 2], unmapped(double.map([1, 2]))));
  await settle();
  await run.complete({ 'double-0[0]': 2 });
  expect(run.running).toEqual(['double-0[1]']);
  await run.complete({ 'double-0[1]': 4 });
  expect(run.argsOf('pairs of maps-0[0]')).toEqual([1, [2, 4]]);
});

test('any iterable of known end can be mapped over; an endless one is refused', async () => {
  expect((await runFlow(() => double.map(new Set([1, 2])))).value).toEqual([2, 4]);
  function* some() {
    yield 1;
    yield 2;
  }
  expect((await runFlow(() => double.map(some()))).value).toEqual([2, 4]);
  function* endless() {
    for (;;) yield 1;
  }
  const run = startFlow(() => double.map(endless()));
  await expect(run.outcome).rejects.toMatchObject({
    code: 'NOTHING_TO_MAP',
    message: expect.stringContaining('1,000,000'),
  });
});

test('flatten opens lists of lists for a map', async () => {
  expect((await runFlow(() => double.map(flatten(lists())))).value).toEqual([2, 4, 6]);
  const listOf = task('list_of', (n: number) => [n, n]);
  expect((await runFlow(() => double.map(flatten(listOf.map([1, 2]))))).value).toEqual([2, 2, 4, 4]);
});

test('futures among the items: each child waits for its own', async () => {
  const run = startFlow(() => double.map([1, add(1, 1), 3]));
  await settle();
  expect(run.running.sort()).toEqual(['add-0', 'double-0[0]', 'double-0[2]']);
  await run.complete({ 'add-0': 2 });
  expect(run.argsOf('double-0[1]')).toEqual([2]);
  await run.drain();
  expect(await run.outcome).toEqual([2, 4, 6]);
});

test('futures deep in the items are found as well', async () => {
  const { value } = await runFlow(() => collect.map([{ a: [double(1)] }, { a: [double(2)] }]));
  expect(value).toEqual([{ a: [2] }, { a: [4] }]);
});

test('a map over a flow starts one child run an item', async () => {
  const run = startFlow(() => child.map([{ n: 1 }, { n: 2 }]));
  await settle();
  expect(run.invocationOf('child-0[1]')).toMatchObject({ params: { n: 2 }, mapIndex: 1 });
  await run.complete({ 'child-0[0]': 'a', 'child-0[1]': 'b' });
  expect(await run.outcome).toEqual(['a', 'b']);
});

test('a part of a map is a future', async () => {
  expect((await runFlow(() => collect(double.map([1, 2]).at(-1)))).value).toBe(4);
});

test('no more than the window are under way, and an item finishes its chain before new items begin', async () => {
  const run = startFlow(() => double.map(add.map([1, 2, 3, 4, 5], 1)), { window: 2 });
  await settle();
  expect(run.running).toEqual(['add-0[0]', 'add-0[1]']);
  await run.complete({ 'add-0[0]': 2 });
  expect(run.running).toEqual(['add-0[1]', 'double-0[0]']);
  await run.complete({ 'add-0[1]': 3 });
  expect(run.running).toEqual(['double-0[0]', 'double-0[1]']);
  await run.complete({ 'double-0[0]': 4 });
  expect(run.running).toEqual(['double-0[1]', 'add-0[2]']);
  await run.drain();
  expect(await run.outcome).toEqual([4, 6, 8, 10, 12]);
  expect(run.peak).toBe(2);
});

test('chained maps have no barrier: an item goes on while its neighbour is still in an earlier stage', async () => {
  const run = startFlow(() => collect(double.map(double.map(double.map(rows())))));
  await settle();
  await run.complete({ 'rows-0': [1, 2] });
  await run.complete({ 'double-0[1]': 4 });
  await run.complete({ 'double-1[1]': 8 });
  expect(run.running).toEqual(['double-0[0]', 'double-2[1]']);
  expect(run.upstreamOf('double-2[1]')).toEqual(['double-1']);
  await run.drain();
  expect(await run.outcome).toEqual([8, 16, 24].slice(0, 2));
});

test('options of the call go to every child', async () => {
  const run = startFlow(() => double.with({ retries: 3, timeout: '5s', tags: ['x'], name: 'Twice' }).map([1]));
  await settle();
  expect(run.invocationOf('double-0[0]')).toMatchObject({
    policy: { retries: 3, timeoutMs: 5000 },
    tags: ['x'],
    title: 'Twice[0]',
  });
});

test('a map of 500 within its window', async () => {
  const items = Array.from({ length: 500 }, (_, i) => i);
  const { value, run } = await runFlow(() => double.with({ batch: false }).map(items), { window: 50 });
  expect(value).toEqual(Array.from({ length: 500 }, (_, i) => i * 2));
  expect(run.peak).toBe(50);
});

test('a map of flows for which the record has no room fails before its first child', async () => {
  const child = flow('child without room', ({ n }: { n: number }) => n);
  const run = startFlow(() => child.map([{ n: 1 }, { n: 2 }, { n: 3 }]), { room: 2 });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'HISTORY_LIMIT' });
  expect(run.started).toEqual([]);
});

test('a loop that outgrows the record fails at the call that no longer fits', async () => {
  const run = startFlow(
    async () => {
      for (let i = 0; ; i++) await double(i);
    },
    { room: 5 },
  );
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'HISTORY_LIMIT' });
  expect(run.started).toHaveLength(5);
});
