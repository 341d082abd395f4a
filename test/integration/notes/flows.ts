// What bodies and flow code leave beside their results; run by the command and by a program.
import { artifact, currentRun, flow, logger, range, secret, task } from 'perdure';

export const noisy = task(
  'noisy',
  { retries: 1, logPrints: true, tags: ['loud'], runName: 'noisy-{0.id}' },
  async (row: { id: number }) => {
    const { attempt, idempotencyKey, name, tags, retries } = currentRun();
    logger.info('begun', { row, attempt, idempotencyKey, name, tags, retries });
    console.log('printed by', row.id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    artifact.progress('rows', { done: row.id, total: 10 });
    artifact.table('rejected', [{ id: row.id, attempt }], { description: 'what was refused' });
    if (attempt === 1 && row.id === 2) {
      logger.error('failed once');
      throw new RangeError('once');
    }
    artifact.progress('rows', 1);
    artifact.markdown('summary', `# Row ${row.id}\n\n- **done**`);
    artifact.link('source', 'https://example.com/rows');
    return row.id;
  },
);

export const quiet = task('quiet', (n: number) => n);
export const counts = task('counts', { runName: (n: number) => `count ${n}` }, (n: number) => {
  if (n % 100 === 0) logger.warn('hundred', { n, name: currentRun().name, index: currentRun().mapIndex });
  return n;
});

export const logged = flow('logged', async ({ rows = 3 }: { rows?: number }) => {
  const { parameters, attempt, scheduledStartAt, idempotencyKey, runId } = currentRun();
  logger.info('flow begun', {
    parameters,
    attempt,
    isDate: scheduledStartAt instanceof Date,
    same: idempotencyKey === runId,
  });
  const first = noisy.with({ tags: ['one'] })({ id: 1 });
  logger.warn('flow waits');
  await first;
  logger.info('flow goes on');
  const all = noisy.map(Array.from({ length: rows }, (_, i) => ({ id: i + 1 })));
  const batched = counts.with({ batch: 100 }).map(range(300));
  return [await quiet(await first), await all, (await batched).length];
});

const use = task('use', { retries: 1, logPrints: true }, async (token: string, { inner }: { inner: string[] }) => {
  const own = await secret('SECOND_SECRET');
  logger.info(`token ${token}`, { token, own });
  console.log('printed', token, own);
  process.stdout.write(`raw ${token} ${own}\n`);
  artifact.markdown('leak', `text with ${token} and ${own}`);
  return token.length + (inner[0] ?? '').length + own.length;
});
const throwing = task('throwing', async (token: string) => {
  const error = new RangeError(`refused ${token}`, { cause: new TypeError(`because of ${token}`) });
  throw Object.assign(error, { token });
});
const telling = task('telling', (token: string) => ({ header: [`Bearer ${token}`] }));
const yielding = task('yielding', async function* (token: string) {
  yield 'fine';
  yield token;
});
const each = task('each', (n: number, token: string) => {
  logger.warn(`item ${n} ${token}`);
  if (n === 7) throw new RangeError(`item ${n} ${token}`);
  return n === 8 ? token : n;
});
const cachedBy = task('cached by a secret', { cache: { key: (token) => token } }, (token: string) => token.length);
const cachedWith = task('cached with a secret', { cache: {} }, async (token: string, size: number) => {
  logger.info(`computed with ${token}`);
  return 'x'.repeat(size + token.length);
});
const cachedTelling = task('cached telling', { cache: {} }, (n: number, token: string) => ({ n, token }));
const badKey = task(
  'key that tells',
  {
    cache: {
      key: (n, token): string => {
        throw new RangeError(`no key for ${n} ${token}`);
      },
    },
  },
  (n: number, token: string) => token.length + n,
);
const limitedBy = task(
  'limited by a secret',
  { limits: [{ name: 'by token', slots: 1, key: (_, token) => token }] },
  (n: number, token: string) => token.length + n,
);
const outcome = async (future: PromiseLike<unknown>): Promise<string> => {
  try {
    return JSON.stringify(await future);
  } catch (error) {
    return String(error);
  }
};

export const secretive = flow('secretive', async () => {
  const token = secret('FIRST_SECRET');
  const items = each.with({ batch: 5, tolerate: '100%' }).map(range(20), token);
  const results = [
    await outcome(use(token, { inner: [secret('FIRST_SECRET')] })),
    await outcome(throwing(token)),
    await outcome(telling(token)),
    await outcome(yielding(token)),
    await outcome(token),
    (await items.settled()).filter(({ state }) => state !== 'Completed').length,
  ];
  return results;
});

export const guardedSecrets = flow('guarded secrets', async () => {
  const token = secret('FIRST_SECRET');
  const [first, again] = [cachedBy(token), cachedWith(token, 20_000)];
  await outcome(first);
  await outcome(again);
  const items = cachedTelling.with({ batch: 2 }).map([1, 2], token);
  const badItems = badKey.with({ batch: 2 }).map([1, 2], token);
  return [
    first.state,
    again.state,
    await outcome(cachedTelling(0, token)),
    await outcome(badKey(0, token)),
    (await items.settled()).map(({ state }) => state),
    (await badItems.settled()).map(({ state }) => state),
    await limitedBy(1, secret('SECOND_SECRET')),
    await limitedBy.with({ batch: 2 }).map([1, 2], secret('SECOND_SECRET')),
  ];
});
