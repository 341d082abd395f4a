// Prefect 3, tests/test_tasks.py (TestTaskCaching), test_cache_policies.py, test_transactions.py, tests/concurrency.
import { currentRun, flow, sleep, task, transaction } from 'perdure';
import { setTimeout as wait } from 'node:timers/promises';
import { note, notesOf } from './ledger.js';
import { codeOf, type PortedCase } from './ported-case.js';
import { identity } from './tasks.js';

// Caching.
const plain = task('cached by inputs', { cache: {} }, (x: unknown) => x);
const oneKey = task('one key', { cache: { key: () => 'cache_hit-1' } }, (x: number) => x);
const betweenFlows = task('key between flows', { cache: { key: () => 'cache_hit-3' } }, (x: number) => x);
const changingKey = task('changing key', { cache: { key: () => `call tally: ${note('tally')}` } }, (x: number) => x);
const keyOfRun = task('key of the run', { cache: { key: (_x, run) => run.runId } }, (x: string) => x);
const keyOfArgument = task('key of the argument', { cache: { key: (x) => x } }, (x: string) => x);
const byDefaults = task('by defaults', { cache: {} }, (a: number, b: number, c: number = 3) => a + b + c);
const lasting = task('lasting', { cache: { key: () => 'cache-hit-4', expires: '1 minute' } }, (x: number) => x);
const past = task('past', { cache: { key: () => 'cache-hit-5', expires: 1 } }, async (x: number) => (await wait(5), x));
const refreshed = task('refreshed', { cache: { key: () => 'cache-hit-6', refresh: true } }, (x: number) => x);
const sameKey = task('another task with that key', { cache: { key: () => 'cache_hit-1' } }, (x: number) => x);
const withoutY = task('inputs but y', { cache: { omit: ['y'] } }, (x: number, y: number) => [x, y]);
const none = task('gives nothing', { cache: {} }, () => void note('gives nothing'));
const failsOnce = task('fails once, cached', { cache: {} }, () => {
  if (note('fails once, cached') === 1) throw new RangeError('not kept');
  return 'kept';
});

const statesOf = async (...calls: (() => PromiseLike<unknown> & { state: string })[]): Promise<unknown[]> => {
  const ends: unknown[] = [];
  for (const call of calls) {
    const run = call();
    ends.push([await run, run.state]);
  }
  return ends;
};
export const cachedInputs = flow('cached by inputs', () =>
  statesOf(
    () => plain(1),
    () => plain(1),
    () => plain(2),
  ),
);
export const cachedKey = flow('cached by one key', async () => {
  await oneKey(1);
  return statesOf(...[0, 1, 2].map((i) => () => oneKey(i)), () => sameKey(9));
});
export const betweenOne = flow('between flows, one', ({ x }: { x: number }) => betweenFlows(x));
export const between = flow('between flows', async () => [await betweenOne({ x: 1 }), await betweenOne({ x: 2 })]);
export const missed = flow('changing keys', () =>
  statesOf(
    () => changingKey(1),
    () => changingKey(1),
  ),
);
export const byRun = flow('by the run', () =>
  statesOf(
    () => keyOfRun('something'),
    () => keyOfRun('different'),
  ),
);
export const byRuns = flow('by the run, twice', async () => [await byRun(), await byRun()]);
export const byFuture = flow('by a future', () => {
  const future = identity('something') as never;
  return statesOf(
    () => keyOfArgument(future),
    () => keyOfArgument(future),
  );
});
export const defaults = flow('by defaults', () =>
  statesOf(
    () => byDefaults(1, 2, 3),
    () => byDefaults(1, 2),
    () => byDefaults(1, 2, 3),
  ),
);
export const expirations = flow('expirations', async () => {
  const states = await statesOf(
    () => lasting(1),
    () => lasting(2),
    () => past(1),
  );
  await sleep(10);
  return [...states, ...(await statesOf(() => past(2)))];
});
export const refreshes = flow('refreshes', () =>
  statesOf(
    () => refreshed(1),
    () => refreshed(2),
  ),
);
export const excluded = flow('excluded input', () =>
  statesOf(
    () => withoutY(1, 1),
    () => withoutY(1, 2),
    () => withoutY(2, 2),
  ),
);
export const nothingKept = flow('nothing is kept', async () => [
  ...(await statesOf(
    () => none(),
    () => none(),
  )),
  await notesOf('gives nothing'),
]);
export const failuresNotKept = flow('failures are not kept', async () => {
  const code = await failsOnce().catch(codeOf);
  return [
    code,
    ...(await statesOf(
      () => failsOnce(),
      () => failsOnce(),
    )),
  ];
});

