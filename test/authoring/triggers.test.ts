/** Trigger rules on plain task runs and on what takes the whole of a map: who runs, with which values, and how the flow ends. */
import {
  allFailed,
  allFinished,
  allSuccessful,
  anyFailed,
  anySuccessful,
  flow,
  notAllSkipped,
  sequence,
  SkipTask,
  someFailed,
  someSuccessful,
  task,
  type TriggerRule,
} from '../../src/authoring/index.js';
import { failureOf, runFlow, settle, startFlow, taskFailure } from './fake-run.js';

const good = task('good', (n: number) => n);
const broken = task('broken', (): number => {
  throw new RangeError('broken');
});
const rows = task('rows', (): { id: number } => {
  throw new RangeError('no rows');
});
const skipped = task('skipped', (): number => {
  throw new SkipTask('nothing to do');
});
const use = task('use', (...values: unknown[]) => values);
const oddFails = task('odd fails', (n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
});
const total = task('total', (numbers: (number | undefined)[]) => numbers);
const cleanup = task('cleanup', { trigger: allFinished }, (...values: unknown[]) => values);
const child = flow('failing child', () => broken());

const stateOf = async (rule: TriggerRule, upstream: () => unknown[]): Promise<string> => {
  const run = startFlow(async () => {
    const future = use.with({ trigger: rule, skipOnUpstreamSkip: false })(...upstream());
    await future.catch(() => undefined);
    return future.state;
  });
  await run.drain();
  return run.outcome.catch((error: { taskName: string }) => `the flow failed of ${error.taskName}`) as Promise<string>;
};

const twoOf = (first: () => unknown, second: () => unknown) => (): unknown[] => [first(), second()];
const [one, bad, none] = [() => good(1), () => broken(), () => skipped()];

test.each<[string, TriggerRule, () => unknown[], string]>([
  ['allSuccessful of two good', allSuccessful, twoOf(one, one), 'Completed'],
  ['allSuccessful of a failure', allSuccessful, twoOf(one, bad), 'TriggerFailed'],
  ['allFailed of two failures', allFailed, twoOf(bad, bad), 'Completed'],
  ['allFailed of one failure', allFailed, twoOf(one, bad), 'TriggerFailed'],
  ['allFailed with a skipped one', allFailed, twoOf(none, bad), 'TriggerFailed'],
  ['anySuccessful of one', anySuccessful, twoOf(one, bad), 'Completed'],
  ['anySuccessful of a skipped one', anySuccessful, twoOf(none, bad), 'Completed'],
  ['anySuccessful of none', anySuccessful, twoOf(bad, bad), 'TriggerFailed'],
  ['anyFailed of one', anyFailed, twoOf(one, bad), 'Completed'],
  ['anyFailed of none', anyFailed, twoOf(one, none), 'TriggerFailed'],
  ['allFinished', allFinished, twoOf(none, bad), 'Completed'],
  ['notAllSkipped of one skipped', notAllSkipped, twoOf(none, one), 'Completed'],
  ['notAllSkipped of all skipped', notAllSkipped, twoOf(none, none), 'Skipped'],
  ['notAllSkipped with a failure', notAllSkipped, twoOf(none, bad), 'TriggerFailed'],
  ['someFailed at least 2 of 2', someFailed({ atLeast: 2 }), twoOf(bad, bad), 'Completed'],
  ['someFailed at least 2 of 1', someFailed({ atLeast: 2 }), twoOf(one, bad), 'TriggerFailed'],
  ['someSuccessful half', someSuccessful({ atLeast: 0.5 }), twoOf(one, bad), 'Completed'],
  ['someSuccessful at most none', someSuccessful({ atMost: 0 }), twoOf(one, bad), 'TriggerFailed'],
  ['any rule without upstream', anyFailed, () => [1], 'Completed'],
])('%s', async (_, rule, upstream, state) => {
  expect(await stateOf(rule, upstream)).toBe(state);
});

test('what runs by its rule gets undefined for a value that there is none of, also for a part of one', async () => {
  const { value } = await runFlow(() => cleanup(good(1), rows(), { deep: [rows().at('id')] }));
  expect(value).toEqual([1, undefined, { deep: [undefined] }]);
});

test('a failure is dealt with when something runs by its rule', async () => {
  const { value } = await runFlow(() => {
    cleanup(broken());
    return 'completed';
  });
  expect(value).toBe('completed');
});

test('a failure that something waits for only in order is dealt with as well', async () => {
  const { value, run } = await runFlow(() => {
    const end = cleanup();
    sequence(broken(), end);
    return end;
  });
  expect(value).toEqual([]);
  expect(run.upstreamOf('cleanup-0')).toEqual(['broken-0']);
});

test('so is what failed further up, behind runs that did not start', async () => {
  expect((await runFlow(() => cleanup(good(good(broken()))))).value).toEqual([undefined]);
});

test('a rule that is not met deals with nothing', async () => {
  expect(await failureOf(() => use.with({ trigger: allFailed })(good(1), broken()))).toMatchObject({
    code: 'TRIGGER_FAILED',
    taskName: 'use',
    details: { trigger: 'allFailed', counts: { succeeded: 1, failed: 1 } },
    message: expect.stringContaining('trigger rule allFailed: 1 succeeded, 1 failed'),
  });
  expect(
    await failureOf(async () => {
      await use
        .with({ trigger: allFailed })(good(1))
        .catch(() => undefined);
      broken();
    }),
  ).toMatchObject({ code: 'TASK_FAILED', taskName: 'broken' });
});

