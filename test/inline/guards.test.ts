/** Cache and limits of runs in memory: what is of them alone. What all runtimes have in common is in test/contracts. */
import { setTimeout as pause } from 'node:timers/promises';
import { flow, inline, range, sleep, task } from '../../src/index.js';

const executor = inline();
const bodies: string[] = [];
let [now, most] = [0, 0];
const busy = async (what: string, ms: number): Promise<string> => {
  bodies.push(what);
  most = Math.max(most, ++now);
  await pause(ms);
  now -= 1;
  return what;
};
beforeEach(() => {
  bodies.length = most = 0;
});

const hourly = task('hourly', { cache: { expires: '1 hour' } }, (what: string) => busy(what, 1));
const kept = task('kept', { cache: {} }, async (what: string, length: number) => {
  await busy(what, 20);
  return 'x'.repeat(length);
});
const sourced = task('sourced', { cache: { key: 'inputs+source' } }, (what: string) => busy(what, 1));
const narrow = task('narrow', { limits: [{ name: 'narrow', slots: 2 }] }, (n: number) => busy(`${n}`, 5));
const rare = task('rare', { limits: [{ name: 'rare', perSecond: 1 / 3_600 }] }, (n: number) => busy(`${n}`, 1));
const often = task('often', { limits: [{ name: 'often', perSecond: 100 }] }, (n: number) => busy(`${n}`, 0));
const lengthOf = task('length of', (text: string) => text.length);

const naps = flow('naps', async ({ what, hours }: { what: string; hours: number }) => {
  const first = hourly(what);
  await first;
  await sleep(hours * 3_600_000);
  await hourly(what);
  const again = hourly(what);
  await again;
  return [first.state, again.state];
});
const keeps = flow('keeps', ({ what, length }: { what: string; length: number }) => lengthOf(kept(what, length)));
const source = flow('source', async () => {
  await sourced('of source');
  const again = sourced('of source');
  await again;
  return again.state;
});
const narrows = flow('narrows', async () => (await narrow.map([0, 1, 2, 3, 4, 5])).length);
const narrowBatches = flow('narrow batches', async () => (await narrow.with({ batch: 5 }).map(range(20))).length);
const rares = flow('rares', async () => (await rare.map([0, 1, 2])).length);
const oftens = flow('oftens', async () => (await often.with({ batch: 6 }).map(range(6))).length);

const statesOf = async (run: { tasks(): Promise<{ tasks: { id: string; state: string }[] }> }) =>
  Object.fromEntries((await run.tasks()).tasks.map(({ id, state }) => [id, state]));

test('a value ages with the time of the run that asks, skipped or not, and with no other run', async () => {
  expect(await naps.run({ what: 'a', hours: 0.5 }, { executor })).toEqual(['Completed', 'Cached']);
  expect(bodies).toEqual(['a']);
  expect(await naps.run({ what: 'a', hours: 2 }, { executor })).toEqual(['Cached', 'Cached']);
  expect(bodies).toEqual(['a', 'a']);
  expect(await naps.run({ what: 'a', hours: 0 }, { executor })).toEqual(['Cached', 'Cached']);
  expect(bodies).toEqual(['a', 'a']);
});

test.each([[10], [50_000]])(
  'a value of %i characters is found by a later run, and by those at the same time',
  async (length) => {
    const what = `kept ${length}`;
    const runs = await Promise.all([1, 2, 3].map(() => keeps.start({ what, length }, { executor })));
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([length, length, length]);
    const later = await keeps.start({ what, length }, { executor });
    expect(await later.result()).toBe(length);
    expect(await statesOf(later)).toEqual({ 'kept-0': 'Cached', 'length of-0': 'Completed' });
    expect(bodies).toEqual([what]);
  },
);

test('the source counts, without a bundle', async () => {
  expect(await source.run({}, { executor })).toBe('Cached');
  expect(bodies).toEqual(['of source']);
});

test('places are those of all runs of the process, items of batches too', async () => {
  const ends = [narrows, narrows, narrowBatches].map((one) => one.run({}, { executor }));
  expect(await Promise.all(ends)).toEqual([6, 6, 20]);
  expect(bodies).toHaveLength(32);
  expect(most).toBe(2);
});

test('waiting for a rate takes no time where time is skipped, and its time otherwise', async () => {
  const run = await rares.start({}, { executor });
  expect(await run.result()).toBe(3);
  const { startedAt, endedAt } = await run.tasks();
  expect(endedAt!.getTime() - startedAt!.getTime()).toBeGreaterThanOrEqual(2 * 3_600_000);
  for (const skipTime of [true, false]) {
    const startedMs = performance.now();
    expect(await oftens.run({}, { executor: inline({ skipTime }) })).toBe(6);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(45);
  }
});
