/**
 * How long a unit test of a flow takes in memory: the seed's pipeline, with mocks and without, and its first run.
 * node --import tsx bench/inline.ts [rounds]
 */
import { flow, inline, task } from 'perdure';
import { mockTask, restoreTasks } from 'perdure/testing';
import { median } from './statistics.js';

const rounds = Number(process.argv[2] ?? 200);
const executor = inline();
const extract = task('extract', async () => Array.from({ length: 10 }, (_, i) => i));
const transform = task('transform', { retries: 3, retryDelay: '1 minute' }, async (n: number) => n * 2);
const load = task('load', async (rows: number[]) => rows.reduce((a, b) => a + b, 0));
const pipeline = flow('inline pipeline', () => load(transform.map(extract())));

const plain = (): Promise<number> => pipeline.run({}, { executor });
const mocked = async (): Promise<number> => {
  mockTask(extract, () => [1, 2, 3]);
  mockTask(transform, (n) => n);
  try {
    return await pipeline.run({}, { executor });
  } finally {
    restoreTasks();
  }
};
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.now();
  await work();
  return performance.now() - before;
};

const first = await timed(plain);
console.log(`Node ${process.version}, ${rounds} rounds; the first run of the process: ${first.toFixed(0)} ms`);
console.log('| a test | median | min–max |\n|---|---|---|');
for (const [name, work] of Object.entries({ 'seed pipeline, 10 items': plain, 'the same, two tasks mocked': mocked })) {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await timed(work));
  const shown = [median(times), Math.min(...times), Math.max(...times)].map((ms) => ms.toFixed(1));
  console.log(`| ${name} | ${shown[0]} ms | ${shown[1]}–${shown[2]} ms |`);
}
