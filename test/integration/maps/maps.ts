// Maps and values of every size, as a user would write them.
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { currentRun, Dataset, flatten, flow, range, task, unmapped } from 'perdure';

const note = (line: string): void => appendFileSync(process.env['LEDGER']!, `${line}\n`);
const inc = task('inc', async (x: number) => x + 1);
const scale = task('scale', (x: number, by: number) => x * by);
const sum = task('sum', (xs: number[]) => xs.reduce((a, b) => a + b, 0));
const noSeventh = task('no seventh', (x: number) => {
  if (x % 7 === 6) throw new RangeError(`no ${x}`);
  return x;
});
const rows = task('rows', async function* (n: number) {
  for (let i = 0; i < n; i++) yield { i, text: `row ${i}` };
});
const weigh = task('weigh', ({ i, text }: { i: number; text: string }) => i + text.length);
const total = task('total', { stream: true }, async (values: AsyncIterable<number>) => {
  let sum = 0;
  for await (const value of values) sum += value;
  return sum;
});
const describe = task('describe', async (data: Dataset<{ i: number }>) => ({
  length: data.length,
  part: (await data.slice(2, 4).toArray()).map(({ i }) => i),
}));
const copy = task('copy', async (values: number[]) => Dataset.from(values));
const text = task('text', (kilobytes: number) => 'ä'.repeat(kilobytes * 512));
const sizeOf = task('size of', (value: string) => Buffer.byteLength(value));
const table = task('table', (n: number) => ({ head: 'h', lists: Array.from({ length: n }, (_, i) => [i, i + 1]) }));
const once = task('once', { retries: 2, retryDelay: '10 ms' }, (x: number) => {
  note(`once ${x}`);
  if (x === 300 && process.env['CRASHED'] === undefined) {
    process.env['CRASHED'] = 'yes';
    throw new Error('not yet');
  }
  return x;
});
const poison = task('poison', (x: number) => {
  if (x === 17) process.exit(3);
  return x;
});
const half = task('half', async (x: number) => {
  note(`half ${x}`);
  if (x >= 5) await sleep(600_000, undefined, { signal: currentRun().signal });
  return x;
});
const allBegun = task('all begun', async (n: number) => {
  while (readFileSync(process.env['LEDGER']!, 'utf8').split('half').length <= n) await sleep(20);
});

export const batched = flow('batched', () => sum(scale.map(range(5_000), unmapped(2))));
export const ofDataset = flow('of a dataset', () => total(inc.map(weigh.map(rows(3_000)))));
export const datasets = flow('datasets', () => ({ one: describe(rows(5)), sum: total(copy(inc.map([1, 2, 3]))) }));
export const failures = flow('failures', async () => {
  const settled = await inc.map(noSeventh.map(range(700))).settled();
  const states = settled.map(({ state }) => state);
  return { done: states.filter((s) => s === 'Completed').length, at: [states[5], states[6]], value: settled[8]?.value };
});
export const failing = flow('failing', () => noSeventh.map(range(700)));
export const tolerant = flow('tolerant', async () => {
  const values = await noSeventh.with({ tolerate: '20%', batch: 100 }).map(range(700));
  return [values.length, values[5], values[6]];
});
export const quorum = flow('quorum', () => inc.with({ firstSuccesses: 2, concurrency: 2 }).map(range(50)));
export const sizes = flow('sizes', () =>
  ([0, 1, 256, 257, 2_000, 2_001] as const).map((n) => sum(inc.with({ batch: 'auto' }).map(range(n)))),
);
export const flattened = flow('flattened', () => sum(inc.map(flatten(table(400).at('lists')))));
export const passedOn = flow('passed on', async () => {
  const long = text(3_000);
  const held = await long;
  return { sizes: [sizeOf(long), sizeOf(held), sizeOf(await text(20))], part: table(2_000).at('head') };
});
export const sealedRead = flow('sealed, read', async () => (await text(3_000)).slice(0, 3));
const child = flow('child with text', ({ given }: { given: string }) => sizeOf(given));
export const throughChild = flow('through a child', () => child({ given: text(100) }));
export const bigParam = flow('big param', ({ given = '' }: { given?: string }) => [1, 2, 3].map(() => sizeOf(given)));
export const returnsBig = flow('returns much', () => text(4_000));
export const retriedItem = flow('retried item', async () => (await once.with({ batch: 500 }).map(range(500))).length);
export const poisoned = flow('poisoned', async () => {
  const settled = await poison.with({ batch: 30 }).map(range(60)).settled();
  return settled.filter(({ state }) => state !== 'Completed').map(({ index, state }) => [index, state]);
});
export const halfDone = flow('half done', async () => {
  const map = half.with({ batch: 10, concurrency: 10 }).map(range(10));
  await allBegun(10);
  map.cancel();
  return (await map.settled()).map(({ state, value }) => (state === 'Completed' ? value : state));
});
