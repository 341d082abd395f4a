// Cache, limits and priority; `guard-cases.ts` says what comes of each.
import { randomUUID } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  allowFailure,
  anyFailed,
  currentRun,
  flow,
  type HookEvent,
  notAllSkipped,
  range,
  SkipTask,
  sleep,
  task,
  type TaskFuture,
  transaction,
} from 'perdure';
import { allBegun, lengthOf, returnsWhenStopped, text, use } from './tasks.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;

// A body gives another value each time, so that equal values are one value, found again.
const fresh = (...about: unknown[]): string => `${about.length} ${randomUUID()}`;
const attemptNow = (): number => currentRun().attempt ?? 0;
const inputs = task('cached by inputs', { cache: {} }, fresh);
const slowly = task('cached slowly', { cache: {} }, async (...about: unknown[]) => {
  await pause(40);
  return fresh(...about);
});
const big = task('cached big', { cache: {} }, (what: string, length: number) => [fresh(what), 'x'.repeat(length)]);
const hook = task('cached hook', ({ state }: HookEvent) => {
  if (state !== 'Completed' && state !== 'Cached') throw new RangeError(state);
});
const cachedTasks = {
  inputs,
  slowly,
  'omit name': task('cached but when', { cache: { omit: ['when'] } }, (x: unknown, when: unknown) => fresh(x, when)),
  'omit place': task('cached but the first', { cache: { omit: [0] } }, fresh),
  'expires soon': task('cached for 1 ms', { cache: { expires: 1 } }, fresh),
  'expires late': task('cached for an hour', { cache: { expires: '1 hour' } }, fresh),
  refresh: task('cached, refreshed', { cache: { refresh: true } }, fresh),
  'refresh if': task(
    'cached, refreshed if',
    { cache: { omit: ['again'], refresh: (_, again) => again } },
    (x: unknown, again: boolean) => fresh(x, again),
  ),
  run: task('cached in its run', { cache: { key: 'run' } }, fresh),
  source: task('cached by source', { cache: { key: 'inputs+source' } }, fresh),
  fn: task('cached by sum', { cache: { key: (x, y) => `sum ${x + y}` } }, (x: number, y: number) => fresh(x, y)),
  'async fn': task(
    'cached by promise',
    { cache: { key: async (what, { flowName, taskName }) => `${flowName} ${taskName} ${what}` } },
    (what: string) => fresh(what),
  ),
  'fn of the run': task('cached by id', { cache: { key: (_, { taskRunId }) => taskRunId } }, (x: unknown) => fresh(x)),
  flaky: task('cached flaky', { cache: {}, retries: 1 }, (what: string) => {
    if (attemptNow() === 1) throw new RangeError('once');
    return fresh(what);
  }),
};
const badKeys = {
  throws: task(
    'key throws',
    {
      retries: 2,
      cache: {
        key: () => {
          throw new TypeError('of the key');
        },
      },
    },
    fresh,
  ),
  'no text': task('key is no text', { retries: 2, cache: { key: () => 7 as never } }, fresh),
  limit: task(
    'limit key throws',
    {
      retries: 2,
      limits: [
        {
          name: 'bad',
          slots: 1,
          key: () => {
            throw new TypeError('of the key');
          },
        },
      ],
    },
    fresh,
  ),
};
const cachedFailing = task('cached failing', { cache: {} }, (how: 'fail' | 'skip', _what: string): number => {
  if (how === 'skip') throw new SkipTask();
  throw new RangeError('never kept');
});
const cachedHooked = task('cached hooked', { cache: {}, onCompletion: hook }, (what: string) => fresh(what));
const cachedUndone = task('cached undone', { cache: {}, undo: () => undefined }, (what: string) => fresh(what));

export type CachedTask = keyof typeof cachedTasks;
/** The place of the first value that is equal. */
const firsts = (values: unknown[]): number[] => values.map((value) => values.indexOf(value));

