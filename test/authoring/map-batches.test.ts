/** Maps in batches: which items go together, how failures stay with their items, and what a map option changes. */
import { expect, test } from '@jest/globals';
import { flow, type TaskFuture, task } from '../../src/authoring/index.js';
import type { BatchInvocation } from '../../src/authoring/engine/engine-port.js';
import { Stored, type StoredSequenceData } from '../../src/core/result-ref.js';
import { failureOf, type FakeRun, runFlow, startFlow, startShare } from './fake-run.js';

const double = task('double a batch', (n: number) => n * 2);
const plus = task('plus a batch', (a: number, b: number) => a + b);
const notSevenths = task('no sevenths', (n: number) => {
  if (n % 7 === 6) throw new Error(`no ${n}`);
  return n;
});
const numbers = (length: number): number[] => Array.from({ length }, (_, i) => i);

const specOf = (run: FakeRun, id: string): BatchInvocation['spec'] => (run.invocationOf(id) as BatchInvocation).spec;
const stretches = (run: FakeRun): [number, number][] =>
  run.started.map((id) => specOf(run, id)).map(({ start, end }) => [start, end]);

test('a map of 256 items is run item by item, one of 257 in batches that cover it once, the first of 16', async () => {
  const small = await runFlow(() => double.map(numbers(256)));
  expect(small.run.started).toHaveLength(256);
  const { value, run } = await runFlow(() => double.map(numbers(257)));
  expect(value).toEqual(numbers(257).map((n) => n * 2));
  const parts = stretches(run).sort(([a], [b]) => a - b);
  expect(parts[0]).toEqual([0, 16]);
  expect(parts.reduce((at, [start, end]) => (start === at ? end : NaN), 0)).toBe(257);
});

test('a run begun before maps came in batches goes on item by item', async () => {
  const { run } = await runFlow(() => double.map(numbers(300)), { batchPolicy: 0 });
  expect(run.started).toHaveLength(300);
});

test('a slow item in the first batch holds back that batch and nothing else', async () => {
  const run = startFlow(() => double.map(numbers(1_000)));
  await run.complete({});
  expect(stretches(run)).toEqual([[0, 16], [16, 32], [32, 48], [48, 64]]); // prettier-ignore
  const { reportOf } = await import('./fake-batch.js');
  const slow = run.running[0]!;
  while (run.running.length > 1)
    await run.complete(
      Object.fromEntries(
        run.running.slice(1).map((id) => [id, reportOf(run.invocationOf(id) as BatchInvocation)] as const),
      ),
    );
  expect(run.running).toEqual([slow]);
  expect(Math.max(...stretches(run).map(([, end]) => end))).toBe(1_000);
  await run.drain();
  expect(await run.outcome).toHaveLength(1_000);
});

test('a run pinned to the first policy waits for one batch of 16', async () => {
  const run = startFlow(() => double.map(numbers(1_000)), { batchPolicy: 1 });
  await run.complete({});
  expect(stretches(run)).toEqual([[0, 16]]);
  await run.drain();
  expect(await run.outcome).toHaveLength(1_000);
});

test('a fixed size cuts the map evenly, below 256 items too', async () => {
  const { value, run } = await runFlow(() => double.with({ batch: 4 }).map(numbers(10)));
  expect(value).toEqual(numbers(10).map((n) => n * 2));
  expect(stretches(run)).toEqual([[0, 4], [4, 8], [8, 10]]); // prettier-ignore
});

test('a stored range is cut without being written out', async () => {
  const range = new Stored({ kind: 'range', start: 0, length: 1_000, step: 1 }) as unknown as number[];
  const run = startFlow(() => double.with({ batch: 500 }).map(range));
  await run.drain();
  expect(run.argsOf(run.started[0]!)).toEqual([
    new Stored({ kind: 'range', start: 0, length: 1_000, step: 1, range: [0, 500] }),
  ]);
  expect(await run.outcome).toHaveLength(1_000);
});

test('failures stay with their items, and the error counts them and names the first', async () => {
  const error = await failureOf(() => notSevenths.with({ batch: 50 }).map(numbers(100)));
  expect(error.code).toBe('MAP_FAILED');
  expect(error.message).toMatch(/^14 of 100 .*\[6\] no 6; \[13\] no 13; .* and 9 more$/);
  expect(error.details).toMatchObject({ failed: 14, byState: { Failed: 14 } });
  expect((error.details['failedIndexes'] as number[]).slice(0, 3)).toEqual([6, 13, 20]);
});

test('the next map takes each batch when it has ended; items without a value are TriggerFailed there, alone', async () => {
  const run = startFlow(async () => {
    const first = notSevenths.with({ batch: 10 }).map(numbers(20));
    const settled = await double.map(first).settled();
    return settled.map(({ index, state, value }) => ({ index, state, value }));
  });
  await run.complete({});
  expect(run.running).toEqual(['no sevenths-0[0-9]', 'no sevenths-0[10-19]']);
  const { reportOf } = await import('./fake-batch.js');
  const second = run.invocationOf('no sevenths-0[10-19]') as BatchInvocation;
  await run.complete({ 'no sevenths-0[10-19]': reportOf(second) });
  expect(run.running).toEqual(['no sevenths-0[0-9]', 'double a batch-0[10-19]']);
  await run.drain();
  const settled = (await run.outcome) as { index: number; state: string; value?: number }[];
  expect(settled.map(({ index }) => index)).toEqual(numbers(20));
  expect(settled[12]).toMatchObject({ state: 'Completed', value: 24 });
  expect(settled[13]).toMatchObject({ state: 'TriggerFailed' });
});

