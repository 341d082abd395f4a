// The work that is measured, as Perdure flows. The raw programs beside it do the same.
import { flow, task } from 'perdure';

const inc = task('inc', async (x: number) => x + 1);
const incLocal = task('inc_local', { local: true }, async (x: number) => x + 1);
const numbers = task('numbers', async (n: number) => Array.from({ length: n }, (_, i) => i));
const total = task('total', async (xs: number[]) => xs.reduce((a, b) => a + b, 0));

export const chain = flow('bench chain', async ({ n }: { n: number }) => {
  let x = 0;
  for (let i = 0; i < n; i++) x = await inc(x);
  return x;
});

export const localChain = flow('bench local chain', async ({ n }: { n: number }) => {
  let x = 0;
  for (let i = 0; i < n; i++) x = await incLocal(x);
  return x;
});

export const map = flow('bench map', async ({ n }: { n: number }) => {
  const values = await inc.map(Array.from({ length: n }, (_, i) => i));
  return values.reduce((a, b) => a + b, 0);
});

export const single = flow('bench map single', async ({ n }: { n: number }) => {
  const values = await inc.with({ batch: false }).map(Array.from({ length: n }, (_, i) => i));
  return values.reduce((a, b) => a + b, 0);
});

export const seed = flow('bench seed', ({ n }: { n: number }) => total(inc.map(numbers(n))));
