// Maps of every kind, as flows; `map-cases.ts` says what comes of each.
import {
  allFinished,
  Dataset,
  flatten,
  flow,
  range,
  RunError,
  type Settled,
  task,
  type TaskFuture,
  unmapped,
} from 'perdure';
import {
  act,
  add,
  allBegun,
  broken,
  flaky,
  generate,
  good,
  half,
  type How,
  idOf,
  inc,
  label,
  lengthOf,
  numbers,
  oddFails,
  rowsOf,
  skipped,
  sum,
  total,
  use,
  who,
} from './tasks.js';

type Batch = number | false | 'auto';
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const codeOf = (error: unknown): string => (error as { code: string }).code;
const countStates = (ended: readonly { state: string }[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { state } of ended) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};

export const mapped = flow('mapped', ({ width, batch }: { width: number; batch: Batch }) =>
  inc.with({ batch }).map(upTo(width)),
);
export const mappedFuture = flow('mapped future', ({ width, batch }: { width: number; batch: Batch }) =>
  sum(inc.with({ batch }).map(numbers(width))),
);
export const chained = flow('chained', ({ width, batch }: { width: number; batch: Batch }) =>
  sum(inc.with({ batch }).map(inc.with({ batch }).map(inc.with({ batch }).map(numbers(width))))),
);
export const chainedFailures = flow('chained failures', async ({ batch }: { batch: Batch }) => {
  const first = oddFails.with({ batch }).map(upTo(6));
  const second = inc.with({ batch }).map(first);
  const third = inc.with({ batch }).map(second);
  const ended = await third.settled();
  return ended.map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const chainedSkips = flow('chained skips', async ({ batch, skips }: { batch: Batch; skips: boolean }) => {
  const first = act.with({ batch }).map(['ok', 'skip', 'ok'] as How[]);
  const second = label.with({ batch, skipOnUpstreamSkip: skips }).map(first, unmapped('got '));
  return (await second.settled()).map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const twoInputs = flow('two inputs of a map', ({ batch }: { batch: Batch }) =>
  add.with({ batch }).map(numbers(3), [10, 20, 30]),
);
export const unequalKnown = flow('unequal known', () => add.map([1, 2], [1]));
export const unequalLater = flow('unequal later', async () => {
  const map = add.map(numbers(3), [1]);
  return [await map.catch(codeOf), map.state];
});
export const zipShortest = flow('zip shortest', ({ batch }: { batch: Batch }) =>
  add.with({ zip: 'shortest', batch }).map(numbers(5), [10, 20]),
);
export const zipEmpty = flow('zip empty', () => add.with({ zip: 'shortest' }).map(numbers(5), []));
export const wholeArguments = flow('whole arguments', ({ batch }: { batch: Batch }) =>
  use.with({ batch }).map([1, 2], unmapped([7, 8]), 'text', unmapped(good('future'))),
);
export const unmappedFuture = flow('unmapped future', () => add.map([1, 2], unmapped(inc(9))));
export const unmappedFailed = flow('unmapped failed', async () => {
  const map = add.map([1, 2], unmapped(broken()));
  return [await map.catch(codeOf), map.state];
});
export const unmappedSkipped = flow('unmapped skipped', async () => {
  const map = add.map([1, 2], unmapped(skipped()));
  return [await map, map.state];
});
export const flattened = flow('flattened map', ({ batch }: { batch: Batch }) =>
  inc.with({ batch }).map(flatten(numbers.with({ batch }).map([1, 0, 3]))),
);
export const flattenedValue = flow('flattened value', () => inc.map(flatten([[1], [2, 3]])));
export const flattenedFailure = flow('flattened failure', async () => {
  const map = inc.map(flatten(numbers.map([1, broken()])));
  return [await map.catch(codeOf), map.state];
});
const flatListOf = (lists: unknown): TaskFuture<number[]> => flatten(lists as TaskFuture<number[][]>);
export const flattenedSlots = flow('flattened slots', async ({ batch, next }: { batch: Batch; next: Batch }) => {
  const lists = act.with({ batch }).map(['ok', 'fail', 'ok', 'skip', 'ok'] as How[], [[1, 2], [9], [], [8], [3]]);
  const ended = await inc.with({ batch: next }).map(flatListOf(lists)).settled();
  return ended.map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const flattenedRules = flow('flattened, by a rule', async ({ batch }: { batch: Batch }) => {
  const lists = act.with({ batch }).map(['ok', 'fail', 'skip'] as How[], [[1, 2], [9], [8]]);
  const after = label.with({ trigger: allFinished, skipOnUpstreamSkip: false });
  return after.map(flatListOf(lists), unmapped('got '));
});
export const flattenedLong = flow('flattened long lists', async ({ batch }: { batch: Batch }) => {
  const lists = flatten(numbers.with({ batch }).map([2_000, 3]));
  return [await sum(inc.map(lists)), await sum(lists), (await lists).length];
});
export const flattenedLongSlots = flow('flattened long slots', async ({ batch }: { batch: Batch }) => {
  const lists = act.with({ batch }).map(['ok', 'fail', 'skip', 'ok'] as How[], numbers.map([2_000, 1, 1, 300]));
  return countStates(await inc.map(flatListOf(lists)).settled());
});
export const overFutures = flow('over futures', () => inc.map([1, inc(5), inc(inc(5))]));
export const overFailedFuture = flow('over a failed future', async () => {
  const map = inc.map([1, broken(), 3]);
  return (await map.settled()).map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const overSet = flow('over a set', () => inc.map(new Set([1, 2, 3])));
export const overRange = flow('over a range', ({ batch }: { batch: Batch }) =>
  sum(inc.with({ batch }).map(range(2, 10, 2))),
);
export const overNothing = flow('over nothing', () => inc.map(5 as never));
export const overText = flow('over a text', () =>
  (label as unknown as { map(...args: unknown[]): unknown }).map('abc', 'x'),
);
export const overNumber = flow('over a number', async () => {
  const map = inc.map(good(5) as never);
  return [await map.catch(codeOf), map.state];
});
export const overNull = flow('over null', async () => {
  const map = inc.map(good(null) as never);
  return map.catch(codeOf);
});
export const overFailed = flow('over what failed', async () => {
  const map = inc.map(broken() as never);
  return [await map.catch(codeOf), map.state];
});
export const overSkipped = flow('over what was skipped', async () => {
  const map = inc.map(skipped() as never);
  return [await map, map.state];
});
export const endless = flow('endless', () => {
  const ones = {
    *[Symbol.iterator]() {
      for (;;) yield 1;
    },
  };
  return inc.map(ones);
});
interface Borne {
  width: number;
  batch: Batch;
  tolerate?: number | `${number}%`;
  firstSuccesses?: number;
}
export const tolerated = flow('tolerated', async ({ width, ...options }: Borne) => {
  const map = oddFails.with(options).map(upTo(width));
  return [await map.catch(codeOf), map.state];
});
export const toleratedReduced = flow('tolerated and reduced', ({ batch }: { batch: Batch }) =>
  use(oddFails.with({ batch, tolerate: '50%' }).map(upTo(4))),
);
export const failing = flow('failing map', ({ width, batch }: { width: number; batch: Batch }) =>
  oddFails.with({ batch }).map(upTo(width)),
);
export const failingReduced = flow('failing map reduced', async ({ batch }: { batch: Batch }) => {
  const run = sum(oddFails.with({ batch }).map(upTo(4)));
  return [await run.catch(codeOf), run.state];
});
export const settledOnly = flow('settled only', async ({ batch }: { batch: Batch }) =>
  countStates(
    await act
      .with({ batch })
      .map(['ok', 'fail', 'skip', 'ok'] as How[])
      .settled(),
  ),
);
const endsOf = (ends: readonly Settled<unknown>[]): unknown[] =>
  ends.map(({ state, value, error }) =>
    error instanceof RunError
      ? [state, error.code, error.mapIndex, (error.cause as Error).name, (error.cause as Error).message]
      : [state, value],
  );
const readEnds = task('read ends', endsOf);
const passOn = task('pass on', (ends: Settled<unknown>[]) => ends);
/** What `settled` gives as the value of a flow, as an argument and as the value of a task. */
export const settledReturned = flow('settled returned', ({ batch }: { batch: Batch }) =>
  act
    .with({ batch })
    .map(['ok', 'fail'] as How[])
    .settled(),
);
export const settledPassedOn = flow('settled passed on', async ({ batch }: { batch: Batch }) => {
  const ends = await settledReturned({ batch });
  return { here: endsOf(ends), there: readEnds(ends), back: endsOf(await passOn(ends)), each: readEnds.map([ends]) };
});
export const asCompleted = flow('as completed', async ({ batch }: { batch: Batch }) => {
  const indexes: number[] = [];
  for await (const { index } of inc.with({ batch }).map(upTo(7)).asCompleted()) indexes.push(index);
  return indexes.sort((a, b) => a - b);
});
export const oneByOne = flow('one by one', ({ batch }: { batch: Batch }) =>
  inc.with({ concurrency: 1, batch }).map(upTo(5)),
);
export const retriedItems = flow('retried items', ({ batch }: { batch: Batch }) =>
  flaky.with({ batch }).map([1, 3, 2]),
);
export const exhaustedItems = flow('exhausted items', async ({ batch }: { batch: Batch }) => {
  const ended = await flaky.with({ batch, retries: 1 }).map([1, 2, 3]).settled();
  return ended.map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const itemsOfWho = flow('items of who', async ({ batch }: { batch: Batch }) => {
  const ids = (await (who as unknown as typeof inc).with({ batch }).map(unmappedNothing())) as unknown as {
    taskRunId: string;
    mapIndex: number;
  }[];
  return ids.map(({ taskRunId, mapIndex }) => [taskRunId, mapIndex]);
});
const unmappedNothing = (): number[] => [0, 0, 0];
export const emptyFuture = flow('empty future', async () => {
  const map = inc.map(numbers(0));
  return { value: await map, next: await sum(map), state: map.state };
});
export const mapAt = flow('map at', () => ({ first: inc.map([1, 2, 3]).at(0), last: inc.map([1, 2, 3]).at(-1) }));
export const mapCancelled = flow('map cancelled', async () => {
  const map = inc.map([1, 2]);
  map.cancel();
  return [await map.catch(codeOf), map.state];
});
export const halfDone = flow('half done', async ({ batch }: { batch: Batch }) => {
  const map = half.with({ batch, concurrency: 6 }).map(upTo(6), unmapped(6));
  await allBegun(6);
  map.cancel();
  return (await map.settled()).map(({ state, value }) => (state === 'Completed' ? value : state));
});
export const fromGenerator = flow('from a generator', ({ count, batch }: { count: number; batch: Batch }) =>
  sum(inc.with({ batch }).map(generate(count))),
);
export const streamedOut = flow('streamed out', ({ count }: { count: number }) => total(generate(count)));
export const streamedArray = flow('streamed array', () => total(numbers(5)));
export const streamedMap = flow('streamed map', ({ batch }: { batch: Batch }) =>
  total(inc.with({ batch }).map(upTo(20)) as TaskFuture<number[]>),
);
export const datasetReturned = flow('dataset returned', async ({ count }: { count: number }) => {
  const dataset = await generate(count);
  return {
    length: dataset.length,
    isDataset: dataset instanceof Dataset,
    sum: await total(dataset),
    part: await total(dataset.slice(1, 3)),
  };
});
export const storedItems = flow('stored items', ({ batch }: { batch: Batch }) =>
  sum(idOf.with({ batch }).map(rowsOf(20, 2_000))),
);
export const storedParts = flow('stored parts', async () => {
  const rows = rowsOf(20, 2_000);
  return { id: await rows.at(3).at('id'), count: await lengthOf(rows) };
});
export const storedResults = flow('stored results', ({ batch }: { batch: Batch }) =>
  lengthOf.with({ batch }).map(rowsOf.with({ batch }).map([1, 2, 3], unmapped(9_000))),
);
export const childFlow = flow('child of map', ({ n }: { n: number }) => inc(n));
export const childFails = flow('child of map that fails', ({ n }: { n: number }) => oddFails(n));
export const flowsMapped = flow('flows mapped', () => childFlow.map([{ n: 1 }, { n: 2 }]));
export const flowsMappedFail = flow('flows mapped fail', async () => {
  const ended = await childFails.map([{ n: 1 }, { n: 2 }]).settled();
  return ended.map(({ state, value }) => (state === 'Completed' ? value : state));
});