export const cachedCalls = flow('cached calls', async ({ how, calls }: { how: CachedTask; calls: unknown[][] }) => {
  const runs: TaskFuture<unknown>[] = [];
  const values: unknown[] = [];
  for (const args of calls) {
    const run = (cachedTasks[how] as (...args: unknown[]) => TaskFuture<string>)(...args);
    runs.push(run);
    values.push(await run);
    if (how === 'expires soon' || how === 'expires late') await sleep(10);
  }
  return { values: firsts(values), states: runs.map(({ state }) => state) };
});
export const cachedAtOnce = flow('cached at once', async ({ what, count }: { what: string; count: number }) => {
  const runs = Array.from({ length: count }, () => slowly(what));
  const values = await Promise.all(runs);
  return { values: firsts(values), states: runs.map(({ state }) => state).sort() };
});
export const badKey = flow('bad key', ({ how }: { how: keyof typeof badKeys }) => badKeys[how]());
export const cachedFailures = flow('cached failures', async ({ how, what }: { how: 'fail' | 'skip'; what: string }) => {
  const runs = [cachedFailing(how, what)];
  await runs[0]!.catch(() => undefined);
  runs.push(cachedFailing(how, what));
  await runs[1]!.catch(() => undefined);
  return runs.map(({ state }) => state);
});
export const cachedBig = flow('cached big', async ({ what }: { what: string }) => {
  await lengthOf(big(what, 50_000).at(1));
  const again = big(what, 50_000);
  return [await lengthOf(again.at(1)), again.state];
});
export const cachedStored = flow('cached stored', async () => {
  const first = inputs(text(20_000), 'of a stored one');
  await first;
  const second = inputs('x'.repeat(20_000), 'of a stored one');
  return [(await first) === (await second), second.state];
});
export const cachedMap = flow(
  'cached map',
  async ({ what, batch }: { what: string; batch: number | false | 'auto' }) => {
    const items = [1, 2, 1, 3];
    const about = `${what} ${batch}`;
    const first = await inputs.with({ batch }).map(items, about);
    const second = await inputs.with({ batch }).map(items, about);
    return firsts([...first, ...second]);
  },
);
const cachedChild = flow('cached child', async ({ how, what }: { how: CachedTask; what: string }) => {
  const run = (cachedTasks[how] as typeof inputs)(what);
  return [await run, run.state];
});
export const cachedOverRuns = flow('cached over runs', async (given: { how: CachedTask; what: string }) => {
  const [first, second] = [await cachedChild(given), await cachedChild(given)];
  return [first[0] === second[0], first[1], second[1]];
});
export const cachedUpstream = flow('cached upstream', async ({ what }: { what: string }) => {
  const found = (): TaskFuture<string> => inputs(what);
  await found();
  const [counts, never, whole] = [
    use.with({ trigger: notAllSkipped })(found()),
    use.with({ trigger: anyFailed })(found()),
    use(allowFailure(found())),
  ];
  const values = [(await counts)[0], await never.catch(codeOf), (await whole)[0]];
  return [values[0] === values[2], values[1], counts.state, never.state];
});
export const cachedWithHook = flow('cached with hook', async () => {
  await cachedHooked('hooked');
  return [(await cachedHooked('hooked')).length > 0];
});
export const cachedThenUndone = flow('cached then undone', async () => {
  await cachedUndone('undone');
  return transaction(async () => {
    await cachedUndone('undone');
    throw new SyntaxError('of the transaction');
  }).catch((error: Error) => error.name);
});

