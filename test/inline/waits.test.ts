/** Waits, pause, rollback and hooks in memory: the same as on a server, but for time, which goes on by itself. */
import { z } from 'zod';
import { approval, flow, type HookEvent, inline, manualOnly, sleep, State, task, transaction, waitFor } from '../../src/index.js'; // prettier-ignore

const executor = inline();
const ledger: string[] = [];
const tell = task('tell', (event: HookEvent) => void ledger.push(`${event.taskRunId ?? 'flow'} ${event.state}`));
const inc = task('inc', (n: number) => n + 1);
const book = task(
  'book',
  { undo: (seat, what) => void ledger.push(`undo ${what} ${seat}`) },
  (what: string) => `seat ${what}`,
);
const refuse = task('refuse', (): string => {
  throw new RangeError('no');
});
const gated = task('gated', { trigger: manualOnly }, (n: number) => n);

const asks = flow('asks', { onCompletion: tell }, async () => {
  const [ok, word] = [approval('publish', z.object({ n: z.string().transform(Number) })), gated(1)];
  return [await ok, await waitFor('go'), await waitFor('go'), await word];
});
const naps = flow('naps', async () => {
  await sleep('1 day');
  return approval('nobody', z.string(), { timeout: '2 days', onTimeout: 'nobody' });
});
const trip = flow('trip', { onFailure: tell }, async () => {
  await book('kept');
  await transaction(async () => {
    await book.map(['a', 'b']);
    await refuse();
  }).catch(() => ledger.push('caught'));
  return refuse();
});
const inner = flow('inner', async () => inc(await waitFor('inner', z.number())));
const outer = flow('outer', async () => inc(inner({})));
beforeEach(() => void ledger.splice(0));
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((done) => setImmediate(done));
};

test('approvals are checked, signals are kept, the word is given by id', async () => {
  const run = await asks.start({}, { executor });
  await run.signal('go', 1, { id: 'x' });
  await run.signal('go', 1, { id: 'x' });
  await run.signal('go', 2);
  await until(async () => (await run.approvals()).length === 2);
  expect((await run.approvals()).map(({ id, kind }) => [id, kind])).toEqual([
    ['publish-0', 'approval'],
    ['gated-0', 'manual'],
  ]);
  await expect(run.approve('publish', { n: 1 })).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  await expect(run.approve('gated')).rejects.toMatchObject({ code: 'APPROVAL_NOT_OPEN' });
  const answered = [
    await run.approve('publish', { n: '1' }, { id: 'y' }),
    await run.approve('publish', { n: '1' }, { id: 'y' }),
  ];
  expect(answered).toEqual(['publish-0', 'publish-0']);
  await run.approve('gated-0');
  expect(await run.result()).toEqual([{ n: 1 }, 1, 2, 1]);
  expect(ledger).toEqual(['flow Completed']);
  await expect(run.signal('go')).rejects.toMatchObject({ code: 'RUN_ENDED' });
});

test('sleeps and timeouts take no time', async () => {
  expect(await naps.run({}, { executor })).toBe('nobody');
});

test('transactions roll back their own, the flow the rest, then its hooks run', async () => {
  await expect(trip.run({}, { executor })).rejects.toMatchObject({ code: 'TASK_FAILED' });
  expect(ledger.slice(0, 2).sort()).toEqual(['undo a seat a', 'undo b seat b']);
  expect(ledger.slice(2)).toEqual(['caught', 'undo kept seat kept', 'flow Failed']);
});

test('a pause reaches the runs of flows that were called, and holds what comes next', async () => {
  const run = await outer.start({}, { executor });
  await until(async () =>
    (await run.tasks()).tasks.some(({ kind, state }) => kind === 'flow' && state === State.Running),
  );
  await run.pause();
  expect(await run.state()).toBe('Paused');
  await run.resume();
  expect(await run.state()).toBe('Running');
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'CANCELLED' });
});