test('tolerated failures leave undefined in the value; more than that cancels what is left', async () => {
  const { value } = await runFlow(() => notSevenths.with({ batch: 50, tolerate: '14%' }).map(numbers(100)));
  expect((value as unknown[]).slice(5, 8)).toEqual([5, undefined, 7]);
  const run = startFlow(() => notSevenths.with({ tolerate: 1 }).map(numbers(20)), { window: 4 });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'MAP_FAILED' });
  expect(run.started.length).toBeLessThan(20);
});

test('firstSuccesses ends the map with as many values and cancels the rest', async () => {
  const run = startFlow(() => double.with({ firstSuccesses: 3 }).map(numbers(20)), { window: 5 });
  await run.drain();
  expect(await run.outcome).toHaveLength(3);
  expect(run.started.length).toBeLessThan(20);
  const error = await failureOf(() => notSevenths.with({ firstSuccesses: 20 }).map(numbers(20)));
  expect(error.code).toBe('MAP_FAILED');
});

test('zip: shortest leaves out what the longer input has more', async () => {
  const { value } = await runFlow(() => plus.with({ zip: 'shortest' }).map([1, 2, 3], [10, 20]));
  expect(value).toEqual([11, 22]);
});

test('concurrency bounds the items in flight, item by item and in batches', async () => {
  const one = await runFlow(() => double.with({ concurrency: 3 }).map(numbers(30)));
  expect(one.run.peak).toBe(3);
  const { run } = await runFlow(() => double.with({ concurrency: 4, batch: 10 }).map(numbers(100)));
  expect(run.peak * (specOf(run, run.started[0]!).concurrency ?? NaN)).toBeLessThanOrEqual(4);
});

test('more items than the record has room for go to child runs, unbatched ones too', async () => {
  const { value, run } = await runFlow(() => double.with({ batch: false }).map(numbers(2_500)), { room: 2_000 });
  expect(value).toEqual(numbers(2_500).map((n) => n * 2));
  expect(run.shards).toHaveLength(3);
});

test('a part of a map, item by item in a run of its own: items without a value before it end as in a chain', async () => {
  const data: StoredSequenceData = {
    ...{ kind: 'sequence', as: 'array', length: 7, range: [1, 6] },
    segments: [
      { length: 3, items: [10, null, 12], holes: [1] },
      { length: 4, items: [13, null, 15, 16], skipped: [1] },
    ],
  };
  const spec = { map: 'double a batch-0', start: 100, end: 105, inputs: ['slice' as const] };
  const run = startShare({ task: 'double a batch', args: [new Stored(data)], spec, batch: false });
  await run.drain();
  expect(run.started.map((id) => id.replace('double a batch-0', ''))).toEqual(['[101]', '[102]', '[104]']);
  expect(await run.outcome).toMatchObject({
    segments: [{ items: [undefined, 24, 26, undefined, 30], holes: [0], skipped: [3] }],
    ended: { TriggerFailed: 1 },
    skipped: 1,
    failures: [{ index: 100, message: expect.stringContaining('the item it depends on has no value') as unknown }],
  });
});

test('a batch that ends with an error takes its items and no others', async () => {
  const run = startFlow(() => double.with({ batch: 5, tolerate: 5 }).map(numbers(10)));
  await run.complete({});
  await run.fail('double a batch-0[0-4]', new Error('gone'));
  await run.drain();
  const value = (await run.outcome) as unknown[];
  expect(value.slice(3, 6)).toEqual([undefined, undefined, 10]);
});

test('options of maps are refused on a single call, and when they make no sense', async () => {
  expect((await failureOf(() => double.with({ batch: 3 })(1))).message).toMatch(/an option of maps/);
  for (const options of [
    { batch: 0 },
    { concurrency: 1.5 },
    { tolerate: '200%' as const },
    { zip: 'longest' as never },
  ])
    expect(() => double.with(options)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});

test('a stored value is passed on as it lies, and read only for flow code', async () => {
  const segments = [{ length: 3, items: [1, 2, 3] }];
  const data: StoredSequenceData = { kind: 'sequence', as: 'array', length: 3, segments };
  const make = task('make stored', (): number[] => []);
  const sum = task('sum stored', (xs: number[]) => xs.length);
  const part = task('part of stored', (x: number) => x);
  const run = startFlow(async () => {
    const made: TaskFuture<number[]> = make();
    void part(made.at(1));
    await sum(made);
    return made;
  });
  await run.complete({});
  await run.complete({ 'make stored-0': new Stored(data) });
  expect(run.argsOf('sum stored-0')).toEqual([new Stored(data)]);
  expect(run.argsOf('part of stored-0')).toEqual([new Stored({ ...data, picks: [{ at: 1 }] })]);
  await run.complete({ 'sum stored-0': 3, 'part of stored-0': 2 });
  expect(await run.outcome).toEqual([1, 2, 3]);
});

test('maps of flows stay item by item', async () => {
  const child = flow('child of a big map', ({ n }: { n: number }) => n);
  const run = startFlow(() => child.map(numbers(300).map((n) => ({ n }))));
  await run.complete({});
  expect(run.started).toHaveLength(200);
  run.cancelAll();
});
