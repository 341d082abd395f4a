import { allFinished, sleep, task, type RunError } from '../../src/authoring/index.js';
import { settle, startFlow } from './fake-run.js';

const work = task('work', (n: number) => n);
const after = task('after', (_value?: unknown) => 'after');
const finish = task('finish', { trigger: allFinished }, (_value?: unknown) => 'finished');

test('a run that has not started is cancelled at once, and never starts', async () => {
  const run = startFlow(async () => {
    const first = work(1);
    const second = after(first);
    second.cancel();
    const code = await second.catch((error: unknown) => (error as RunError).code);
    await first;
    return [code, second.state];
  });
  await run.drain();
  expect(await run.outcome).toEqual(['CANCELLED', 'Cancelled']);
  expect(run.started).toEqual(['work-0']);
});

test('a run cancelled in the tick of its call never starts', async () => {
  const run = startFlow(async () => {
    const one = work(1);
    one.cancel();
    return one.catch((error: unknown) => (error as RunError).code);
  });
  await run.drain();
  expect(await run.outcome).toBe('CANCELLED');
  expect(run.started).toEqual([]);
});

test('a running one is asked to stop, and is over when it has', async () => {
  const run = startFlow(
    async () => {
      const one = work(1);
      await work(2);
      one.cancel();
      return one.catch((error: unknown) => (error as RunError).code);
    },
    { obeysCancel: false },
  );
  await settle();
  await run.complete({ 'work-1': 2 });
  expect(run.isCancelled('work-0')).toBe(true);
  let isOver = false;
  void run.outcome.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.complete({ 'work-0': 'finished all the same' });
  expect(await run.outcome).toBe('finished all the same');
});

test.each([
  ['task', () => work(1)],
  ['wait', () => sleep('1 day')],
])('what depends on a %s that is cancelled alone ends TriggerFailed', async (_what, call) => {
  const run = startFlow(async () => {
    const one = call();
    const dependent = after(one);
    one.cancel();
    return dependent.catch((error: unknown) => (error as RunError).code);
  });
  await run.drain();
  expect(await run.outcome).toBe('TRIGGER_FAILED');
});

test('cancelling a map cancels what runs and what has not started', async () => {
  const run = startFlow(
    async () => {
      const one = after();
      const map = work.map([0, 1, 2, 3]);
      await one;
      map.cancel();
      return (await map.settled()).map(({ state }) => state);
    },
    { window: 3 },
  );
  await settle();
  expect(run.running).toEqual(['after-0', 'work-0[0]', 'work-0[1]']);
  await run.complete({ 'work-0[0]': 0 });
  expect(run.running).toEqual(['after-0', 'work-0[1]', 'work-0[2]']);
  await run.complete({ 'after-0': 1 });
  await run.drain();
  expect(await run.outcome).toEqual(['Completed', 'Cancelled', 'Cancelled', 'Cancelled']);
});

test('a map that waits for its upstream is cancelled without children', async () => {
  const run = startFlow(async () => {
    const rows = after();
    const map = work.map(rows as never);
    map.cancel();
    return map.catch((error: unknown) => (error as RunError).code);
  });
  await run.drain();
  expect(await run.outcome).toBe('CANCELLED');
});

test('a map of which only cancelled children failed is cancelled itself', async () => {
  const run = startFlow(async () => {
    const map = work.map([0, 1]);
    await after();
    map.cancel();
    return [await map.catch((error: unknown) => (error as RunError).code), map.state];
  });
  await settle();
  await run.complete({ 'work-0[0]': 1, 'after-0': 1 });
  expect(await run.outcome).toEqual(['CANCELLED', 'Cancelled']);
});

test('a cancelled run: what runs is asked to stop, what waits and what is called from then on never starts', async () => {
  const run = startFlow(async () => {
    const first = work(1);
    after(first);
    try {
      await first;
    } finally {
      await after();
    }
  });
  await settle();
  run.cancelAll();
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(run.started).toEqual(['work-0']);
});

test('cancelling twice, or after the end, changes nothing', async () => {
  const run = startFlow(async () => {
    const one = work(1);
    const value = await one;
    one.cancel();
    one.cancel();
    return [value, one.state];
  });
  await run.drain();
  expect(await run.outcome).toEqual([1, 'Completed']);
});

test('what waits for a wait that is cancelled with it is cancelled too, whatever its rule', async () => {
  const run = startFlow(async () => {
    const nap = sleep('1 day');
    const [first, always] = [after(nap), finish(nap)];
    const map = work.map(first as never);
    const runs = [nap, first, always, after(first), map, work.map(map)];
    await work(1);
    throw Object.assign(new Error('of the flow'), { states: () => runs.map(({ state }) => state) });
  });
  await run.drain();
  const error = (await run.outcome.catch((thrown: unknown) => thrown)) as { states(): string[] };
  expect(error.states()).toEqual(Array.from({ length: 6 }, () => 'Cancelled'));
  expect(run.started).toEqual(['work-2']);
});

test('of a chain of maps in batches, the second starts none of the items that the first never had', async () => {
  const run = startFlow(async () => {
    const first = work.with({ batch: 2, concurrency: 1 }).map([0, 1, 2, 3, 4, 5]);
    const second = work.map(first);
    await work(1);
    throw Object.assign(new Error('of the flow'), { states: () => [first.state, second.state] });
  });
  await settle();
  await run.complete({ 'work-2': 1 });
  await run.drain();
  const error = (await run.outcome.catch((thrown: unknown) => thrown)) as { states(): string[] };
  expect(error.states()).toEqual(['Cancelled', 'Cancelled']);
  expect(run.started).toEqual(['work-0[0-1]', 'work-2']);
});
