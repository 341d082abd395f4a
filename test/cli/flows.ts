/** Flow files for the tests of the command. */
export const pipelineFile = `
import { task, flow } from 'perdure';
const extract = task('extract_data', async (n: number) => [...Array(n).keys()]);
const transform = task('transform_data', async (n: number) => { console.log('body says', n); return n * 2; });
const load = task('load_data', async (rows: number[]) => ({ rows: rows.length, sum: rows.reduce((a, b) => a + b, 0) }));
export const pipeline = flow('Parallel Data Pipeline', ({ n = 3 }: { n?: number }) => load(transform.map(extract(n))));
`;

export const failingFile = `
import { task, flow } from 'perdure';
const parse = (n: number): number => {
  if (n === 2) throw new TypeError('two is bad', { cause: new Error('the root \\u001b[31mcause') });
  return n;
};
const check = task('check row', { retries: 1 }, async (n: number) => parse(n));
export const failing = flow('failing', async () => { await check.map([1, 2, 3]); });
`;

export const twoFlowsFile = `
import { task, flow } from 'perdure';
import { z } from 'zod';
const add = task('add', async (a: number, b: number) => a + b);
export const morning = flow('morning', { params: z.object({ a: z.number(), b: z.number().default(1) }) }, ({ a, b }) => add(a, b));
export const evening = flow('evening', () => add(20, 2));
export const named = flow('named', { params: z.object({ name: z.string() }) }, ({ name }) => name);
`;

/** Waits for a file before it ends; notes each start in another. Ends at once when it is told to stop. */
export const waitingFile = `
import { appendFileSync, existsSync } from 'node:fs';
import { currentRun, logger, task, flow } from 'perdure';
const first = task('first', async () => { appendFileSync('first.log', 'ran\\n'); return 1; });
const wait = task('wait', { heartbeatTimeout: '3s' }, async (n: number) => {
  appendFileSync('wait.log', 'ran\\n');
  const { signal } = currentRun();
  while (!existsSync('go') && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  signal.throwIfAborted();
  logger.warn('waited for it');
  return n + 1;
});
export const waiting = flow('waiting', () => wait(first()));
`;
