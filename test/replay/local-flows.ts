// Local tasks side by side, and what follows from each: two calls at different moments, so that an order shows.
import { flow, task } from 'perdure';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const inc = task('inc', (n: number) => n + 1);
const twice = task('twice', (n: number) => n * 2);
const slow = task('slow', { local: true }, async (n: number) => {
  await wait(200);
  return n;
});
const quick = task('quick', { local: true }, (n: number) => n);
const broken = task('broken', { local: true, retries: 0 }, (n: number) => {
  if (n > 0) throw new RangeError(`no ${n}`);
  return n;
});
const text = task('text', (n: number) => String(n).repeat(20_000));

/** Calls at once, later, and with something to wait for. */
const follow = async (given: PromiseLike<number>): Promise<number> => {
  const n = await given;
  const first = inc(n);
  for (let i = 0; i < 20; i++) await Promise.resolve();
  return (await twice(inc(twice(n)))) + (await first);
};
const all = (...given: PromiseLike<number>[]): Promise<number[]> => Promise.all(given.map(follow));

export const unequal = flow('unequal', () => all(slow(1), quick(2), slow(3)));
export const equal = flow('equal', () => all(...[1, 2, 3, 4, 5, 6].map((n) => quick(n))));
export const besideOthers = flow('beside others', () => all(slow(1), inc(2), quick(3), twice(4)));
export const failing = flow('some fail', () =>
  all(...[0, 1, 2].map((n) => Promise.resolve(broken(n)).catch(() => -1)), quick(3)),
);
export const fromStore = flow('from the store', () =>
  all(...[1, 2, 3].map(async (n) => (await text(n)).length), slow(4)),
);
