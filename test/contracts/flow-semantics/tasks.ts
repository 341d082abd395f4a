// The tasks that the flows of the contract share.
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentRun, NonRetryableError, RetryableError, SkipTask, task } from 'perdure';

export type How = 'ok' | 'fail' | 'skip';

export const good = task('good', (value: unknown = 1) => value);
export const broken = task('broken', (message: string = 'broken'): number => {
  throw new RangeError(message, { cause: new TypeError('the root of it') });
});
export const skipped = task('skipped', (): number => {
  throw new SkipTask('nothing to do');
});
export const use = task('use', (...values: unknown[]) => values.map((value) => (value === undefined ? 'none' : value)));
export const inc = task('inc', async (n: number) => n + 1);
export const add = task('add', (a: number, b: number) => a + b);
export const sum = task('sum', (numbers: (number | undefined)[]) =>
  numbers.reduce<number>((all, one) => all + (one ?? 0), 0),
);
export const label = task('label', (n: unknown, prefix: string) => `${prefix}${String(n)}`);
export const numbers = task('numbers', (count: number) => Array.from({ length: count }, (_, i) => i));
export const lengthOf = task('length of', (value: { length: number }) => value.length);
/** Does what its item says. */
export const act = task('act', (how: How, value?: unknown) => {
  if (how === 'fail') throw new RangeError('told to');
  if (how === 'skip') throw new SkipTask('told to');
  return value ?? how;
});
export const oddFails = task('odd fails', (n: number) => {
  if (n % 2 === 1) throw new RangeError(`${n} is odd`);
  return n;
});
const whenStopped = (): Promise<Error> =>
  new Promise((resolve) => {
    const signal = currentRun().signal!;
    const stop = (): void => resolve(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
/** Ends only when it is told to stop. */
export const waits = task('waits', async (_item?: number): Promise<string> => {
  await whenStopped();
  throw new Error('stopped');
});
const begunIn = (): string => join(tmpdir(), `perdure-begun-${currentRun().runId.replaceAll('/', '-')}`);
/** Counts as begun, and returns when it is told to stop. Its task has a process to itself, which no neighbour brings down. */
export const returnsWhenStopped = async (): Promise<string> => {
  appendFileSync(begunIn(), '.');
  await whenStopped();
  return 'after all';
};
export const stays = task('stays', { onCrash: 'fail' }, returnsWhenStopped);
/** Fails until its attempt number `from`. */
export const flaky = task('flaky', { retries: 5 }, (from: number) => {
  const { attempt = 0 } = currentRun();
  if (attempt < from) throw new RangeError(`attempt ${attempt}`);
  return attempt;
});
export const delayed = task('delayed', { retries: 2, retryDelay: ['10 ms', '20 ms'] }, (from: number) => {
  const { attempt = 0 } = currentRun();
  if (attempt < from) throw new RangeError(`attempt ${attempt}`);
  return attempt;
});
export const computedDelay = task(
  'computed delay',
  { retries: 1, retryDelay: (retry: number, error: unknown) => (error instanceof RangeError ? retry : 'never') },
  (kind: 'range' | 'type') => {
    const { attempt = 0 } = currentRun();
    if (attempt === 1) throw kind === 'range' ? new RangeError('first') : new TypeError('first');
    return attempt;
  },
);
export const conditional = task(
  'conditional',
  { retries: 3, retryIf: (error) => error instanceof RangeError },
  (kind: 'range' | 'type', from: number = 3) => {
    const { attempt = 0 } = currentRun();
    if (attempt < from)
      throw kind === 'range' ? new RangeError(`attempt ${attempt}`) : new TypeError(`attempt ${attempt}`);
    return attempt;
  },
);
export const brokenCondition = task(
  'broken condition',
  {
    retries: 3,
    retryIf: () => {
      throw new TypeError('the condition itself');
    },
  },
  (): number => {
    throw new RangeError('the body');
  },
);
export const final = task('final', { retries: 3 }, (): number => {
  throw new NonRetryableError('no use', { cause: new TypeError('why') });
});
export const later = task('later', { retries: 2, retryDelay: '1 hour' }, (after: string) => {
  const { attempt = 0 } = currentRun();
  if (attempt === 1) throw new RetryableError('busy', { retryAfter: after });
  return attempt;
});
export const skipsLater = task('skips later', { retries: 2 }, () => {
  const { attempt = 0 } = currentRun();
  if (attempt === 1) throw new RangeError('first');
  throw new SkipTask('then not');
});
const untilStopped = async (): Promise<never> => {
  throw await whenStopped();
};
/** Half of so many end only when they are told to stop. */
export const half = task('half', (n: number, count: number): number | Promise<never> => {
  appendFileSync(begunIn(), '.');
  return n < count / 2 ? n : untilStopped();
});
/** Waits until so many have begun of what counts as begun in this run. */
export const allBegun = task('all begun', async (count: number) => {
  const file = begunIn();
  while (!existsSync(file) || readFileSync(file).length < count) await new Promise((done) => setTimeout(done, 20));
  rmSync(file);
});
export const slow = task('slow', { timeout: '30 ms' }, untilStopped);
// A machine that is held up lets later attempts time out as well.
export const slowOnce = task('slow once', { timeout: '200 ms', retries: 20 }, async () =>
  currentRun().attempt === 1 ? untilStopped() : 'ran',
);
export const slowForGood = task('slow for good', { timeout: '30 ms', retries: 2, retryIf: () => false }, untilStopped);
export const bounded = task('bounded', { totalTimeout: '300 ms' }, untilStopped);
export const boundedRetries = task(
  'bounded retries',
  { totalTimeout: '1 minute', retries: 5, retryDelay: '1 hour' },
  () => {
    throw new RangeError('in vain');
  },
);
export const near = task('near', { local: true }, (n: number) => n + 1);
export const nearFlaky = task('near flaky', { local: true, retries: 2 }, (from: number) => {
  const { attempt = 0 } = currentRun();
  if (attempt < from) throw new RangeError(`attempt ${attempt}`);
  return attempt;
});
export const nearBroken = task('near broken', { local: true }, (): number => {
  throw new RangeError('near');
});
export const who = task('who', { tags: ['declared'] }, () => {
  const { kind, flowName, taskName, taskRunId, attempt, mapIndex, tags } = currentRun();
  return { kind, flowName, taskName, taskRunId, attempt, mapIndex, tags };
});
export const generate = task('generate', async function* (count: number) {
  for (let i = 0; i < count; i++) yield i;
});
export const total = task('total', { stream: true }, async (items: AsyncIterable<number>) => {
  let all = 0;
  for await (const item of items) all += item;
  return all;
});
export const text = task('text', (length: number) => 'x'.repeat(length));
export const rowsOf = task('rows of', (count: number, length: number) =>
  Array.from({ length: count }, (_, id) => ({ id, text: 'y'.repeat(length) })),
);
export const idOf = task('id of', (row: { id: number }) => row.id);