// Transactions.
const reversible = task(
  'reversible',
  { undo: (result, key) => void note(key, `undo ${String(result)}`) },
  (key: string, name: string) => (note(key, name), name),
);
const refuses = task(
  'refuses',
  { undo: (_result, key) => void note(key, 'undo of what failed') },
  (_key: string): string => {
    throw new RangeError('oopsie');
  },
);
const shared = async (key: string, end: Promise<unknown>): Promise<unknown[]> => [
  await end.catch(codeOf),
  await notesOf(key),
];
export const grouped = flow('grouped rollback', async () => {
  const key = 'grouped';
  const end = transaction(async () => {
    await reversible(key, 'one');
    await reversible(key, 'two');
    throw new RangeError('oopsie');
  }).catch((error: Error) => error.message);
  return shared(key, end);
});
export const previous = flow('failure rolls back what was before', async () => {
  const key = 'previous';
  return shared(
    key,
    transaction(async () => (await reversible(key, 'one'), refuses(key))),
  );
});
export const nested = flow('rollback goes up', async () => {
  const key = 'nested';
  const end = transaction(async () => {
    await reversible(key, 'outer');
    await transaction(async () => {
      await reversible(key, 'middle');
      await transaction(async () => (await reversible(key, 'inner'), refuses(key)));
    });
  });
  return shared(key, end);
});
export const committed = flow('committed', async () => {
  const key = 'committed';
  await transaction(() => reversible(key, 'one'));
  return shared(key, Promise.resolve('committed'));
});
export const committedThenFails = flow('inner committed, outer fails', async () => {
  const key = 'inner committed';
  const end = transaction(async () => {
    await transaction(() => reversible(key, 'inner'));
    return refuses(key);
  });
  return shared(key, end);
});

// Concurrency, time-outs, crashes.
const busy = async (key: string, what: string): Promise<string> => {
  note(key, `+ ${what}`);
  await wait(30);
  note(key, `- ${what}`);
  return what;
};
const one = task('one at a time', { limits: [{ name: 'test', slots: 1 }] }, (what: string) =>
  busy('one at a time', what),
);
const tagA = task('tagged a', { limits: [{ name: 'tag:limit-tag', slots: 1 }] }, (what: string) => busy('tags', what));
const tagB = task('tagged b', { limits: [{ name: 'tag:limit-tag', slots: 1 }] }, (what: string) => busy('tags', what));
const timedOut = task(
  'timed out holder',
  { timeout: '200 ms', limits: [{ name: 'released', slots: 1 }] },
  async (ms: number) => {
    await wait(ms, undefined, { signal: currentRun().signal });
    return 'had the place';
  },
);
const waitsFor = task(
  'waits for a place',
  { totalTimeout: '700 ms', limits: [{ name: 'taken', slots: 1 }] },
  () => 'in time',
);
const holds = task('holds', { limits: [{ name: 'taken', slots: 1 }] }, async () => {
  note('holds');
  await wait(60_000, undefined, { signal: currentRun().signal });
});
const rated = task(
  'rated',
  { limits: [{ name: 'rate', perSecond: 20 }] },
  (_n: number) => void note('rated', Date.now()),
);
const dies = task('dies', { onCrash: 'fail' }, () => process.exit(3));
const inTime = task('in time', { timeout: '10 seconds' }, () => 'in time');
const late = task('late', { timeout: '50 ms' }, () => wait(60_000, undefined, { signal: currentRun().signal }));

const most = (lines: readonly string[]): number => {
  let [now, top] = [0, 0];
  for (const line of lines) top = Math.max(top, (now += line.startsWith('+') ? 1 : -1));
  return top;
};
export const oneAtATime = flow('one at a time', async () => {
  await one.map(['a', 'b', 'c']);
  return most(await notesOf('one at a time'));
});
export const byTag = flow('limited by tag', async () => {
  await Promise.all([tagA('a'), tagB('b'), tagA('c'), tagB('d')]);
  return most(await notesOf('tags'));
});
export const slotReleased = flow('slot released', async () => {
  const first = await timedOut(600_000).catch(codeOf);
  return [first, await timedOut.with({ timeout: '1 minute' })(0)];
});
export const placeNotFound = flow('no place in time', async () => {
  const holder = holds();
  while ((await notesOf('holds')).length === 0) await sleep(10);
  const code = await waitsFor().catch(codeOf);
  holder.cancel();
  await holder.catch(() => undefined);
  return [code, await waitsFor.with({ totalTimeout: '1 minute' })()];
});
export const ratedFlow = flow('rated', async () => {
  // From the call on: how late a body comes after its turn is not the rate's doing.
  const calledAt = Date.now();
  await rated.map(Array.from({ length: 21 }, (_, i) => i));
  const times = (await notesOf('rated')).map(Number);
  return Math.max(...times) - calledAt >= 990;
});
export const crashes = flow('crashes', async () => {
  const run = dies();
  return [await run.catch(codeOf), run.state];
});
export const timeouts = flow('time-outs of tasks', async () => {
  const run = late();
  return [await run.catch(codeOf), run.state, await inTime()];
});

