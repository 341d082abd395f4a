// Flows that end in every way but well; `run-ends.test.ts` runs each on a real server.
import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { approval, currentRun, flow, task } from 'perdure';

const inc = task('inc', (x: number) => x + 1);
const stuckBody = (): Promise<void> => wait(3_600_000, undefined, { signal: currentRun().signal });
const stuck = task('stuck', stuckBody);
/** It has a process to itself: killing that brings no other body down. */
const unstoppable = task('unstoppable', { onCrash: 'fail' }, () => new Promise<never>(() => undefined));
const bounded = task('bounded', { totalTimeout: '500ms', retries: 5 }, stuckBody);
const brittle = task('brittle', { local: true }, (what: string): number => {
  throw new RangeError(`no ${what}`);
});
const failsOnce = task('fails once', async () => {
  const ledger = process.env['LEDGER'] ?? '';
  await appendFile(ledger, 'x');
  const runs = (await readFile(ledger, 'utf8')).length;
  if (runs === 1) throw new Error('the first run fails');
  return runs;
});

export const quick = flow('quick', ({ x = 1 }: { x?: number }) => inc(x));
export const endless = flow('endless', () => stuck());
/** Its task is asked to stop twice: by the flow, and by whoever cancels the run, however late. */
export const impatient = flow('impatient', async () => {
  const [waiting, never] = [unstoppable(), approval('never')];
  await inc(1);
  waiting.cancel();
  await inc(2);
  await Promise.allSettled([waiting, never]);
  return never;
});
export const bounded1s = flow('bounded flow', { timeout: '1s' }, () => stuck());
export const parentOfBounded = flow('parent of a bounded flow', async () => {
  try {
    return await bounded1s();
  } catch (error) {
    return (error as { code: string }).code;
  }
});
export const boundedTask = flow('bounded task', () => bounded());
export const brittleFlow = flow('brittle flow', () => brittle('luck'));
export const again = flow('again', { retries: 1, retryDelay: 50 }, () => failsOnce());
const narrow = flow('narrow', ({ x }: { x: number }) => inc(x));
export const wide = flow('wide', ({ n }: { n: number }) => narrow.map(Array.from({ length: n }, (_, x) => ({ x }))));
export const strict = flow('strict', { params: z.object({ day: z.string() }) }, ({ day }) => day);
export const elsewhere = flow('elsewhere', { source: 'https://example.com/flows.ts' }, () => inc(1));
