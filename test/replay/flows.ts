// The flows whose histories are kept. Never change a flow here: add another. `record.ts` records those without one.
import {
  approval,
  currentRun,
  flatten,
  flow,
  type HookEvent,
  manualOnly,
  range as numbers,
  sequence,
  sleep,
  task,
  transaction,
  unmapped,
  waitFor,
} from 'perdure';

const one = task('one', () => 1);
const inc = task('inc', async (x: number) => x + 1);
const incLocal = task('inc_local', { local: true }, (x: number) => x + 1);
const add = task('add', (a: number, b: number) => a + b);
const range = task('range', (n: number) => Array.from({ length: n }, (_, i) => i));
const sum = task('sum', (xs: number[]) => xs.reduce((a, b) => a + b, 0));
const odd = task('odd', (x: number) => {
  if (x % 2) throw new RangeError(`odd: ${x}`);
  return x;
});
const flaky = task('flaky', { retries: 2 }, () => {
  if ((currentRun().attempt ?? 0) < 2) throw new Error('once');
  return 'then';
});
const stuck = task(
  'stuck',
  () => new Promise((_, reject) => currentRun().signal?.addEventListener('abort', () => reject(new Error('stop')))),
);

export const diamond = flow('diamond', () => {
  const top = one();
  return add(inc(top), inc(inc(top)));
});
export const loop = flow('loop', async () => {
  let x = 0;
  while (x < 5) x = await inc(x);
  return x;
});
export const mapped = flow('mapped', () => sum(inc.map(range(250))));
export const chained = flow('chained maps', () => sum(inc.map(add.map(inc.map(range(12)), unmapped(5)))));
export const flattened = flow('flattened', () => inc.map(flatten(range.map([2, 0, 3]))));
const rangeBelow5 = task('range_below_5', (n: number) => {
  if (n >= 5) throw new RangeError(`too many: ${n}`);
  return Array.from({ length: n }, (_, i) => i);
});
export const flattenedSlots = flow('flattened, with a failure', async () => {
  const lists = [rangeBelow5.map([2, 9, 3]), rangeBelow5.with({ batch: 2 }).map([2, 9, 3])];
  const ended = await Promise.all(lists.map((list) => inc.map(flatten(list)).settled()));
  return ended.flat().map(({ state, value }) => value ?? state);
});
export const flattenedTwice = flow('flattened twice at a time', async () => {
  const lists = rangeBelow5.map([2, 9, 3]);
  const ended = await Promise.all([inc.map(flatten(lists)).settled(), inc.map(flatten(lists)).settled()]);
  return ended.flat().map(({ state, value }) => value ?? state);
});
export const flattenedLong = flow('flattened long lists', () => sum(inc.map(flatten(range.map([2_000, 3])))));
export const confined = flow('failures confined', async () => {
  const first = odd.map(range(6));
  const second = inc.map(first);
  await first.settled();
  return (await second.settled()).map((outcome) => outcome.value ?? outcome.state);
});
export const ordered = flow('ordered', () => {
  const [a, b, c] = [one(), one(), one()];
  sequence(a, [b], c);
  return c;
});
export const local = flow('local tasks', async () => incLocal(await incLocal(0)));
export const retried = flow('retried', () => flaky());
export const cancelled = flow('cancels one', async () => {
  const run = stuck();
  await one();
  run.cancel();
  return run.then(
    () => 'not cancelled',
    (error: unknown) => (error as { code: string }).code,
  );
});
const child = flow('Child — 子', ({ x }: { x: number }) => inc(x));
export const parent = flow('parent', () => add(child({ x: one() }), sum(child.map([{ x: 1 }, { x: 2 }]))));
export const caught = flow('caught', async () => {
  try {
    return await odd(1);
  } catch {
    return inc(1);
  }
});
const firstOnly = task('first_only', async (n: number) => (n === 0 ? n : stuck.fn()));
export const cancelledBatch = flow('cancels a batch', async () => {
  const map = firstOnly.with({ batch: 3 }).map([0, 1, 2]);
  await sleep(2_000);
  map.cancel();
  return (await map.settled()).map(({ state }) => state);
});
export const calledOff = flow('calls off what waits', async () => {
  const call = () => {
    const nap = sleep('1 day');
    const first = toldOfAll(nap);
    return [first, toldOfAll(first), inc.map(inc.with({ concurrency: 1 }).map(range(first as never)))];
  };
  const end = await transaction(async () => {
    call();
    await sleep(20);
    throw new RangeError('of the transaction');
  }).catch((error: Error) => error.name);
  call();
  await one();
  throw new RangeError(end);
});
export const failing = flow('failing', () => sum([odd(1), one()]));

export const borne = flow('failures borne', () => odd.with({ tolerate: 2 }).map([0, 1, 2, 3]));
export const batched = flow('batched map', () => sum(inc.map(numbers(0, 300))));
/** With several first batches at once, policy 2. */
export const probed = flow('batched map, several probes', () => sum(inc.map(numbers(0, 300))));
export const batchedChain = flow('batched chain', async () => {
  const first = odd.with({ batch: 40 }).map(numbers(0, 100));
  return (await inc.map(first).settled()).filter(({ state }) => state === 'Completed').length;
});
const large = task('large', (): string => 'x'.repeat(20_000));
const sizeOf = task('size_of', (text: string) => text.length);
export const stored = flow('stored values', async () => {
  const text = large();
  return [await sizeOf(text), (await text).length];
});

const undoable = task('undoable', { undo: () => undefined }, (n: number) => n);
const tell = task('tell', (event: HookEvent) => event.state);
const toldOfAll = task('told of all', { onFailure: tell, onCancellation: tell }, (given: unknown) => given);
const told = task('told', { onCompletion: tell }, (n: number) => n);
const manual = task('manual', { trigger: manualOnly }, (n: number) => n);
export const slept = flow('sleeps and waits', async () => {
  const nap = sleep(20);
  nap.before(one());
  const nobody = approval('nobody', { parse: String }, { timeout: 30, onTimeout: 'nobody' });
  const never = waitFor('never', undefined, { timeout: 30 }).catch(
    (error: unknown) => (error as { code: string }).code,
  );
  sleep('1 day').cancel();
  manual(1).cancel();
  return [await nobody, await never];
});
export const rolledBack = flow('rolled back', async () => {
  await transaction(async () => {
    await undoable(1);
    await transaction(() => undoable.map([2, 3]));
    await odd(1);
  }).catch(() => undefined);
  await undoable(4);
  return odd(3);
});
export const hooked = flow('hooked', { onCompletion: [tell, one], onFailure: tell }, async () => {
  await told.map([1, 2]);
  return told(3);
});

const cachedOnce = task('cached', { cache: { key: 'run' } }, (n: number) => n);
export const found = flow('found again', async () => {
  const first = await cachedOnce(1);
  const again = await cachedOnce(1);
  const items = await cachedOnce.with({ batch: 2 }).map([1, 2, 1]);
  return sum([first, again, ...items, one.with({ after: [cachedOnce(1)] })()] as number[]);
});

/** What follows from each of several local tasks that run at once. */
const afterLocal = async (n: number): Promise<number> => add(inc(await incLocal(n)), inc(n));
export const localPairs = flow('local pairs', () => Promise.all([1, 2, 3].map(afterLocal)));
