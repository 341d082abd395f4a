// Approvals, signals, sleep, the word for a task, pause; `wait-cases.ts` says what is done from outside and what comes of it.
import { allFinished, approval, flow, manualOnly, sleep, task, type TaskFuture, waitFor } from 'perdure';
import { z } from 'zod';
import { broken, good, inc, use } from './tasks.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;
const stateAfter = async (future: TaskFuture<unknown>): Promise<unknown[]> => {
  const value = await future.then((one) => one, codeOf);
  return [value, future.state];
};
const answer = z.object({ n: z.string().transform(Number), to: z.array(z.string()).default(['ops']) });

// Approvals.
export const asks = flow('asks', () => approval('publish', answer));
export const asksForAnything = flow('asks for anything', async () => [
  await approval('one'),
  await approval('two', z.unknown()),
]);
export const asksTwice = flow('asks twice', async () => {
  const [first, second] = [approval('same', z.string()), approval('same', z.string())];
  return [await first, await second];
});
export const asksBefore = flow('asks before a task', () => {
  const asked = approval('go', z.number());
  return [inc(asked), good.with({ after: [asked] })('after')];
});
interface Timed {
  how: 'fail' | 'value' | 'undefined';
}
export const asksInTime = flow('asks in time', ({ how }: Timed) =>
  stateAfter(
    approval('late', z.string().or(z.undefined()), {
      timeout: 20,
      ...(how === 'undefined' ? {} : { onTimeout: how === 'fail' ? 'fail' : 'nobody' }),
    }),
  ),
);
export const asksInVain = flow('asks in vain', async () => {
  const asked = approval('late', z.string(), { timeout: 20 });
  return stateAfter(use(asked));
});
export const asksAndLeaves = flow('asks and leaves', async () => {
  const asked = approval('dropped');
  await good();
  asked.cancel();
  return stateAfter(asked);
});
export const lateUnhandled = flow('late, unhandled', () => {
  void approval('late', z.string(), { timeout: 20 });
  return 'value';
});

// Signals.
export const listens = flow('listens', async ({ count }: { count: number }) => {
  await approval('begin');
  const got: unknown[] = [];
  for (let i = 0; i < count; i++) got.push(await waitFor('go'));
  return got;
});
export const listensToTwo = flow('listens to two', async () => {
  const [a, b] = [waitFor('a', z.number()), waitFor('b', z.number())];
  return [await b, await a];
});
export const listensWithSchema = flow('listens with a schema', () => stateAfter(waitFor('n', answer)));
export const listensInTime = flow('listens in time', async () => [
  ...(await stateAfter(waitFor('never', z.number(), { timeout: 20 }))),
  await waitFor('never', z.number(), { timeout: 20, onTimeout: 7 }),
]);
export const listensInChild = flow('listens in a child', async () => [await listensBelow({}), await waitFor('go')]);
const listensBelow = flow('listens below', () => waitFor('go', z.string(), { timeout: 30, onTimeout: 'nothing' }));

// Sleep.
export const sleeps = flow('sleeps', async () => {
  const nap = sleep(20);
  const before = nap.state;
  const next = good('after');
  nap.before(next);
  return [before, await nap, nap.state, await next];
});
export const sleepCancelled = flow('sleep cancelled', async () => {
  const long = sleep('30 days');
  const first = await Promise.race([good('task'), long]);
  long.cancel();
  return [first, await long.catch(codeOf), long.state];
});
export const sleepAsUpstream = flow('sleep as upstream', () => use(sleep(10), 1));
export const sleepsInOrder = flow('sleeps in order', async () => {
  const order: number[] = [];
  await Promise.all([60, 20, 40].map((ms) => sleep(ms).then(() => order.push(ms))));
  return order;
});

// The word for a task.
const gated = task('gated', { trigger: manualOnly }, (...values: unknown[]) =>
  values.map((value) => (value === undefined ? 'none' : value)),
);
const gatedItem = task('gated item', { trigger: manualOnly }, (n: number) => n + 1);
export const needsWord = flow('needs a word', () => gated(good(1)));
export const needsWordAfterFailure = flow('needs a word after a failure', () => gated(broken()));
export const needsWordForMap = flow('needs a word for a map', ({ batch }: { batch: number | false }) =>
  gatedItem.with({ batch }).map([1, 2, 3]),
);
export const wordCancelled = flow('word not given', async () => {
  const run = gated(1);
  await good();
  run.cancel();
  return [...(await stateAfter(run)), ...(await use.with({ trigger: allFinished })(run))];
});

// Pause.
export const pausable = flow('pausable', async () => {
  await approval('first');
  return inc(1);
});
export const pausableBody = flow('pausable while it waits for a task', async () =>
  inc(inc(await waitFor('n', z.number()))),
);
const pausableChild = flow('pausable child', async () =>
  inc(await waitFor('n', z.number(), { timeout: 50, onTimeout: 1 })),
);
export const pausableParent = flow('pausable parent', async () => [await approval('first'), await pausableChild({})]);
