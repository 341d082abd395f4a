// Rules, skip, ordering edges and how a flow ends, as flows; `trigger-cases.ts` says what comes of each.
import {
  allFailed,
  allFinished,
  allowFailure,
  allSuccessful,
  anyFailed,
  anySuccessful,
  flow,
  isFailureValue,
  notAllSkipped,
  sequence,
  someFailed,
  someSuccessful,
  type TaskFuture,
  type TriggerRule,
} from 'perdure';
import {
  act,
  allBegun,
  broken,
  good,
  type How,
  inc,
  numbers,
  oddFails,
  skipped,
  stays,
  sum,
  use,
  waits,
} from './tasks.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;
export type Upstream = How | 'unmet' | 'cancelled';

const rules: Record<string, TriggerRule> = {
  allSuccessful,
  allFailed,
  anySuccessful,
  anyFailed,
  allFinished,
  notAllSkipped,
  'some successful: 2': someSuccessful({ atLeast: 2 }),
  'some successful: at most 1': someSuccessful({ atMost: 1 }),
  'some failed: half': someFailed({ atLeast: 0.5 }),
  'some failed: 1': someFailed({ atLeast: 1, atMost: 1 }),
};
const ruleNamed = (name: string): TriggerRule => rules[name] ?? allSuccessful;

const upstreamOf = (kind: Upstream): TaskFuture<unknown> => {
  if (kind === 'unmet') return use(broken());
  if (kind === 'cancelled') {
    const future = good();
    future.cancel();
    return future;
  }
  return kind === 'ok' ? good() : kind === 'fail' ? broken() : skipped();
};
/** Looked at, a failure does not fail the flow: the case is about something else. */
const seen = <F extends TaskFuture<unknown>>(future: F): F => {
  void future.catch(() => undefined);
  return future;
};
interface Told {
  rule: string;
  upstream: Upstream[];
  skips: boolean;
}

export const ruled = flow('ruled', async ({ rule, upstream, skips }: Told) => {
  const run = use.with({ trigger: ruleNamed(rule), skipOnUpstreamSkip: skips })(
    ...upstream.map((kind) => seen(upstreamOf(kind))),
  );
  const value = await run.catch(codeOf);
  return { state: run.state, value };
});
export const ruledByOrder = flow('ruled by order', async ({ rule, upstream, skips }: Told) => {
  const after = upstream.map((kind) => seen(upstreamOf(kind)));
  const run = good.with({ after, trigger: ruleNamed(rule), skipOnUpstreamSkip: skips })('ran');
  const value = await run.catch(codeOf);
  return { state: run.state, value };
});
export const ruledByMap = flow(
  'ruled by map',
  async ({ rule, items, skips, batch }: { rule: string; items: How[]; skips: boolean; batch: number | false }) => {
    const map = seen(act.with({ batch }).map(items));
    const run = use.with({ trigger: ruleNamed(rule), skipOnUpstreamSkip: skips })(map);
    const value = await run.catch(codeOf);
    return { state: run.state, value };
  },
);
export const ruledItems = flow(
  'ruled items',
  async ({ rule, items, skips, batch }: { rule: string; items: How[]; skips: boolean; batch: number | false }) => {
    const first = act.with({ batch }).map(items);
    const second = use.with({ trigger: ruleNamed(rule), skipOnUpstreamSkip: skips, batch }).map(first);
    return (await second.settled()).map(({ state }) => state);
  },
);

const shown = (value: unknown): unknown =>
  isFailureValue(value) ? `${value.state}: ${value.name}` : Array.isArray(value) ? value.map(shown) : value;
export const allowed = flow('allowed', async ({ upstream }: { upstream: Upstream }) =>
  shown(await allowFailure(upstreamOf(upstream))),
);
export const allowedInTask = flow('allowed in task', async ({ upstream }: { upstream: Upstream }) => {
  const run = use(allowFailure(upstreamOf(upstream)), 1);
  return { state: (await run, run.state), value: shown(await run) };
});
export const allowedMap = flow('allowed map', async ({ items, batch }: { items: How[]; batch: number | false }) =>
  shown(await allowFailure(act.with({ batch }).map(items))),
);
export const allowedPart = flow('allowed part', async () => shown(await allowFailure(broken()).at('x' as never)));
export const allowedOrder = flow('allowed order', () => good.with({ after: [allowFailure(broken())] })('ran'));
export const allowedReturned = flow('allowed returned', () => [allowFailure(broken()), good('fine')]);

