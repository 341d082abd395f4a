/** A map over the lists of another one: each list's items have a child, what has no list keeps one place. */
import {
  allFinished,
  allowFailure,
  anyFailed,
  flatten,
  isFailureValue,
  type RunError,
  SkipTask,
  task,
  unmapped,
} from '../../src/authoring/index.js';
import { Stored } from '../../src/core/result-ref.js';
import { failureOf, type FakeRun, runFlow, settle, startFlow } from './fake-run.js';

const codeOf = (error: unknown): string => (error as RunError).code;
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
/** So many; fails for 1, is skipped for 4. */
const rows = task('rows', (n: number) => {
  if (n === 1) throw new RangeError('no rows');
  if (n === 4) throw new SkipTask('nothing new');
  return upTo(n);
});
const inc = task('inc', (n: number) => n + 1);
const isFailed = task('is failed', (one: unknown) => isFailureValue(one));
const plus = task('plus', (a: number | undefined, b: number) => (a ?? 100) + b);

interface Ended {
  state: string;
  value?: unknown;
}
const shown = (ended: readonly Ended[]): unknown[] =>
  ended.map(({ state, value }) => (state === 'Completed' ? value : state));
const childrenIn = ({ started }: FakeRun, map: string): string[] => started.filter((id) => id.startsWith(`${map}[`));

const shapes = [
  ['item by item', false],
  ['in batches', 2],
] as const;

describe.each(shapes)('lists of a map %s', (_, batch) => {
  const lists = (counts: number[]) => rows.with({ batch }).map(counts);

  test.each(shapes)('a failure and a skip keep a place each, their neighbours go on: %s', async (__, next) => {
    const { value } = await runFlow(async () =>
      shown(
        await inc
          .with({ batch: next })
          .map(flatten(lists([2, 1, 0, 4, 3])))
          .settled(),
      ),
    );
    expect(value).toEqual([1, 2, 'TriggerFailed', 'Skipped', 1, 2, 3]);
  });

  test('of which all fail: as many places', async () => {
    const error = await failureOf(() => inc.map(flatten(lists([1, 1]))));
    expect(error.code).toBe('MAP_FAILED');
    const { value } = await runFlow(async () => shown(await inc.map(flatten(lists([1, 1]))).settled()));
    expect(value).toEqual(['TriggerFailed', 'TriggerFailed']);
  });

  test('a task that runs however its upstream ends gets nothing in that place', async () => {
    const { value } = await runFlow(() =>
      plus.with({ trigger: allFinished, skipOnUpstreamSkip: false }).map(flatten(lists([2, 1, 4])), unmapped(10)),
    );
    expect(value).toEqual([10, 11, 110, 110]);
  });

  test('a rule looks at each place by itself', async () => {
    const { value } = await runFlow(async () =>
      shown(
        await plus
          .with({ trigger: anyFailed })
          .map(flatten(lists([2, 1, 4])), unmapped(10))
          .settled(),
      ),
    );
    expect(value).toEqual(['TriggerFailed', 'TriggerFailed', 110, 'Skipped']);
  });

  test('a failure that is allowed is a value in its place, as before', async () => {
    const { value } = await runFlow(async () => {
      const ends = await isFailed.map(flatten(allowFailure(lists([2, 1])) as never)).settled();
      return shown(ends);
    });
    expect(value).toEqual([false, false, true]);
  });

  test('the next map’s failures, dealt with, deal with those that they come from', async () => {
    const { value } = await runFlow(() => inc.map(flatten(lists([2, 1]))).catch(codeOf));
    expect(value).toBe('MAP_FAILED');
  });

  test('those of a tolerant map too: what it bears is borne by itself', async () => {
    const { value } = await runFlow(async () =>
      shown(await inc.map(flatten(rows.with({ batch, tolerate: 1 }).map([2, 1]))).settled()),
    );
    expect(value).toEqual([1, 2, 'TriggerFailed']);
  });

  test('a quorum is the lists that it has', async () => {
    const { value } = await runFlow(() => inc.map(flatten(rows.with({ batch, firstSuccesses: 1 }).map([1, 2]))));
    expect(value).toEqual([1, 2]);
  });
});

test('the failure that a place stands for is the cause', async () => {
  const { value } = await runFlow(async () => {
    const [end] = await inc.map(flatten(rows.map([1]))).settled();
    const { code, details, cause } = end?.error as RunError;
    return [code, details['upstream'], details['mapIndex'], (cause as Error).message];
  });
  expect(value).toEqual(['TRIGGER_FAILED', 'rows-0[0]', 0, "The task run 'rows-0[0]' failed: no rows"]);
});

test('two maps side by side, item by item', async () => {
  const { value } = await runFlow(async () =>
    shown(await plus.map(flatten(rows.map([2, 1])), flatten(rows.map([3]))).settled()),
  );
  expect(value).toEqual([0, 2, 'TriggerFailed']);
});

test('a map that got no children passes on that', async () => {
  const broken = task('broken', (): number[] => {
    throw new RangeError('broken');
  });
  const { value, run } = await runFlow(async () => {
    const next = inc.map(flatten(rows.map(broken())));
    return [await next.catch(codeOf), next.state];
  });
  expect(value).toEqual(['TRIGGER_FAILED', 'TriggerFailed']);
  expect(childrenIn(run, 'inc-0')).toEqual([]);
});

test('lists that lie in the store are flattened where they are read', async () => {
  const run = startFlow(() => inc.map(flatten(rows.map([2, 2]))));
  await settle();
  const items = upTo(2);
  const list = new Stored({ kind: 'sequence', as: 'array', length: 2, segments: [{ length: 2, items }] });
  await run.complete({ 'rows-0[0]': list, 'rows-0[1]': [5] });
  await run.drain();
  expect(await run.outcome).toEqual([1, 2, 6]);
});
