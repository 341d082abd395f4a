// Flows of many shapes, as users would write them; `shapes.test.ts` runs each on a real server.
import { appendFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { currentRun, flatten, flow, NonRetryableError, RetryableError, sequence, task, unmapped } from 'perdure';
import type { TaskFuture } from 'perdure';

const ledger = process.env['LEDGER'] ?? '/dev/null';
const note = task('note', async (line: string) => appendFile(ledger, `${line}\n`));

const one = task('one', () => 1);
const inc = task('inc', async (x: number) => x + 1);
const add = task('add', (a: number, b: number) => a + b);
const sum = task('sum', (xs: number[]) => xs.reduce((a, b) => a + b, 0));
const range = task('range', (n: number) => Array.from({ length: n }, (_, i) => i));
const echo = task('echo', (value: unknown) => value);
const pair = task('pair', (x: { left: number; right: number[] }) => [x.left, ...x.right]);
const explode = task('explode', (message: string): number => {
  throw new TypeError(message, { cause: new Error('the root of it') });
});
const explodeOnMultiplesOf7 = task('explode_on_7', (x: number) => {
  if (x % 7 === 0) throw new RangeError(`no ${x}`);
  return x;
});
const addTo = task('add_to', (x: number, offset: number, label: string) => `${label}${x + offset}`);

export const diamond = flow('diamond', () => {
  const top = one();
  return add(inc(top), inc(inc(top)));
});

export const nested = flow('nested futures', () => {
  const left = one();
  return pair({ left, right: [inc(left), inc(inc(left))] });
});

export const returnsStructure = flow('returns a structure', () => ({ a: one(), list: [inc(1), { deep: inc(2) }] }));

export const conditional = flow('conditional', async () => {
  if ((await one()) === 1) return inc(10);
  return inc(100);
});

export const loop = flow('loop', async ({ times }: { times: number }) => {
  let x = 0;
  for (let i = 0; i < times; i++) x = await inc(x);
  return x;
});

export const unawaitedChain = flow('unawaited chain', ({ times }: { times: number }) => {
  let x = inc(0);
  for (let i = 1; i < times; i++) x = inc(x);
  return x;
});

export const catches = flow('catches', async () => {
  try {
    return await explode('boom');
  } catch (error) {
    const { name, message, cause, code } = error as Error & { cause: Error; code: string };
    return { name, code, message, cause: `${cause.name}: ${cause.message}`, root: (cause.cause as Error).message };
  }
});

export const fails = flow('fails', () => sum([explode('boom'), one()]));
export const failsAwaited = flow('fails awaited', async () => inc(await explode('awaited boom')));
export const unhandled = flow('fails though it returns', () => {
  explode('nobody looks');
  return 'value';
});
export const throwsItself = flow('throws itself', async () => {
  await one();
  throw new SyntaxError('the flow itself');
});
export const floating = flow('floating handler', () => {
  one().then(() => {
    throw new Error('floating');
  });
  return 1;
});

export const ordered = flow('Ordered by sequence', () => {
  const [a, b, c, d] = [note('a'), note('b'), note('c'), note('d')];
  sequence(d, [b, c], a);
});
export const beforeAfter = flow('before and after', () => {
  const a = note('A');
  const b = note('B');
  const c = note('C');
  b.before(a);
  c.before(b);
  return echo.with({ after: [a] })('done');
});
export const lateEdge = flow('late edge', async () => {
  const a = note('x');
  const b = note('y');
  await one();
  b.before(a);
});
export const cycle = flow('cycle', () => {
  const a = note('x');
  const b = note('y');
  a.before(b);
  b.before(a);
});
export const coerced = flow('coerced', () => `${one()}`);

export const mapped = flow('mapped', ({ n }: { n: number }) => sum(inc.map(range(n))));
export const mapOfLiteral = flow('map of a literal', () => addTo.map([1, 2, 3], unmapped(10), 'n='));
export const mapWithFutures = flow('map over futures', () => inc.map([one(), inc(5), 7]));
export const mapEmpty = flow('map of nothing', () => inc.map(range(0)));
export const mapChained = flow('chained maps', ({ n }: { n: number }) => sum(inc.map(inc.map(inc.map(range(n))))));
export const mapFlattened = flow('flattened', () => inc.map(flatten(range.map([2, 0, 3]))));
export const mapZip = flow('two inputs', () => add.map(range(3), [10, 20, 30]));
export const mapUnequal = flow('unequal inputs', () => add.map(range(3), [1, 2]));
export const mapNotArray = flow('not an array', () => inc.map(one() as never));
export const mapFailures = flow('map with failures', async ({ n }: { n: number }) => {
  const outcomes = await explodeOnMultiplesOf7.map(range(n)).settled();
  return {
    ok: outcomes.filter((one) => one.state === 'Completed').length,
    failed: outcomes
      .filter((one) => one.state === 'Failed')
      .map((one) => [one.index, (one.error?.cause as Error).message]),
  };
});
export const mapFailuresChained = flow('failures stay with their item', async () => {
  const first = explodeOnMultiplesOf7.map(range(10));
  const second = inc.map(first);
  const outcomes = await second.settled();
  await first.settled();
  return outcomes.map((one) => one.value ?? one.state);
});
export const mapFails = flow('map that fails', () => sum(explodeOnMultiplesOf7.map(range(20))));
export const mapAsCompleted = flow('as completed', async () => {
  const seen: number[] = [];
  for await (const { index } of inc.map(range(5)).asCompleted()) seen.push(index);
  return seen.sort();
});

const child = flow('Child — ünïcode 子', ({ x }: { x: number }) => inc(inc(x)));
export const parent = flow('parent', () => add(child({ x: one() }), child({ x: 10 })));
export const mapOfFlows = flow('map of flows', () => child.map([{ x: 1 }, { x: 2 }, { x: 3 }]));
const failingChild = flow('failing child', () => explode('in the child'));
export const parentOfFailure = flow('parent of a failure', async () => {
  try {
    await failingChild();
  } catch (error) {
    return { code: (error as { code: string }).code, message: (error as Error).message };
  }
  return 'not reached';
});

export const withParams = flow(
  'with params',
  {
    params: z.object({
      n: z.coerce.number().int().positive(),
      label: z.string().default('item'),
      when: z.coerce.date().optional(),
    }),
  },
  ({ n, label }) => echo(`${label}:${n}`),
);

export const race = flow('race', async () => {
  const winner = await Promise.race([inc(1), inc(1)]);
  return winner;
});
export const all = flow('all', async () => (await Promise.all([inc(1), inc(2), inc(3)])).join());
export const at = flow('parts', () => {
  const whole = echo({ name: 'x', list: [5, 6] }) as TaskFuture<{ name: string; list: number[] }>;
  return [whole.at('name'), inc(whole.at('list').at(1))];
});

export const values = flow('values survive', () =>
  echo({
    date: new Date(0),
    map: new Map([['k', new Set([1n])]]),
    nan: Number.NaN,
    none: undefined,
    text: 'ü\u2028"',
    bytes: new Uint8Array([1, 2]),
  }),
);
export const strange = flow('__proto__', () =>
  echo(JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as object),
);
export const functions = flow('functions are refused', () => echo({ deep: [() => 1] }));
export const large = flow('large result', () => bigText(3_000_000));
const bigText = task('big_text', (n: number) => 'x'.repeat(n));

let calls = 0;
const flaky = task('flaky', { retries: 3, retryDelay: ['10ms', '20ms'], onCrash: 'fail' }, async () => {
  calls++;
  const { attempt = 0 } = currentRun();
  if (attempt < 3) throw new Error(`attempt ${attempt}`);
  return { attempt, runId: currentRun().runId, sawCalls: calls > 0 };
});
export const retried = flow('retried', () => flaky());
const hopeless = task('hopeless', { retries: 2 }, () => {
  throw new Error('hopeless');
});
export const exhausted = flow('exhausted', () => hopeless());
const never = task('never', { retries: 50 }, () => {
  throw new NonRetryableError('no use');
});
export const nonRetryable = flow('non-retryable', () => never());
const conditionally = task(
  'conditionally',
  { retries: 50, retryIf: (error) => (error as Error).message !== 'stop' },
  () => {
    throw new Error('stop');
  },
);
export const retryCondition = flow('retry condition', () => conditionally());
const later = task('later', { retries: 1, retryDelay: '1 hour' }, () => {
  if ((currentRun().attempt ?? 0) < 2) throw new RetryableError('busy', { retryAfter: '50ms' });
  return 'then';
});
export const retryAfter = flow('retry after', () => later());
const slow = task('slow', { timeout: '300ms' }, () => new Promise(() => undefined));
export const timesOut = flow('times out', () => slow());
const spinning = task('spinning', { timeout: '500ms' }, () => {
  for (;;);
});
export const spins = flow('spins', () => spinning());
const exits = task('exits', { onCrash: 'fail' }, () => process.exit(3));
export const crashes = flow('crashes', () => exits());
const local1 = task('local_inc', { local: true }, (x: number) => x + 1);
export const localChain = flow('local tasks', async () => local1(await local1(await local1(0))));
export const overridden = flow('overridden', () => hopeless.with({ retries: 0, name: 'only once' })());
export const cancelOne = flow('cancels one', async () => {
  const stuck = slowly();
  stuck.cancel();
  try {
    await stuck;
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'not cancelled';
});
const slowly = task('slowly', () => wait(3_600_000, undefined, { signal: currentRun().signal }));
export const long = flow('long', () => slowly());
export const fiveHundred = flow(
  '500 items, some fail',
  async () => (await explodeOnMultiplesOf7.map(range(500)).settled()).filter((one) => one.error).length,
);
