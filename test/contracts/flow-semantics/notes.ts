// Logs, artifacts, names, secrets, and where skips and failures as values meet; `note-cases.ts` says what comes of each.
import {
  allowFailure,
  anyFailed,
  anySuccessful,
  artifact,
  currentRun,
  flatten,
  flow,
  isFailureValue,
  logger,
  secret,
  SkipTask,
  sleep,
  task,
  unmapped,
} from 'perdure';
import { act, broken, good, type How, skipped, use } from './tasks.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;
const causeOf = (error: unknown): string => String((error as Error).cause);

// Logs.
const logs = task('logs', { retries: 1 }, (n: number) => {
  const { attempt, mapIndex } = currentRun();
  logger.debug('begins');
  logger.warn(`item ${n}`, { attempt, mapIndex, what: { deep: [n] } });
  if (n < 0 && attempt === 1) throw new RangeError('once');
  return n;
});
const prints = task('prints', { logPrints: true }, (n: number) => {
  console.log('printed', n);
  currentRun().logger.info('logged');
  return n;
});
export const logsOfTasks = flow('logs of tasks', async () => [await logs(1), await logs(-1)]);
export const logsOfItems = flow('logs of items', ({ batch }: { batch: number | false }) =>
  logs.with({ batch }).map([10, 11, 12]),
);
export const logsOfFlow = flow('logs of a flow', async ({ n }: { n: number }) => {
  logger.info('begun', { parameters: currentRun().parameters });
  await good();
  await sleep(5);
  logger.error('goes on');
  return n;
});
export const logsOfPrints = flow('logs of prints', () => prints.with({ batch: 2 }).map([1, 2]));
const logsBelow = flow('logs below', () => {
  logger.info('of the child');
});
export const logsOfParent = flow('logs of a parent', async () => {
  await logsBelow({});
  logger.info('of the parent');
});

// Artifacts.
const leaves = task('leaves', { retries: 1, retryDelay: 1 }, (n: number) => {
  const { attempt } = currentRun();
  artifact.progress('done', { done: n, total: 4 });
  artifact.table('rows', [{ n, attempt }], { description: 'what was seen' });
  if (attempt === 1) {
    artifact.markdown('rows', 'replaced by the next attempt');
    throw new RangeError('once');
  }
  artifact.link('source', `https://example.com/${n}`);
  return n;
});
const badKey = task('bad artifact', () => artifact.markdown('No Key', 'text'));
export const artifactsOfTask = flow('artifacts of a task', () => leaves(1));
export const artifactsOfItems = flow('artifacts of items', ({ batch }: { batch: number | false }) =>
  leaves.with({ batch }).map([1, 2]),
);
export const artifactInFlow = flow('artifact in a flow', () => artifact.markdown('key', 'text'));
export const artifactRefused = flow('artifact refused', () => badKey().catch(causeOf));

// Names.
const nameOf = (): string | undefined => currentRun().name;
const byTemplate = task('by template', { runName: 'row {0.id} of {1}, {2}' }, (_row: { id: number }, _of: string) =>
  nameOf(),
);
const byFunction = task('by function', { runName: (n: number) => `number ${n}` }, (_n: number) => nameOf());
const nameless = task('nameless', () => nameOf());
export const names = flow('names', async () => [
  await byTemplate({ id: 7 }, 'seven'),
  await byFunction(8),
  await byFunction.with({ name: 'of the call' })(9),
  await nameless(),
  await byFunction.with({ batch: false }).map([1, 2]),
  await byFunction.with({ batch: 2 }).map([1, 2]),
]);

