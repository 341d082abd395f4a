/** What a body that throws SkipTask makes of its run, and of what depends on it. */
import { allFinished, flow, SkipTask, task } from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow } from './fake-run.js';
import { RunError } from '../../src/core/errors.js';

const good = task('good', (n?: number) => n ?? 'no number');
const skipped = task('skipped', (): number => {
  throw new SkipTask('nothing to do');
});
const nothing = task('nothing', (): number[] => {
  throw new SkipTask('no rows');
});
const broken = task('broken', (): number => {
  throw new RangeError('broken');
});
const use = task('use', (...values: unknown[]) => values);
const anyway = task('anyway', { skipOnUpstreamSkip: false }, (...values: unknown[]) => values);
const oddSkips = task('odd skips', (n: number) => {
  if (n % 2 === 1) throw new SkipTask();
  return n;
});
const total = task('total', (numbers: (number | string | undefined)[]) => numbers);
const whole = flow('whole', ({ n }: { n: number }) => n);

test('a skipped run has no value and is a success', async () => {
  const { value } = await runFlow(async () => {
    const future = skipped();
    return [await future, future.state];
  });
  expect(value).toEqual([undefined, 'Skipped']);
});

test('an activity that says it was skipped is the same', async () => {
  const run = startFlow(async () => {
    const future = good();
    await future;
    return future.state;
  });
  await settle();
  await run.fail('good-0', new RunError('TASK_SKIPPED', 'no number', { details: {} }));
  expect(await run.outcome).toBe('Skipped');
});

test('what depends on a skipped run is skipped without an activity, down the chain, and recorded', async () => {
  const { value, run } = await runFlow(() => use(good(good(skipped()) as never)));
  expect(value).toBeUndefined();
  expect(run.started).toEqual(['skipped-0']);
  expect(run.deltas.filter(({ kind }) => kind === 'ended')).toEqual([
    expect.objectContaining({ id: 'good-0', state: 'Skipped', up: ['skipped-0'] }),
    expect.objectContaining({ id: 'good-1', state: 'Skipped', up: ['good-0'] }),
    expect.objectContaining({ id: 'use-0', state: 'Skipped', up: ['good-1'] }),
  ]);
});

test('an ordering edge skips as well', async () => {
  const { run } = await runFlow(() => good.with({ after: [skipped()] })(1));
  expect(run.started).toEqual(['skipped-0']);
});

test('with skipOnUpstreamSkip: false it runs, with undefined for the value', async () => {
  expect((await runFlow(() => anyway(skipped(), 1))).value).toEqual([undefined, 1]);
  expect((await runFlow(() => use.with({ skipOnUpstreamSkip: false })(skipped()))).value).toEqual([undefined]);
});

test('skipped is looked at before the trigger rule', async () => {
  const run = startFlow(async () => {
    const future = use.with({ trigger: allFinished })(skipped(), broken());
    await future;
    return future.state;
  });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED', taskName: 'broken' });
  expect(run.deltas).toContainEqual(expect.objectContaining({ id: 'use-0', state: 'Skipped' }));
});

test('a skipped child of a map leaves undefined, and the map completes', async () => {
  const { value } = await runFlow(async () => {
    const settled = await oddSkips.map([0, 1, 2]).settled();
    return settled.map(({ state, value, error }) => [state, value, error]);
  });
  expect(value).toEqual([
    ['Completed', 0, undefined],
    ['Skipped', undefined, undefined],
    ['Completed', 2, undefined],
  ]);
  expect((await runFlow(() => oddSkips.map([0, 1]))).value).toEqual([0, undefined]);
});

test('in a chain of maps only the child behind a skipped one is skipped', async () => {
  const { value, run } = await runFlow(async () =>
    (await good.map(good.map(oddSkips.map([0, 1, 2])) as never).settled()).map(({ state }) => state),
  );
  expect(value).toEqual(['Completed', 'Skipped', 'Completed']);
  expect(run.deltas).toContainEqual(
    expect.objectContaining({ kind: 'children', id: 'good-1', state: 'Skipped', count: 1 }),
  );
});

test('a map that is told to run all the same runs each child', async () => {
  const { value } = await runFlow(() => good.with({ skipOnUpstreamSkip: false }).map(oddSkips.map([0, 1])));
  expect(value).toEqual([0, 'no number']);
});

test('the reduction of a map with skipped children is skipped, unless it is told otherwise', async () => {
  expect((await runFlow(() => total(oddSkips.map([0, 1])))).value).toBeUndefined();
  expect((await runFlow(() => total.with({ skipOnUpstreamSkip: false })(oddSkips.map([0, 1])))).value).toEqual([
    0,
    undefined,
  ]);
});

test('the reduction of a map in batches with skipped items is skipped', async () => {
  const items = Array.from({ length: 30 }, (_, i) => i);
  const { run } = await runFlow(() => total(oddSkips.with({ batch: 10 }).map(items)));
  expect(run.started).toHaveLength(3);
  expect(run.deltas).toContainEqual(expect.objectContaining({ id: 'total-0', state: 'Skipped' }));
});

test('item by item after a map in batches, what was skipped there is skipped here', async () => {
  const { value } = await runFlow(async () => {
    const map = good.with({ batch: false }).map(oddSkips.with({ batch: 2 }).map([0, 1, 2]));
    return (await map.settled()).map(({ state }) => state);
  });
  expect(value).toEqual(['Completed', 'Skipped', 'Completed']);
});

test('a map over what was skipped is skipped, and has no children', async () => {
  const { value, run } = await runFlow(() => good.map(nothing()));
  expect(value).toBeUndefined();
  expect(run.deltas).toContainEqual(expect.objectContaining({ kind: 'ended', id: 'good-0', state: 'Skipped' }));
});

test('of a skipped map there are no children to look at', async () => {
  const { value } = await runFlow(async () => {
    const map = good.map(nothing());
    const seen: unknown[] = [];
    for await (const one of map.asCompleted()) seen.push(one);
    return [await map.settled(), seen, map.state];
  });
  expect(value).toEqual([[], [], 'Skipped']);
});

test('a map over a skipped map is skipped', async () => {
  const { run } = await runFlow(() => good.map(good.map(nothing()) as never));
  expect(run.deltas).toContainEqual(expect.objectContaining({ kind: 'ended', id: 'good-1', state: 'Skipped' }));
});

test('a map that is to run although what it maps over was skipped has nothing to map over', async () => {
  const map = (of: () => never) => () => good.with({ skipOnUpstreamSkip: false }).map(of());
  expect(await failureOf(map(() => nothing() as never))).toMatchObject({ code: 'NOTHING_TO_MAP' });
  expect(await failureOf(map(() => good.map(nothing()) as never))).toMatchObject({ code: 'NOTHING_TO_MAP' });
});

test('a flow called by a flow is skipped with its upstream', async () => {
  const { run } = await runFlow(() => whole({ n: skipped() }));
  expect(run.started).toEqual(['skipped-0']);
});