// Limits: a body says from when to when it ran.
type Span = [fromMs: number, toMs: number];
const spanOf = async (ms: number): Promise<Span> => {
  const fromMs = Date.now();
  await pause(ms);
  return [fromMs, Date.now()];
};
const places = task(
  'places',
  { limits: [{ name: 'places', slots: 2, key: (key) => key }] },
  (_key: string, _i: number) => spanOf(12),
);
const shared = task('shares places', { limits: [{ name: 'places', slots: 2, key: (key) => key }] }, (_key: string) =>
  spanOf(12),
);
const both = task(
  'under two',
  {
    limits: [
      { name: 'a wide one', slots: 3 },
      { name: 'a narrow one', slots: 1, key: (key) => key },
    ],
  },
  (_key: string) => spanOf(12),
);
const single = task('single', { limits: [{ name: 'single', slots: 1 }] }, (_i: number) => spanOf(5));
// Fails until the other has run, which it can only where the place is free in between.
const doneFile = (): string => join(tmpdir(), `perdure-contract-${currentRun().runId}`);
const insists = task(
  'insists',
  { retries: 200, retryDelay: '50 ms', limits: [{ name: 'insists', slots: 1, key: (key) => key }] },
  (_key: string) => {
    if (!existsSync(doneFile())) throw new RangeError('not yet');
    rmSync(doneFile());
    return 'insisted';
  },
);
const relieves = task('relieves', { limits: [{ name: 'insists', slots: 1, key: (key) => key }] }, (_key: string) =>
  writeFileSync(doneFile(), ''),
);
const paced = task('paced', { limits: [{ name: 'paced', perSecond: 100 }] }, (i: number) => i);
const holds = task('holds a place', { limits: [{ name: 'held', slots: 1 }], onCrash: 'fail' }, returnsWhenStopped);
const counted = task('cached under a limit', { cache: {}, limits: [{ name: 'counted', slots: 1 }] }, fresh);

const mostOf = (spans: readonly Span[]): number =>
  Math.max(0, ...spans.map(([at]) => spans.filter(([fromMs, toMs]) => fromMs <= at && at < toMs).length));

export const limitedMap = flow(
  'limited map',
  async ({ key, batch }: { key: string; batch: number | false | 'auto' }) => {
    const spans = await places.with({ batch }).map(Array<string>(6).fill(key), range(6));
    return [spans.length, mostOf(spans) <= 2];
  },
);
export const limitedByKey = flow('limited by key', async () => {
  const keys = ['a', 'b', 'a', 'b', 'a', 'a'];
  const spans = await both.map(keys);
  const of = (key: string): number => mostOf(spans.filter((_, i) => keys[i] === key));
  return [of('a'), of('b'), mostOf(spans) <= 2];
});
export const limitedTogether = flow('limited together', async () => {
  const spans = await Promise.all([0, 1, 2].flatMap((i) => [places('together', i), shared('together')]));
  return [spans.length, mostOf(spans) <= 2];
});
export const limitedInRuns = flow('limited in runs', async () => {
  const spans = await limitedChild.map([0, 1, 2]);
  return [spans.flat().length, mostOf(spans.flat())];
});
const limitedChild = flow('limited child', () => single.map([1, 2]));
export const placeBetweenAttempts = flow('place between attempts', async () => {
  const { runId } = currentRun();
  const first = insists(runId);
  await sleep(50);
  await relieves(runId);
  return first;
});
export const pacedMap = flow('paced map', ({ batch }: { batch: number | false }) =>
  paced.with({ batch }).map([0, 1, 2, 3]),
);
export const cancelledInLine = flow('cancelled in line', async () => {
  const first = holds();
  await allBegun(1);
  const second = holds();
  await sleep(50);
  second.cancel();
  const code = await second.catch(codeOf);
  first.cancel();
  return [await first, code];
});
export const limitAndCache = flow('limit and cache', async () => {
  const runs = [counted('limited'), counted('limited'), counted('limited')];
  const values = await Promise.all(runs);
  return [firsts(values), runs.map(({ state }) => state).sort()];
});

// Priority.
const preferred = task('preferred', { priority: { fairnessKey: 'a', fairnessWeight: 2 } }, (n: number) => n + 1);
export const prioritised = flow('prioritised', { priority: { priorityKey: 2 } }, async () => [
  await preferred(1),
  await preferred.with({ priority: { priorityKey: 1 } })(2),
  await preferred.with({ batch: 2 }).map([1, 2, 3]),
]);
