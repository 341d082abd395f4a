// Tasks with a cache and with limits; the ledger says which bodies ran, whatever the engine thinks.
import { appendFileSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { flow, range, task } from 'perdure';
import { factor } from './factor.js';

const note = (line: string): void => appendFileSync(process.env['LEDGER']!, `${line}\n`);
/** What may run at one time does: a body goes on once so many of its kind have begun. */
const begunTogether = async (one: RegExp, count: number): Promise<void> => {
  while ((readFileSync(process.env['LEDGER']!, 'utf8').match(one) ?? []).length < count) await wait(20);
};

const double = task('double', { cache: { key: 'inputs' } }, async (x: number) => {
  note(`double ${x}`);
  await wait(300);
  return x * 2;
});
const big = task('big', { cache: {} }, async (n: number) => {
  note(`big ${n}`);
  return { text: 'x'.repeat(n), list: Array.from({ length: 3_000 }, (_, i) => i) };
});
const sizeOf = task('size of', (value: { text: string; list: number[] }) => value.text.length + value.list.length);
const ignoring = task('ignoring', { cache: { key: 'inputs', omit: ['when'] } }, (x: number, when: number) => {
  note(`ignoring ${x}`);
  return x + when * 0;
});
const expiring = task('expiring', { cache: { expires: 1 } }, (x: number) => {
  note(`expiring ${x}`);
  return x;
});
const failing = task('failing', { cache: {}, retries: 1 }, (x: number) => {
  note(`failing ${x}`);
  throw new Error('never kept');
});
const perRun = task('per run', { cache: { key: 'run' } }, (x: number) => {
  note(`per run ${x}`);
  return x;
});
const byKey = task('by key', { cache: { key: (x, y) => `sum ${x + y}` } }, (x: number, y: number) => {
  note(`by key ${x} ${y}`);
  return x + y;
});
const bySource = task('by source', { cache: { key: 'inputs+source' } }, (x: number) => {
  note(`by source ${x}`);
  return x * factor;
});
const gated = task('gated', { cache: {}, heartbeatTimeout: '2s' }, async (x: number) => {
  note(`gated ${x} ${process.env['WHO']}`);
  for (let i = 0; i < 600 && process.env['WHO'] === 'first'; i++) await wait(100);
  return x;
});
const narrow = task('narrow', { limits: [{ name: 'narrow', slots: 5 }] }, async (i: number) => {
  note(`+ ${i}`);
  await begunTogether(/^\+ \d/gm, 5);
  await wait(20);
  note(`- ${i}`);
  return i;
});
const keyed = task(
  'keyed',
  { limits: [{ name: 'tenant', slots: 1, key: (tenant) => tenant }] },
  async (tenant: string) => {
    note(`+ ${tenant}`);
    for (const each of [/^\+ a/gm, /^\+ b/gm]) await begunTogether(each, 1);
    await wait(50);
    note(`- ${tenant}`);
  },
);
const holding = task('holding', { limits: [{ name: 'held', slots: 1 }], heartbeatTimeout: '2s' }, async () => {
  note(`holding ${process.env['WHO']}`);
  for (let i = 0; i < 600 && process.env['WHO'] === 'first'; i++) await wait(100);
});

export const twice = flow('twice', async () => [await double(4), await double(4)]);
export const one = flow('one', () => double(21));
export const large = flow('large', () => sizeOf(big(20_000)));
export const omitted = flow('omitted', async () => [await ignoring(1, 1), await ignoring(1, 2), await ignoring(2, 1)]);
export const expired = flow('expired', async () => [await expiring(1), await expiring(1)]);
export const failed = flow('failed', () => failing(1));
export const inRun = flow('in run', async () => [await perRun(1), await perRun(1), await perRun(2)]);
export const keys = flow('keys', async () => [await byKey(1, 4), await byKey(2, 3)]);
export const source = flow('source', () => bySource(2));
export const gatedFlow = flow('gated flow', () => gated(1));
export const mapped = flow('mapped', () => double.with({ batch: false }).map([30, 31, 30]));
export const batched = flow('batched', async () => {
  const settled = await double.with({ batch: 10 }).map(range(20)).settled();
  return settled.map(({ state }) => state);
});
export const limited = flow('limited', ({ i }: { i: number }) => narrow(i));
export const limitedBatch = flow('limited batch', async () => (await narrow.with({ batch: 20 }).map(range(60))).length);
export const tenants = flow('tenants', () => keyed.with({ batch: false }).map(['a', 'b', 'a', 'b', 'a', 'b']));
export const held = flow('held', () => holding());
export const urgent = flow('urgent', { priority: { priorityKey: 2 } }, () =>
  double.with({ priority: { priorityKey: 1, fairnessKey: 'acme', fairnessWeight: 2 } })(99),
);
