/** Ordinary code around futures: conditions, loops, try/catch, Promise combinators, code that goes on by itself. */
import { RunError, flow, task } from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow } from './fake-run.js';

const give = task('give', (value: number) => value);
const big = task('big', () => 'big');
const small = task('small', () => 'small');
const broken = task('broken', (): number => {
  throw new RangeError('out of range');
});
const cleanUp = task('clean_up', (_value?: unknown) => 'clean');
const child = flow('child flow', () => 1);

test.each([
  [10, 'big', ['give-0', 'big-0']],
  [1, 'small', ['give-0', 'small-0']],
])('a condition on an awaited value (%s) decides what runs', async (n, expected, started) => {
  const { value, run } = await runFlow(async () => ((await give(n)) > 5 ? big() : small()));
  expect(value).toBe(expected);
  expect(run.started).toEqual(started);
});

test('a loop that awaits runs one at a time, one that does not runs all at once', async () => {
  const serial = await runFlow(async () => {
    let sum = 0;
    for (let i = 0; i < 3; i++) sum += await give(i);
    return sum;
  });
  expect([serial.value, serial.run.peak]).toEqual([3, 1]);
  const parallel = await runFlow(async () => {
    const futures = [0, 1, 2].map((i) => give(i));
    let sum = 0;
    for (const future of futures) sum += await future;
    return sum;
  });
  expect([parallel.value, parallel.run.peak]).toEqual([3, 3]);
});

test('a caught failure does not fail the flow, and what was caught is a RunError with the cause', async () => {
  const { value } = await runFlow(async () => {
    try {
      await broken();
    } catch (error) {
      const { code, cause, taskName } = error as RunError;
      return { code, isRunError: error instanceof RunError, cause: (cause as Error).message, taskName };
    }
    return 'not thrown';
  });
  expect(value).toEqual({ code: 'TASK_FAILED', isRunError: true, cause: 'out of range', taskName: 'broken' });
});

test('finally runs tasks on the way out of a failure', async () => {
  const run = startFlow(async () => {
    try {
      await broken();
    } finally {
      await cleanUp();
    }
  });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED' });
  expect(run.started).toEqual(['broken-0', 'clean_up-0']);
});

test('an awaited failure that nothing catches fails the flow', async () => {
  expect(await failureOf(async () => (await broken()) + 1)).toMatchObject({ code: 'TASK_FAILED', taskName: 'broken' });
});

test('a failure that nothing awaits fails the flow at its end, whatever was returned', async () => {
  const run = startFlow(() => {
    broken();
    return give(1);
  });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED' });
});

test('a task that nothing awaits is waited for', async () => {
  const run = startFlow(() => {
    give(1);
    return 'early';
  });
  let isOver = false;
  void run.outcome.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.complete({ 'give-0': 1 });
  expect(isOver).toBe(true);
});

test('a failure is handled by .catch, and its value goes on', async () => {
  const { value } = await runFlow(() => broken().catch(() => -1));
  expect(value).toBe(-1);
});

test('a failure that is returned as a future fails the flow', async () => {
  expect(await failureOf(() => broken())).toMatchObject({ code: 'TASK_FAILED' });
  expect(await failureOf(() => ({ at: [broken()] }))).toMatchObject({ code: 'TASK_FAILED' });
});

test('Promise.all gives all values, and the first failure', async () => {
  const { value } = await runFlow(async () => Promise.all([give(1), give(2), Promise.resolve(3)]));
  expect(value).toEqual([1, 2, 3]);
  expect(await failureOf(async () => Promise.all([give(1), broken()]))).toMatchObject({ code: 'TASK_FAILED' });
});

test('Promise.allSettled handles failures', async () => {
  const { value } = await runFlow(async () =>
    (await Promise.allSettled([give(1), broken()])).map(({ status }) => status),
  );
  expect(value).toEqual(['fulfilled', 'rejected']);
});

