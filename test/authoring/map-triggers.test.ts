/** Trigger rules of maps: what all children have in common is looked at once, what each has of its own by each. */
import { allFailed, allFinished, anyFailed, task, unmapped } from '../../src/authoring/index.js';
import { failureOf, runFlow } from './fake-run.js';

const good = task('good', (n: number) => n);
const broken = task('broken', (): number => {
  throw new RangeError('broken');
});
const brokenRows = task('broken rows', (): number[] => {
  throw new RangeError('no rows');
});
const oddFails = task('odd fails', (n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
});
const show = task('show', (n: number | undefined, by?: number) => `${n}${by === undefined ? '' : ` by ${by}`}`);
const items = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test('in a chain each child looks at the child before it, and gets undefined for what failed', async () => {
  const { value } = await runFlow(() => show.with({ trigger: allFinished }).map(oddFails.map([0, 1, 2])));
  expect(value).toEqual(['0', 'undefined', '2']);
});

test('children whose own rule is not met are TriggerFailed, the others go on', async () => {
  const { value } = await runFlow(async () => {
    const first = oddFails.map([0, 1, 2, 3]);
    const ends = await show.with({ trigger: anyFailed }).map(first).settled();
    return ends.map(({ state }) => state);
  });
  expect(value).toEqual(['TriggerFailed', 'Completed', 'TriggerFailed', 'Completed']);
});

test('item by item after a map in batches the rule is the same', async () => {
  const after = (count: number) => async () => {
    const first = oddFails.with({ batch: 10 }).map(items(count));
    const ends = await show.with({ trigger: anyFailed }).map(first).settled();
    return ends.map(({ state }) => state);
  };
  const { value } = await runFlow(after(30));
  expect(value).toEqual(items(30).map((i) => (i % 2 === 1 ? 'Completed' : 'TriggerFailed')));
});

test('after a map in batches that has ended, items behind a failed one are TriggerFailed by default', async () => {
  const states = (batch: number | false) => async () => {
    const first = oddFails.with({ batch: 2 }).map(items(6));
    await first.settled();
    const ends = await good.with({ batch }).map(first).settled();
    return ends.map(({ state, value }) => value ?? state);
  };
  const expected = [0, 'TriggerFailed', 2, 'TriggerFailed', 4, 'TriggerFailed'];
  expect((await runFlow(states(3))).value).toEqual(expected);
  expect((await runFlow(states(false))).value).toEqual(expected);
});

test('what all children have upstream is looked at once, and the map may still run in batches', async () => {
  const { value, run } = await runFlow(() =>
    show.with({ trigger: anyFailed, after: [broken()], batch: 10 }).map(items(20)),
  );
  expect(value).toHaveLength(20);
  expect(run.started).toEqual(['broken-0', 'show-0[0-9]', 'show-0[10-19]']);
});

test('a rule that the common upstream does not meet ends the map without children', async () => {
  const error = await failureOf(() => show.with({ trigger: allFailed, after: [good(1)] }).map(items(3)));
  expect(error).toMatchObject({ code: 'TRIGGER_FAILED', taskName: 'show', details: { trigger: 'allFailed' } });
});

test('in a chain, the common upstream counts for each child', async () => {
  const { value } = await runFlow(async () => {
    const ends = await show
      .with({ trigger: allFailed, after: [broken()] })
      .map(oddFails.map([0, 1]))
      .settled();
    return ends.map(({ state }) => state);
  });
  expect(value).toEqual(['TriggerFailed', 'Completed']);
});

test('a whole value that failed is undefined for every child that runs by its rule', async () => {
  const { value } = await runFlow(() =>
    show.with({ trigger: allFinished }).map([1, 2], unmapped<number | undefined>(broken())),
  );
  expect(value).toEqual(['1', '2']);
});

test('items that are futures of their own are looked at one by one', async () => {
  const { value } = await runFlow(() => show.with({ trigger: allFinished }).map([good(1), broken()]));
  expect(value).toEqual(['1', 'undefined']);
});

test('without what it maps over, a map cannot run by any rule', async () => {
  expect(await failureOf(() => show.with({ trigger: allFinished }).map(brokenRows()))).toMatchObject({
    code: 'TRIGGER_FAILED',
    taskName: 'show',
  });
});

test('the width is looked at before the trigger: lengths that differ are refused, nothing to do is done', async () => {
  const unequal = show.with({ after: [broken()] });
  expect(
    await failureOf(async () => {
      const rows = good.map([1, 2]);
      await unequal.map(rows, good.map([1]) as never).then(
        () => undefined,
        (error: unknown) => {
          throw error;
        },
      );
    }),
  ).toMatchObject({ code: 'MAP_LENGTH_MISMATCH' });
  const { value } = await runFlow(async () => {
    const failed = broken();
    failed.catch(() => undefined);
    return show.with({ after: [failed] }).map([]);
  });
  expect(value).toEqual([]);
});

test('each failure in a chain is dealt with by the child that runs on it', async () => {
  expect((await runFlow(() => show.with({ trigger: allFinished }).map(oddFails.map(items(5))))).value).toHaveLength(5);
});

test('a chain that is too long for one history and has a rule for each child is refused by name', async () => {
  const chain = () => show.with({ trigger: allFinished }).map(oddFails.with({ batch: 100 }).map(items(500)));
  expect(await failureOf(chain, { room: 300 })).toMatchObject({ code: 'HISTORY_LIMIT' });
});