// How a flow ends.
export const returnsDespiteFailure = flow('returns despite failure', () => {
  broken();
  return 'value';
});
export const returnsFailed = flow('returns failed', () => broken());
export const returnsNestedFailed = flow('returns nested failed', () => ({ a: [broken()] }));
export const caught = flow('caught', async () => {
  try {
    await broken();
  } catch {
    return 'caught';
  }
  return 'not caught';
});
export const caughtUnawaited = flow('caught unawaited', () => {
  void broken().catch(() => undefined);
  return 'value';
});
export const handledByRule = flow('handled by rule', () => use.with({ trigger: allFinished })(broken()));
export const handledDownChain = flow('handled down a chain', () =>
  use.with({ trigger: anyFailed })(inc(inc(broken()))),
);
export const notHandledByUnmet = flow('not handled by unmet', async () => {
  await inc(broken()).catch(() => undefined);
  return 'value';
});
export const unmetIsFailure = flow('unmet is failure', () => {
  use.with({ trigger: allFailed })(good());
  return 'value';
});
export const skippedReturned = flow('skipped returned', () => ({ value: skipped() }));
export const throwsAfterTask = flow('throws after a task', async () => {
  await good();
  throw new SyntaxError('of the flow');
});
export const throwsBeside = flow('throws beside', async () => {
  const started = waits();
  const never = good.with({ after: [started] })('never');
  await good();
  void never;
  throw new SyntaxError('of the flow');
});
export const floatingHandler = flow('floating handler of a task', () => {
  good().then(() => {
    throw new Error('floating');
  });
  return 1;
});
export const lookedAtHandler = flow('looked at handler', async () => {
  const chained = good().then(() => {
    throw new Error('looked at');
  });
  return chained.catch((error) => (error as Error).message);
});
export const goesOnByItself = flow('goes on by itself', () => {
  void (async () => {
    await good();
    await inc(1);
    broken();
  })();
  return 'value';
});
export const loserOfRace = flow('loser of a race', async () => {
  const slow = stays();
  const first = await Promise.race([good('first'), slow]);
  await allBegun(1);
  slow.cancel();
  return [first, await slow];
});
export const promiseAll = flow('promise all', () => Promise.all([good(1), inc(1), sum([1, 2])]));
export const promiseAllFails = flow('promise all fails', () => Promise.all([good(1), broken()]));
export const allSettled = flow('all settled', async () =>
  (await Promise.allSettled([good(1), broken(), skipped()])).map(({ status }) => status),
);
export const finallyRuns = flow('finally runs', async () => {
  const order: string[] = [];
  await broken()
    .finally(() => void order.push('finally'))
    .catch(() => void order.push('caught'));
  return order;
});

// Ordering edges.
const noted = (order: string[]) => (name: string) => {
  const run = good(name);
  void run.then(() => void order.push(name));
  return run;
};
export const inSequence = flow('in sequence', async () => {
  const order: string[] = [];
  const note = noted(order);
  const [a, b, c] = [note('a'), note('b'), note('c')];
  sequence(c, b, a);
  await a;
  return order;
});
export const inStages = flow('in stages', async () => {
  const order: string[] = [];
  const note = noted(order);
  const [a, b, c, d] = [note('a'), note('b'), note('c'), note('d')];
  sequence(d, [b, c], a);
  await a;
  return [order[0], order.slice(1, 3).sort(), order[3]];
});
export const beforeAndAfter = flow('before and after each other', async () => {
  const order: string[] = [];
  const note = noted(order);
  const [a, b, c] = [note('a'), note('b'), note('c')];
  b.before(a);
  b.after(c);
  await a;
  return order;
});
export const afterFailure = flow('after a failure', async () => {
  const run = good.with({ after: [broken()] })();
  return [await run.catch(codeOf), run.state];
});
export const afterMap = flow('after a map', async () => {
  const map = inc.map([1, 2, 3]);
  const run = good.with({ after: [map] })('after');
  const value = await run;
  return [value, map.state];
});
export const mapAfter = flow('a map after', async () => {
  const first = good();
  const map = inc.with({ after: [first] }).map([1, 2]);
  return { value: await map, first: first.state };
});
export const mapAfterFailure = flow('a map after a failure', async () => {
  const map = inc.with({ after: [broken()] }).map([1, 2]);
  return [await map.catch(codeOf), map.state];
});
export const selfCycle = flow('self cycle', () => {
  const a = good();
  a.after(a);
});
export const longCycle = flow('long cycle', () => {
  const [a, b, c] = [good(), good(), good()];
  a.before(b);
  b.before(c);
  c.before(a);
});
export const dataCycle = flow('data cycle', () => {
  const a = good();
  const b = use(a);
  a.after(b);
});
export const lateEdge = flow('edge too late', async () => {
  const [a, b] = [good(), waits()];
  await good();
  a.after(b);
});
export const edgeWhileWaiting = flow('edge while it waits', async () => {
  const blocked = inc(waits() as never);
  await Promise.resolve();
  await Promise.resolve();
  blocked.after(good());
});
export const sequenceOfMaps = flow('sequence of maps', async () => {
  const first = oddFails.map(numbers(2));
  const second = seen(inc.map([1]));
  sequence(first, second);
  await first.catch(() => undefined);
  await second.catch(() => undefined);
  return [first.state, second.state];
});