test('Promise.race goes on with the first; the loser is waited for', async () => {
  const run = startFlow(async () => `first: ${await Promise.race([give(1), give(2)])}`);
  await settle();
  await run.complete({ 'give-1': 'b' });
  expect(run.running).toEqual(['give-0']);
  let isOver = false;
  void run.outcome.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.complete({ 'give-0': 'a' });
  expect(await run.outcome).toBe('first: b');
});

test('the loser of a race can be cancelled, and does not fail the flow', async () => {
  const run = startFlow(async () => {
    const [one, two] = [give(1), give(2)];
    const winner = await Promise.race([one, two]);
    one.cancel();
    return winner;
  });
  await settle();
  await run.complete({ 'give-1': 'b' });
  expect(run.isCancelled('give-0')).toBe(true);
  expect(await run.outcome).toBe('b');
});

test('code that goes on by itself after a task is part of the run', async () => {
  const { run } = await runFlow(() => {
    void (async () => {
      await give(1);
      await Promise.resolve();
      await give(2);
    })();
    give(0).then(() => cleanUp());
  });
  expect(run.started).toEqual(expect.arrayContaining(['give-0', 'give-1', 'give-2', 'clean_up-0']));
});

test('an error thrown in a handler that nobody looks at fails the flow', async () => {
  const failure = await failureOf(() => {
    void give(1).then(() => {
      throw new SyntaxError('in the handler');
    });
  });
  expect(failure).toMatchObject({ message: 'in the handler' });
});

test('an error thrown in a handler whose promise is caught does not', async () => {
  const { value } = await runFlow(async () => {
    await give(1)
      .then(() => {
        throw new SyntaxError('in the handler');
      })
      .catch(() => undefined);
    return 'ok';
  });
  expect(value).toBe('ok');
});

test("the body's own error fails the flow; what has not started is cancelled, what runs is asked to stop", async () => {
  const run = startFlow(
    async () => {
      const first = give(1);
      cleanUp(first);
      await small();
      throw new TypeError('my own');
    },
    { obeysCancel: false },
  );
  await settle();
  await run.complete({ 'small-0': 1 });
  expect(run.isCancelled('give-0')).toBe(true);
  expect(run.deltas).toContainEqual(expect.objectContaining({ kind: 'ended', id: 'clean_up-0', state: 'Cancelled' }));
  let isOver = false;
  run.outcome.catch(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.complete({ 'give-0': 1 });
  await expect(run.outcome).rejects.toThrow('my own');
});

test('what is downstream of a failure does not run, and says why', async () => {
  const run = startFlow(() => give(broken()));
  await run.drain();
  await run.outcome.catch(() => undefined);
  expect(run.started).toEqual(['broken-0']);
  expect(run.deltas.at(-1)).toMatchObject({ kind: 'ended', id: 'give-0', state: 'TriggerFailed', up: ['broken-0'] });
});

test('a failed upstream reaches a handler as TRIGGER_FAILED with the failure behind it', async () => {
  const { value } = await runFlow(async () => {
    const first = broken();
    first.catch(() => undefined);
    try {
      await give(first);
    } catch (error) {
      const { code, cause, message } = error as RunError;
      return { code, cause: (cause as RunError).code, message };
    }
    return 'not thrown';
  });
  expect(value).toMatchObject({
    code: 'TRIGGER_FAILED',
    cause: 'TASK_FAILED',
    message: expect.stringContaining(`upstream 'broken-0' ended Failed`),
  });
});

test('the state of a future can be read at any time', async () => {
  const states: string[] = [];
  const run = startFlow(async () => {
    const future = give(1);
    states.push(future.state);
    await small();
    states.push(future.state);
    await future;
    states.push(future.state);
  });
  await settle();
  await run.complete({ 'small-0': 1 });
  await run.complete({ 'give-0': 1 });
  await run.outcome;
  expect(states).toEqual(['Pending', 'Running', 'Completed']);
});

test("a child flow's failure is a failure like a task's", async () => {
  const run = startFlow(async () => {
    try {
      await child();
    } catch (error) {
      return (error as RunError).code;
    }
    return 'not thrown';
  });
  await settle();
  await run.fail('child flow-0', new RunError('FLOW_FAILED', 'the child failed'));
  expect(await run.outcome).toBe('FLOW_FAILED');
});
