// Flows for the tests of perdure/testing: their files are also compiled for the sandbox.
import { approval, currentRun, flow, sequence, sleep, task } from 'perdure';

export const rows = task('rows', { source: import.meta.url }, async (): Promise<number[]> => {
  throw new Error('the real source is not there');
});
export const clean = task('clean', { retries: 2, retryDelay: '1 hour' }, (n: number) => n);
export const total = task('total', (numbers: number[]) => numbers.reduce((a, b) => a + b, 0));
export const note = task('note', () => undefined);
export const book = task(
  'book',
  { undo: () => Promise.reject(new Error('the real undo ran')) },
  async (what: string): Promise<string> => `real ${what}`,
);
export const refuse = task('refuse', (): string => {
  throw new RangeError('no');
});
export const who = task('who', () => process.pid);
export const attempts = task('attempts', { retries: 3, retryDelay: 1 }, () => currentRun().attempt ?? 0);

export const pipeline = flow('Pipeline', () => {
  const all = total(clean.map(rows()));
  sequence(all, note());
  return all;
});
export const batched = flow('Batched', () => total(clean.with({ batch: 3 }).map(rows())));
export const trip = flow('Trip', async () => {
  await book('hotel');
  return refuse();
});
export const counted = flow('Counted', () => attempts());
export const asked = flow('Asked', async () => {
  await sleep('1 day');
  const yes = await approval('go', { parse: Boolean }, { timeout: '7 days', onTimeout: false });
  return yes ? who() : null;
});
const tries = task('tries', { retries: 2, retryDelay: 1 }, (n: number) => n);
export const tried = flow('Tried', async () => {
  const all = tries.map(rows());
  await all.settled();
  return total([]);
});
export { tries };
export const asksWho = flow('Asks who', () => who());
const scaled = task(
  'scaled',
  { cache: { key: 'inputs', omit: ['label'] } },
  (n: number, label: string) => `${label} ${n}`,
);
export const scaling = flow('Scaling', ({ label }: { label: string }) => scaled(1, label));
export { scaled };
export const outer = flow('Outer', () => total([pipeline({}), counted()]));
