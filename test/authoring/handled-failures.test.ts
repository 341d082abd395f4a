/** When a failure is dealt with, and so does not fail the flow: directly, or where it came through. */
import { sequence, task } from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow } from './fake-run.js';

const good = task('good', (n: number) => n);
const broken = task('broken', (): number => {
  throw new RangeError('broken');
});
const alsoBroken = task('also_broken', (): number => {
  throw new RangeError('also broken');
});
const use = task('use', (...values: number[]) => values.length);
const brokenIfOdd = task('broken_if_odd', (n: number) => {
  if (n % 2 === 1) throw new RangeError('odd');
  return n;
});
const total = task('total', (numbers: number[]) => numbers.length);

test('catching what did not run deals with the failure that kept it from running', async () => {
  const { value } = await runFlow(async () => {
    try {
      return await use(use(broken()));
    } catch {
      return 'fallback';
    }
  });
  expect(value).toBe('fallback');
});

test('catching what did not run deals with all the failures that kept it from running', async () => {
  expect((await runFlow(() => use(broken(), good(1), alsoBroken()).catch(() => 'fallback'))).value).toBe('fallback');
});

test('catching what was ordered after a failure deals with it', async () => {
  expect((await runFlow(() => sequence(broken(), good(1)).catch(() => 'fallback'))).value).toBe('fallback');
});

test('another run that the same failure kept from running still fails the flow', async () => {
  const failure = await failureOf(() => {
    const first = broken();
    use(first).catch(() => undefined);
    good(first);
  });
  expect(failure).toMatchObject({ code: 'TRIGGER_FAILED', taskName: 'good' });
});

test('another failure beside the caught one still fails the flow', async () => {
  const failure = await failureOf(async () => {
    alsoBroken();
    await use(broken()).catch(() => undefined);
  });
  expect(failure).toMatchObject({ code: 'TASK_FAILED', taskName: 'also_broken' });
});

test('looking at how the last stage of a chain of maps ended deals with the failures of the stages before', async () => {
  const { value } = await runFlow(async () => {
    const settled = await use.map(good.map(brokenIfOdd.map([0, 1, 2, 3]))).settled();
    return settled.map(({ state }) => state);
  });
  expect(value).toEqual(['Completed', 'TriggerFailed', 'Completed', 'TriggerFailed']);
});

test('catching the reduction of a map deals with the failures of its children', async () => {
  expect((await runFlow(() => total(brokenIfOdd.map([0, 1])).catch(() => 'fallback'))).value).toBe('fallback');
});

test("a map's failures are not dealt with by looking at something else", async () => {
  const failure = await failureOf(async () => {
    brokenIfOdd.map([0, 1]);
    await good.map([1]).settled();
  });
  expect(failure).toMatchObject({ code: 'MAP_FAILED', taskName: 'broken_if_odd' });
});

test('a failed future that is returned as it stands cancels nothing: the others end, then the flow fails', async () => {
  const run = startFlow(() => {
    good(good(1));
    return broken();
  });
  await settle();
  await run.fail('broken-0');
  expect(run.isCancelled('good-0')).toBe(false);
  await run.complete({ 'good-0': 1 });
  await run.complete({ 'good-1': 1 });
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED', details: { taskRunId: 'broken-0' } });
});

test('a failure that the body throws cancels what is under way', async () => {
  const run = startFlow(async () => {
    good(1);
    return await broken();
  });
  await settle();
  await run.fail('broken-0');
  expect(run.isCancelled('good-0')).toBe(true);
});
