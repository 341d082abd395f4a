import { RunError, task, type MapFuture } from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow, taskFailure } from './fake-run.js';

const odd = task('odd fails', (n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
});
const next = task('next', (n: number) => n + 1);
const total = task('total', (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0));
const broken = task('broken', (): number[] => {
  throw new RangeError('no rows');
});

test("a child's failure leaves its siblings alone; the map has failed once all have ended", async () => {
  const run = startFlow(() => odd.map([0, 1, 2]));
  await settle();
  await run.fail('odd fails-0[1]');
  expect(run.running).toEqual(['odd fails-0[0]', 'odd fails-0[2]']);
  let isOver = false;
  run.outcome.catch(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.complete({ 'odd fails-0[0]': 0, 'odd fails-0[2]': 2 });
  await expect(run.outcome).rejects.toMatchObject({ code: 'MAP_FAILED' });
});

test('the error of a map counts its failures and names the first', async () => {
  const error = await failureOf(() => odd.map([0, 1, 2, 3]));
  expect(error).toMatchObject({
    code: 'MAP_FAILED',
    taskName: 'odd fails',
    details: { width: 4, failed: 2, failedIndexes: [1, 3] },
    message: expect.stringContaining('2 of 4 task runs'),
  });
  expect(error.message).toContain('[1]');
  expect(error.cause).toMatchObject({ code: 'TASK_FAILED', mapIndex: 1 });
});

test('the error of a map with very many failures stays short', async () => {
  const error = await failureOf(() => odd.map(Array.from({ length: 500 }, (_, i) => i)));
  expect(error.details).toMatchObject({ width: 500, failed: 250 });
  expect(error.message).toContain('and 245 more');
  expect(error.message.length).toBeLessThan(1_000);
});

test('settled tells how each child ended, in order, and the flow completes', async () => {
  const { value } = await runFlow(async () => {
    const ends = await odd.map(Array.from({ length: 500 }, (_, i) => i)).settled();
    const failed = ends.filter(({ error }) => error !== undefined);
    return { ends: ends.length, first: ends[0], second: ends[1]?.error instanceof RunError, failed: failed.length };
  });
  expect(value).toEqual({ ends: 500, first: { index: 0, state: 'Completed', value: 0 }, second: true, failed: 250 });
});

test('asCompleted gives children as they end, failures among them', async () => {
  const told: [number, string][] = [];
  const run = startFlow(async () => {
    for await (const { index, state } of odd.map([0, 1, 2]).asCompleted()) told.push([index, state]);
    return 'told';
  });
  await settle();
  await run.complete({ 'odd fails-0[2]': 2 });
  expect(told).toEqual([[2, 'Completed']]);
  await run.fail('odd fails-0[1]');
  await run.complete({ 'odd fails-0[0]': 0 });
  expect(await run.outcome).toBe('told');
  expect(told).toEqual([
    [2, 'Completed'],
    [1, 'Failed'],
    [0, 'Completed'],
  ]);
});

test('asCompleted after some have ended gives those first, and all exactly once', async () => {
  const told: number[] = [];
  const run = startFlow(async () => {
    const map = odd.map([0, 2, 4]);
    await next(1);
    for await (const { index } of map.asCompleted()) told.push(index);
  });
  await settle();
  await run.complete({ 'odd fails-0[1]': 2 });
  await run.complete({ 'next-0': 2 });
  await run.drain();
  await run.outcome;
  expect(told.sort()).toEqual([0, 1, 2]);
  expect(told).toHaveLength(3);
});

test('leaving asCompleted early is allowed; the rest is waited for', async () => {
  const run = startFlow(async () => {
    for await (const { index } of next.map([0, 1, 2]).asCompleted()) return index;
    return undefined;
  });
  await settle();
  await run.complete({ 'next-0[1]': 1 });
  expect(run.running).toHaveLength(2);
  await run.drain();
  expect(await run.outcome).toBe(1);
});

test('asCompleted of an empty map is over at once', async () => {
  const { value } = await runFlow(async () => {
    let count = 0;
    for await (const _child of next.map([]).asCompleted()) count++;
    return count;
  });
  expect(value).toBe(0);
});

test('in a chain only the child behind a failure does not run', async () => {
  const { value, run } = await runFlow(async () =>
    (await next.map(odd.map([0, 1, 2])).settled()).map(({ state, value, error }) => [state, value ?? error?.code]),
  );
  expect(value).toEqual([
    ['Completed', 1],
    ['TriggerFailed', 'TRIGGER_FAILED'],
    ['Completed', 3],
  ]);
  expect(run.started).not.toContain('next-0[1]');
  expect(run.deltas).toContainEqual(
    expect.objectContaining({ kind: 'children', id: 'next-0', state: 'TriggerFailed', count: 1 }),
  );
});

test('a task that needs the whole of a failed map does not run', async () => {
  const run = startFlow(() => total(odd.map([0, 1])));
  await run.drain();
  await expect(run.outcome).rejects.toBeInstanceOf(RunError);
  expect(run.started).not.toContain('total-0');
});

test('a map over a failed upstream has no children, and both ways to look at it say why', async () => {
  const look = async (how: (map: MapFuture<number>) => Promise<unknown>): Promise<unknown> =>
    (
      await runFlow(async () => {
        try {
          return await how(next.map(broken()));
        } catch (error) {
          return (error as RunError).code;
        }
      })
    ).value;
  expect(await look((map) => map.settled())).toBe('TRIGGER_FAILED');
  expect(await look(async (map) => map)).toBe('TRIGGER_FAILED');
  expect(
    await look(async (map) => {
      for await (const _child of map.asCompleted()) return 'a child';
      return 'nothing';
    }),
  ).toBe('TRIGGER_FAILED');
});

test('a caught map failure does not fail the flow', async () => {
  const { value } = await runFlow(async () => {
    try {
      return await odd.map([1]);
    } catch (error) {
      return (error as RunError).code;
    }
  });
  expect(value).toBe('MAP_FAILED');
});

test('a chain of three with failures in each stage: every item ends once, in its place', async () => {
  const run = startFlow(async () => {
    const ends = await next.map(odd.map(next.map(Array.from({ length: 100 }, (_, i) => i)))).settled();
    return ends.map(({ state }) => state);
  });
  await settle();
  await run.fail('next-0[3]', taskFailure('next-0[3]'));
  await run.drain();
  const expected = Array.from({ length: 100 }, (_, i) =>
    i === 3 || (i + 1) % 2 === 1 ? 'TriggerFailed' : 'Completed',
  );
  expect(await run.outcome).toEqual(expected);
});
