// The maps that are measured, as Perdure flows: 'bench <work>' with `n` items. The raw programs do the same.
import { setTimeout as sleep } from 'node:timers/promises';
import { chunks, flow, range, task, unmapped } from 'perdure';

interface Size {
  n: number;
}

const inc = task('inc', async (x: number) => x + 1);
const numbers = task('numbers', async function* (n: number) {
  for (let i = 0; i < n; i++) yield i;
});
const total = task('total', { stream: true }, async (xs: AsyncIterable<number>) => {
  let sum = 0;
  for await (const some of chunks(xs)) for (const x of some) sum += x;
  return sum;
});
const uneven = task('uneven', async (x: number, stage: number) => {
  await sleep((x * 7 + stage * 13) % 20);
  return x + 1;
});
// A fixed number of iterations, as in peers/spin.mjs.
const spin = task('spin', async (_x: number) => {
  let x = 1;
  for (let i = Number(process.env['BENCH_SPIN']); i > 0; i--) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  return x;
});
const count = task('count', async (xs: number[]) => xs.length);
const makeText = task('make_text', async (x: number, bytes: number) => String(x % 10).repeat(bytes));
const measureText = task('measure_text', async (text: string) => text.length);

export const single = flow('bench single', ({ n }: Size) => total(inc.with({ batch: false }).map(range(n))));
export const ranged = flow('bench range', ({ n }: Size) => total(inc.map(range(n))));
export const ranged1000 = flow('bench range 1000', ({ n }: Size) => total(inc.with({ batch: 1_000 }).map(range(n))));
export const ranged10000 = flow('bench range 10000', ({ n }: Size) => total(inc.with({ batch: 10_000 }).map(range(n))));
export const stored = flow('bench stored', ({ n }: Size) => total(inc.map(numbers(n))));
export const stored10000 = flow('bench stored 10000', ({ n }: Size) =>
  total(inc.with({ batch: 10_000 }).map(numbers(n))),
);

export const cpu = flow('bench cpu', ({ n }: Size) => count(spin.map(range(n))));
export const cpu10 = flow('bench cpu 10', ({ n }: Size) => count(spin.with({ batch: 10 }).map(range(n))));

export const stages = flow('bench stages', ({ n }: Size) =>
  total(uneven.map(uneven.map(uneven.map(range(n), unmapped(0)), unmapped(1)), unmapped(2))),
);
export const stagesSingle = flow('bench stages single', ({ n }: Size) => {
  const each = uneven.with({ batch: false });
  return total(each.map(each.map(each.map(range(n), unmapped(0)), unmapped(1)), unmapped(2)));
});

/** 100 MB through a map, divided into `n` items. */
export const bytes = flow('bench bytes', ({ n }: Size) =>
  total(measureText.map(makeText.map(range(n), unmapped(Math.floor(100_000_000 / n))))),
);