// Secrets.
const lengths = task('lengths', async (token: string, inner: { list: string[] }) => {
  const own = await secret('CONTRACT_SECRET');
  logger.info(`token ${token}`, { own });
  return [token.length, inner.list[0]?.length, own.length];
});
const throwsSecret = task('throws a secret', (token: string): number => {
  throw new RangeError(`refused ${token}`, { cause: new TypeError(`because of ${token}`) });
});
const tells = task('tells a secret', { retries: 2 }, (token: string) => ({ header: [`Bearer ${token}`] }));
const tellsItem = task('tells of an item', (n: number, token: string) => (n === 1 ? token : n));
const lengthOfSecret = task('length of a secret', { cache: {} }, (token: string) => token.length);
const tellsCached = task('tells a secret, cached', { cache: {} }, (token: string) => token);
export const secretPassed = flow('secret passed', () =>
  lengths(secret('CONTRACT_SECRET'), { list: [secret('CONTRACT_SECRET') as never] }),
);
export const secretThrown = flow('secret thrown', () => throwsSecret(secret('CONTRACT_SECRET')));
export const secretTold = flow('secret told', ({ cached }: { cached: boolean }) =>
  (cached ? tellsCached : tells)(secret('CONTRACT_SECRET')),
);
export const secretInItems = flow('secret in items', async ({ batch }: { batch: number | false }) => {
  const items = await tellsItem.with({ batch }).map([0, 1, 2], secret('CONTRACT_SECRET')).settled();
  return items.map(({ state }) => state);
});
export const secretInCache = flow('secret in the cache', async () => {
  const runs = [lengthOfSecret(secret('CONTRACT_SECRET'))];
  await runs[0];
  runs.push(lengthOfSecret(secret('CONTRACT_SECRET')));
  return [await runs[0], await runs[1], runs[1]!.state];
});
export const secretRead = flow('secret in a flow', async () => `${(await secret('CONTRACT_SECRET')).length}`);
export const secretMissing = flow('secret missing', () => throwsSecret(secret('NOT_IN_THE_CONTRACT')).catch(causeOf));

// Skips and failures as values.
const shown = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(shown) : isFailureValue(value) ? `${value.state}: ${value.name}` : value;
const show = task('show', (value: unknown, other?: unknown) => [shown(value), shown(other)].filter((one) => one !== undefined)); // prettier-ignore
const lists = task('lists', (how: How) => {
  if (how === 'fail') throw new RangeError('no list');
  if (how === 'skip') throw new SkipTask();
  return [how, how];
});
interface Items {
  items: How[];
  batch: number | false;
}
export const allowedThenMapped = flow('allowed, then mapped', ({ items, batch }: Items) =>
  show.with({ batch }).map(allowFailure(act.with({ batch }).map(items))),
);
export const allowedWhole = flow('allowed, whole', ({ batch }: Items) =>
  show.with({ batch }).map([1, 2], unmapped(allowFailure(broken()))),
);
export const allowedFlat = flow('allowed, flattened', async ({ items, batch }: Items) =>
  shown(await show.with({ batch }).map(flatten(allowFailure(lists.with({ batch }).map(items)) as never))),
);
export const allowedSkip = flow('a skip allowed, with others', async () => {
  const runs = [use(allowFailure(skipped()), good(1)), use(allowFailure(good()), skipped())];
  return [await runs[0], await runs[1], ...runs.map(({ state }) => state)];
});
export const allowedButNotTaken = flow('allowed, but not taken', () => ({
  value: use(allowFailure(broken()), skipped()),
}));
export const allowedByRule = flow(
  'allowed, and a rule',
  async ({ rule }: { rule: 'any failed' | 'any successful' }) => {
    const trigger = rule === 'any failed' ? anyFailed : anySuccessful;
    const run = show.with({ trigger })(allowFailure(broken()), good(1));
    return [await run.catch(codeOf), run.state];
  },
);
export const toleratedSkips = flow('tolerated, with skips', async ({ items, batch }: Items) => {
  const map = act.with({ batch, tolerate: 1 }).map(items);
  return [await map, map.state];
});
export const skippedReduce = flow('reduce of skips', async ({ items, batch }: Items) => {
  const runs = [
    use(act.with({ batch }).map(items)),
    use.with({ skipOnUpstreamSkip: false })(act.with({ batch }).map(items)),
  ];
  return [await runs[0], await runs[1], ...runs.map(({ state }) => state)];
});
const skippingChild = flow('skipping child', () => skipped());
export const skippedInChild = flow('skip in a child', async () => {
  const run = skippingChild({});
  return [await use(run), run.state];
});
export const skippedChain = flow('skip down a chain', async () => {
  const end = use(use(use(skipped())));
  return [await end, end.state];
});