const [done, hit] = ['Completed', 'Cached'];
export const cacheCases: PortedCase[] = [
  { name: 'test_repeated_task_call_within_flow_is_cached_by_default', flow: 'cached by inputs', value: [[1, done], [1, hit], [2, done]] }, // prettier-ignore
  { name: 'test_many_repeated_cache_hits_within_flows_cached', flow: 'cached by one key', value: [[1, hit], [1, hit], [1, hit], [9, done]], prefect: 'a key is shared by all tasks; here by the runs of one task' }, // prettier-ignore
  { name: 'test_cache_hits_between_flows_are_cached', flow: 'between flows', value: [1, 1] },
  {
    name: 'test_cache_misses_arent_cached',
    flow: 'changing keys',
    value: [
      [1, done],
      [1, done],
    ],
  },
  { name: 'test_cache_key_fn_receives_context', flow: 'by the run, twice', value: Array(2).fill([['something', done], ['something', hit]]) }, // prettier-ignore
  { name: 'test_cache_key_fn_receives_resolved_futures', flow: 'by a future', value: [['something', done], ['something', hit]] }, // prettier-ignore
  { name: 'test_cache_key_fn_arg_inputs_are_stable', flow: 'by defaults', value: [[6, done], [6, done], [6, hit]], prefect: 'what is left out counts as its default; here it does not' }, // prettier-ignore
  { name: 'test_cache_key_hits_with_future_expiration_are_cached, test_cache_key_hits_with_past_expiration_are_not_cached', flow: 'expirations', value: [[1, done], [1, hit], [1, done], [2, done]] }, // prettier-ignore
  {
    name: 'test_cache_misses_w_refresh_cache',
    flow: 'refreshes',
    value: [
      [1, done],
      [2, done],
    ],
  },
  { name: 'TestInputsPolicy.test_key_excludes_excluded_inputs', flow: 'excluded input', value: [[[1, 1], done], [[1, 1], hit], [[2, 2], done]] }, // prettier-ignore
  { name: 'TestCachePolicy.test_none_return_value_does_persist', flow: 'nothing is kept', value: [[undefined, done], [undefined, hit], ['ran']] }, // prettier-ignore
  { name: 'TestTaskCaching, a failure', flow: 'failures are not kept', value: ['TASK_FAILED', ['kept', done], ['kept', hit]] }, // prettier-ignore
];
export const transactionCases: PortedCase[] = [
  { name: 'TestTransactions.test_grouped_rollback_behavior', flow: 'grouped rollback', value: ['oopsie', ['one', 'two', 'undo two', 'undo one']] }, // prettier-ignore
  { name: 'TestTransactions.test_task_failure_causes_previous_to_rollback', flow: 'failure rolls back what was before', value: ['TASK_FAILED', ['one', 'undo one']] }, // prettier-ignore
  { name: 'TestRollBacks.test_rollback_flag_propagates_up', flow: 'rollback goes up', value: ['TASK_FAILED', ['outer', 'middle', 'inner', 'undo inner', 'undo middle', 'undo outer']] }, // prettier-ignore
  { name: 'TestHooks.test_sync_on_rollback_hook: not on commit', flow: 'committed', value: ['committed', ['one']] },
  { name: 'TestCommitMode.test_txns_dont_commit_on_exception', flow: 'inner committed, outer fails', value: ['TASK_FAILED', ['inner', 'undo inner']] }, // prettier-ignore
];
export const concurrencyCases: PortedCase[] = [
  { name: 'test_concurrency_can_be_used_within_a_flow', flow: 'one at a time', value: 1 },
  { name: 'TestTaskConcurrencyLimits.test_tag_concurrency', flow: 'limited by tag', value: 1 },
  { name: 'TestTimeout.test_timeout_concurrency_slot_released_async', flow: 'slot released', value: ['TASK_TIMED_OUT', 'had the place'] }, // prettier-ignore
  { name: 'test_concurrency_respects_timeout', flow: 'no place in time', value: ['TASK_TIMED_OUT', 'in time'] },
  { name: 'test_rate_limit_can_be_used_within_a_flow', flow: 'rated', value: true, isServerOnly: true },
  { name: 'TestTaskCrashDetection.test_interrupt_in_task_function_crashes_task', flow: 'crashes', value: ['TASK_CRASHED', 'Crashed'], isServerOnly: true }, // prettier-ignore
  { name: 'TestTaskTimeouts', flow: 'time-outs of tasks', value: ['TASK_TIMED_OUT', 'TimedOut', 'in time'] },
];
