// The same work in hand-written SDK code: what a careful user of the bare SDK would write.
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type * as activities from './activities.js';

const { inc, numbers, total } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });
const local = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

export async function chain(n: number): Promise<number> {
  let x = 0;
  for (let i = 0; i < n; i++) x = await inc(x);
  return x;
}

export async function localChain(n: number): Promise<number> {
  let x = 0;
  for (let i = 0; i < n; i++) x = await local.inc(x);
  return x;
}

const inWindow = async (items: number[], window: number): Promise<number[]> => {
  const results: number[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const i = next++;
      results[i] = await inc(items[i]!);
    }
  };
  await Promise.all(Array.from({ length: window }, lane));
  return results;
};

export async function map(n: number, window: number): Promise<number> {
  const results = await inWindow(
    Array.from({ length: n }, (_, i) => i),
    window,
  );
  return results.reduce((a, b) => a + b, 0);
}

export async function seed(n: number): Promise<number> {
  return total(await inWindow(await numbers(n), Math.min(n, 100)));
}
