/** `allowFailure`: what takes it runs whatever became of the upstream, and gets the failure as a value. */
import {
  allFailed,
  allowFailure,
  flatten,
  isFailureValue,
  SkipTask,
  sequence,
  task,
  unmapped,
} from '../../src/authoring/index.js';
import { failureOf, runFlow, startFlow } from './fake-run.js';

const good = task('good', (n: number) => n);
const row = task('row', () => ({ id: 7 }));
const broken = task('broken', (): { id: number } => {
  throw new RangeError('broken');
});
const brokenRows = task('broken rows', (): number[] => {
  throw new RangeError('no rows');
});
const skipped = task('skipped', (): number => {
  throw new SkipTask();
});
const use = task('use', (...values: unknown[]) => values.map(told));
const oddFails = task('odd fails', (n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
});
const all = task('all', (values: unknown[]) => values.map(told));
const listOf = task('list of', (n: number): number[] => {
  if (n > 1) throw new RangeError('too many');
  return [n, n];
});

const told = (value: unknown): unknown =>
  isFailureValue(value) ? `${value.state}: ${value.name}: ${value.message}` : value;
const brokenText = 'Failed: RangeError: broken';

test('a value passes, a failure becomes one', async () => {
  expect((await runFlow(() => use(allowFailure(good(1)), allowFailure(broken())))).value).toEqual([1, brokenText]);
});

test('the failure as a value is plain data that names task and code', async () => {
  const { run } = await runFlow(() => use(allowFailure(broken())));
  expect(run.argsOf('use-0')).toEqual([
    {
      kind: 'failure',
      state: 'Failed',
      code: 'TASK_FAILED',
      name: 'RangeError',
      message: 'broken',
      details: expect.objectContaining({ taskName: 'broken', taskRunId: 'broken-0' }),
    },
  ]);
  expect(JSON.parse(JSON.stringify(run.argsOf('use-0')))).toEqual(run.argsOf('use-0'));
});

test('it waits for the run, and the edge is in the graph', async () => {
  const { run } = await runFlow(() => use({ deep: [allowFailure(broken())] }));
  expect(run.started).toEqual(['broken-0', 'use-0']);
  expect(run.upstreamOf('use-0')).toEqual(['broken-0']);
});

test('another upstream that failed still keeps it from running', async () => {
  expect(await failureOf(() => use(allowFailure(good(1)), broken()))).toMatchObject({ code: 'TRIGGER_FAILED' });
});

test('so does the same upstream where it stands without allowFailure, in whichever order', async () => {
  expect(
    await failureOf(() => {
      const one = broken();
      return use(one, allowFailure(one));
    }),
  ).toMatchObject({ code: 'TRIGGER_FAILED' });
  expect(
    await failureOf(() => {
      const one = broken();
      return use.with({ after: [one] })(allowFailure(one));
    }),
  ).toMatchObject({ code: 'TRIGGER_FAILED' });
});

test('the trigger rule is about the other upstream', async () => {
  expect((await runFlow(() => use.with({ trigger: allFailed })(allowFailure(good(1)), broken()))).value).toEqual([
    1,
    undefined,
  ]);
});

test('a failure that nothing which ran took is not dealt with', async () => {
  expect(
    await failureOf(async () => {
      await use(allowFailure(broken()), brokenRows()).catch(() => undefined);
      return 'done';
    }),
  ).toMatchObject({ taskName: 'broken' });
});

test('what failed further up counts as dealt with, too', async () => {
  expect((await runFlow(() => use(allowFailure(good(broken().at('id')))))).value).toEqual([
    expect.stringMatching(/^TriggerFailed: RangeError|^TriggerFailed: RunError/),
  ]);
});

test('a skipped upstream does not skip it; its value is undefined', async () => {
  expect((await runFlow(() => use(allowFailure(skipped()), 1))).value).toEqual([undefined, 1]);
});

test('a part of it is the part, or the failure', async () => {
  const { value } = await runFlow(() =>
    use(
      allowFailure(row()).at('id' as never),
      allowFailure(broken().at('id')),
      allowFailure(broken()).at('id' as never),
    ),
  );
  expect(value).toEqual([7, brokenText, brokenText]);
});

test('ordered after it, a run only waits', async () => {
  expect((await runFlow(() => use.with({ after: [allowFailure(broken())] })(1))).value).toEqual([1]);
  expect((await runFlow(() => sequence(allowFailure(broken()), use(1)))).value).toEqual([1]);
});

test('awaited or returned it is a value as well', async () => {
  expect((await runFlow(async () => told(await allowFailure(broken())))).value).toBe(brokenText);
  expect((await runFlow(() => [allowFailure(broken()), allowFailure(good(2))])).value).toEqual([
    expect.objectContaining({ kind: 'failure', name: 'RangeError' }),
    2,
  ]);
});

test('of a map, each child that failed is a failure in its place', async () => {
  expect((await runFlow(() => all(allowFailure(oddFails.map([0, 1, 2]))))).value).toEqual([
    0,
    'Failed: RangeError: 1 is odd',
    2,
  ]);
  expect((await runFlow(async () => (await allowFailure(oddFails.map([0, 1]))).map(told))).value).toEqual([
    0,
    'Failed: RangeError: 1 is odd',
  ]);
});

test('of a map in batches just so, however it is taken', async () => {
  const expected = [0, 'Failed: Error: 1 is odd', 2, 'Failed: Error: 3 is odd'];
  const map = () => oddFails.with({ batch: 2 }).map([0, 1, 2, 3]);
  expect((await runFlow(() => all(allowFailure(map())))).value).toEqual(expected);
  expect((await runFlow(async () => (await allowFailure(map())).map(told))).value).toEqual(expected);
  expect(((await runFlow(() => allowFailure(map()))).value as unknown[]).map(told)).toEqual(expected);
  expect((await runFlow(() => use.map(allowFailure(map())))).value).toEqual(expected.map((one) => [one]));
  expect(
    (await runFlow(() => (all.map as (...args: unknown[]) => unknown)([[1]], unmapped(allowFailure(map()))))).value,
  ).toEqual([[1]]);
});

test('of a map without children there is its failure alone', async () => {
  const expected = [expect.stringContaining('TriggerFailed')];
  expect((await runFlow(() => all(allowFailure(good.map(brokenRows()))))).value).toEqual(expected);
  expect((await runFlow(() => use.map(allowFailure(good.map(brokenRows()))))).value).toEqual([expected]);
});

test('mapped over, each child gets what became of its own item, with no barrier', async () => {
  const run = startFlow(() => use.map(allowFailure(oddFails.map([0, 1, 2]))));
  await run.drain();
  expect(await run.outcome).toEqual([[0], ['Failed: RangeError: 1 is odd'], [2]]);
  expect(run.upstreamOf('use-0[1]')).toEqual(['odd fails-0']);
});

test('given to all children of a map, it is what became of it', async () => {
  expect((await runFlow(() => use.map([1, 2], unmapped(allowFailure(broken())) as never))).value).toEqual([
    [1, brokenText],
    [2, brokenText],
  ]);
});

test('flattened, what failed keeps its slot', async () => {
  const { value } = await runFlow(() => all(flatten(allowFailure(listOf.map([0, 2, 1])) as never)));
  expect(value).toEqual([0, 0, 'Failed: RangeError: too many', 1, 1]);
});

test('what only looks like a failure is none', () => {
  expect([undefined, null, 1, {}, { kind: 'failure' }, new Error('x')].filter(isFailureValue)).toEqual([]);
});
