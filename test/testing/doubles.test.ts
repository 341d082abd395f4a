/** Mocks and induced failures, in memory. */
import { flow, inline, NonRetryableError, task } from '../../src/index.js';
import { assertTaskRuns, failAttempts, mockTask, restoreTasks } from '../../src/testing/index.js';
import {
  attempts,
  batched,
  book,
  clean,
  counted,
  outer,
  pipeline,
  refuse,
  rows,
  scaled,
  scaling,
  total,
  trip,
} from './flows.js';

const executor = inline();
afterEach(restoreTasks);

const codeOf = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    (value) => `no error but ${JSON.stringify(value)}`,
    (error: { code?: string }) => error.code,
  );

describe('mockTask', () => {
  test('runs in place of the body, and notes what it was called with', async () => {
    const source = mockTask(rows, () => [1, 2, 3]);
    const cleaned = mockTask(clean, async (n) => n * 10);
    expect(await pipeline.run({}, { executor })).toBe(60);
    expect(source.calls).toEqual([[]]);
    expect(cleaned.calls).toEqual([[1], [2], [3]]);
  });

  test('is of use in batches, in flows that a flow calls, and where a value goes to the store', async () => {
    const source = mockTask(rows, () => Array.from({ length: 20 }, () => 2));
    expect(await batched.run({}, { executor })).toBe(40);
    source.restore();
    mockTask(rows, () => Array.from({ length: 5_000 }, () => 2));
    expect(await outer.run({}, { executor })).toBe(10_001);
  });

  test('keeps retries and their delays, and has its value checked as any', async () => {
    mockTask(rows, () => [1]);
    let calls = 0;
    mockTask(clean, (n) => {
      if (++calls < 3) throw new Error('not yet');
      return n;
    });
    const run = await pipeline.start({}, { executor });
    expect(await run.result()).toBe(1);
    await assertTaskRuns(run, { clean: { state: 'Completed', attempts: 3 } });
    mockTask(total, () => (() => 1) as never);
    await expect(pipeline.run({}, { executor })).rejects.toThrow("which cannot leave the task's process");
  });

  test('ends with restore, with its scope, and with restoreTasks; the last one wins', async () => {
    const first = mockTask(rows, () => [1]);
    {
      using second = mockTask(rows, () => [2]);
      expect(await pipeline.run({}, { executor })).toBe(2);
      expect(second.calls).toHaveLength(1);
    }
    expect(await pipeline.run({}, { executor })).toBe(1);
    first.restore();
    first.restore();
    expect(await codeOf(pipeline.run({}, { executor }))).toBe('TRIGGER_FAILED');
    mockTask(rows, () => [3]);
    restoreTasks();
    expect(await codeOf(pipeline.run({}, { executor }))).toBe('TRIGGER_FAILED');
    // Ended by restoreTasks, it ends nothing that came after.
    const third = mockTask(rows, () => [4]);
    restoreTasks();
    mockTask(rows, () => [5]);
    third.restore();
    expect(await pipeline.run({}, { executor })).toBe(5);
  });

  test('notes what would be undone, and undoes nothing', async () => {
    const booked = mockTask(book, (what) => `mocked ${what}`);
    const error = (await trip.run({}, { executor }).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toMatchObject({ code: 'TASK_FAILED', cause: { message: 'no' } });
    expect(booked.undone).toEqual([['mocked hotel', 'hotel']]);
  });

  test('has values of its own in the cache: none of the real body, and none for it', async () => {
    const of = (label: string): Promise<string> => scaling.run({ label }, { executor });
    expect(await of('real')).toBe('real 1');
    failAttempts(scaled, 'all');
    expect(await of('from the cache')).toBe('real 1');
    const first = mockTask(scaled, () => 'first');
    restoreTasks();
    {
      using mock = mockTask(scaled, (_, label) => `mocked ${label}`);
      expect([await of('a'), await of('b')]).toEqual(['mocked a', 'mocked a']);
      expect(mock.calls).toEqual([[1, 'a']]);
    }
    mockTask(scaled, () => 'another');
    expect(await of('c')).toBe('another');
    restoreTasks();
    expect(await of('d')).toBe('real 1');
    expect(first.calls).toEqual([]);
  });

  test('leaves the body itself alone', async () => {
    mockTask(total, () => 1);
    expect(total.fn([1, 2])).toBe(3);
  });

  test('of what is no declared task is refused', () => {
    expect(() => mockTask({ ...total, taskName: 'unheard of' } as never)).toThrow(
      expect.objectContaining({ code: 'BAD_OPTION' }),
    );
  });
});

describe('failAttempts', () => {
  test('fails the attempts that are named, of each run, before the body', async () => {
    const body = mockTask(attempts, () => 7);
    const failure = failAttempts(attempts, [1, 2]);
    const run = await counted.start({}, { executor });
    expect(await run.result()).toBe(7);
    await assertTaskRuns(run, { attempts: { state: 'Completed', attempts: 3 } });
    expect(body.calls).toHaveLength(1);
    expect(failure.count).toBe(2);
    failure.restore();
    expect(await counted.run({}, { executor })).toBe(7);
    expect(failure.count).toBe(2);
  });

  test('fails with the error that is given, which counts as if the body threw it', async () => {
    failAttempts(attempts, 1, { with: new NonRetryableError('no way') });
    await expect(counted.run({}, { executor })).rejects.toMatchObject({
      code: 'TASK_FAILED',
      attempt: 1,
      cause: { message: 'no way' },
    });
  });

  test.each([
    ['one by one', pipeline],
    ['in a batch', batched],
  ])('fails one item of a map, %s: an error, a time-out, a crash', async (_, one) => {
    mockTask(rows, () => [10, 20, 30, 40]);
    failAttempts(clean, 1, { mapIndex: 1, with: 'timeout' });
    failAttempts(clean, [1, 2], { mapIndex: 2, with: 'crash' });
    failAttempts(clean, 'all', { mapIndex: 3 });
    const run = await one.start({}, { executor });
    expect(await codeOf(run.result())).toBe('TRIGGER_FAILED');
    await assertTaskRuns(run, {
      clean: [
        { state: 'Completed', attempts: 1 },
        { state: 'Completed', attempts: 2 },
        { state: 'Completed', attempts: 3 },
        { state: 'Failed', attempts: 3, error: 'as a test asked' },
      ],
      total: { state: 'TriggerFailed', attempts: 0 },
    });
  });

  test.each([
    ['one by one', pipeline],
    ['in a batch', batched],
  ])('an item that always crashes or times out ends so, %s', async (_, one) => {
    mockTask(rows, () => [10, 20]);
    failAttempts(clean, 'all', { mapIndex: 0, with: 'crash' });
    failAttempts(clean, 'all', { mapIndex: 1, with: 'timeout' });
    const run = await one.start({}, { executor });
    expect(await codeOf(run.result())).toBe('TRIGGER_FAILED');
    await assertTaskRuns(run, {
      clean: [
        { state: 'Crashed', attempts: 4, error: "Task 'clean'[0] crashed: its process died, as a test asked" },
        { state: 'TimedOut', attempts: 3, error: "Task 'clean'[1] timed out, as a test asked" },
      ],
    });
  });

  test('a task that is run once: time-out and crash', async () => {
    failAttempts(refuse, 1, { with: 'timeout' });
    mockTask(book);
    expect(await codeOf(trip.run({}, { executor }))).toBe('TASK_TIMED_OUT');
    restoreTasks();
    const [crash] = [failAttempts(refuse, 'all', { with: 'crash' }), mockTask(book)];
    expect(await codeOf(trip.run({}, { executor }))).toBe('TASK_CRASHED');
    expect(crash.count).toBe(4);
  });

  test('attempts that cannot be are refused', () => {
    for (const wrong of [0, 1.5, [1, -1]])
      expect(() => failAttempts(rows, wrong)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});

test('a run in other processes is refused while something stands in for a task', async () => {
  const one = task('one of another file', () => 1);
  const elsewhere = flow('elsewhere', () => one());
  const mock = mockTask(one, () => 2);
  await expect(elsewhere.run()).rejects.toMatchObject({
    code: 'MOCK_OUT_OF_REACH',
    details: { tasks: [one.taskName] },
  });
  mock.restore();
  expect(await elsewhere.run({}, { executor })).toBe(1);
});