test('catching a run whose rule was not met deals with the failures before it', async () => {
  expect(
    (
      await runFlow(() =>
        use
          .with({ trigger: someFailed({ atLeast: 2 }) })(broken(), good(1))
          .catch(() => 'caught'),
      )
    ).value,
  ).toBe('caught');
});

test('an unmet rule is a final state without an activity, and is recorded', async () => {
  const run = startFlow(() =>
    use
      .with({ trigger: anyFailed })(good(1))
      .catch(() => 'no failure'),
  );
  await run.drain();
  expect(await run.outcome).toBe('no failure');
  expect(run.started).toEqual(['good-0']);
  expect(run.deltas).toContainEqual(
    expect.objectContaining({ kind: 'ended', id: 'use-0', state: 'TriggerFailed', up: ['good-0'] }),
  );
});

test('the rule is looked at when all of the upstream has ended, not before', async () => {
  const run = startFlow(() => use.with({ trigger: anyFailed })(broken(), good(1)));
  await settle();
  await run.fail('broken-0');
  expect(run.started).toEqual(['broken-0', 'good-0']);
  await run.drain();
  expect(await run.outcome).toEqual([undefined, 1]);
});

test.each([
  ['cancelled', 'CANCELLED'],
  ['timed out', 'TASK_TIMED_OUT'],
  ['crashed', 'TASK_CRASHED'],
] as const)('%s counts as failed', async (_, code) => {
  const run = startFlow(() => use.with({ trigger: allFailed })(good(1)));
  await settle();
  const error = Object.assign(taskFailure('good-0'), { code });
  await run.fail('good-0', error);
  await run.drain();
  expect(await run.outcome).toEqual([undefined]);
});

test('the rule of a call wins over the one of the declaration', async () => {
  expect(await failureOf(() => cleanup.with({ trigger: allSuccessful })(broken()))).toMatchObject({
    taskName: 'cleanup',
    code: 'TRIGGER_FAILED',
  });
});

test('a flow called by a flow has rules, too', async () => {
  const { run } = await runFlow(() => child.with({ trigger: anyFailed, after: [broken()] })());
  expect(run.started).toEqual(['broken-0', 'failing child-0']);
});

test('a map counts as its children where its whole value is taken, and leaves undefined for those that failed', async () => {
  const reduce = (rule: TriggerRule) => () => total.with({ trigger: rule })(oddFails.map([0, 1, 2, 3]));
  expect((await runFlow(reduce(someFailed({ atLeast: 2, atMost: 2 })))).value).toEqual([0, undefined, 2, undefined]);
  expect((await runFlow(reduce(anySuccessful))).value).toEqual([0, undefined, 2, undefined]);
  expect((await runFlow(reduce(someSuccessful({ atLeast: 0.5 })))).value).toEqual([0, undefined, 2, undefined]);
  expect(await failureOf(reduce(allFailed))).toMatchObject({ details: { counts: { succeeded: 2, failed: 2 } } });
  expect(await failureOf(reduce(someFailed({ atLeast: 3 })))).toMatchObject({ code: expect.any(String) });
});

test('a map in batches counts as its items', async () => {
  const reduce = (rule: TriggerRule) => () =>
    total.with({ trigger: rule })(oddFails.with({ batch: 10 }).map(Array.from({ length: 40 }, (_, i) => i)));
  const { run } = await runFlow(reduce(someFailed({ atLeast: 20, atMost: 20 })));
  expect(run.started.at(-1)).toBe('total-0');
  expect(await failureOf(reduce(someFailed({ atLeast: 21 })))).toMatchObject({
    cause: { code: 'MAP_FAILED' },
    details: { counts: { succeeded: 20, failed: 20 } },
  });
});

test('failures that a map bears count for anyFailed, and not against allSuccessful', async () => {
  const borne = () => oddFails.with({ tolerate: '50%' }).map([0, 1]);
  expect((await runFlow(() => total.with({ trigger: anyFailed })(borne()))).value).toEqual([0, undefined]);
  expect((await runFlow(() => total.with({ trigger: allSuccessful })(borne()))).value).toEqual([0, undefined]);
});

test('a map that has no children counts as one failure', async () => {
  const { value } = await runFlow(() =>
    use.with({ trigger: someFailed({ atLeast: 1, atMost: 1 }) })(good.map(rows() as never)),
  );
  expect(value).toEqual([undefined]);
});

test('what is no rule is refused where it is said', () => {
  expect(() => task('x1', { trigger: someFailed as never }, () => 1)).toThrow(
    expect.objectContaining({ code: 'BAD_OPTION' }),
  );
  expect(() => good.with({ trigger: 'allFailed' as never })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  expect(() => good.with({ skipOnUpstreamSkip: 1 as never })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  for (const bounds of [{}, { atLeast: -1 }, { atMost: 1.5 }, { atLeast: '2' }, undefined])
    expect(() => someFailed(bounds as never)).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});
