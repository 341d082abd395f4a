/** Waiting on a port whose time and messages the test makes: order, what is kept, what is refused. */
import { z } from 'zod';
import { approval, manualOnly, sleep, task, waitFor } from '../../src/authoring/index.js';
import { failureOf, settle, startFlow } from './fake-run.js';

const use = task('use', (value: unknown) => value);
const gated = task('gated', { trigger: manualOnly }, (value: unknown) => value);

test('a wait that is cancelled while it lasts says so, one that has not begun says that', async () => {
  const run = startFlow(async () => {
    const waits = [sleep('1 day'), approval('go', z.boolean()), waitFor('go', z.boolean())];
    const later = sleep('1 day').after(use(1));
    await Promise.resolve();
    const told = [...waits, later].map((wait) => {
      wait.cancel();
      return wait.catch((error: Error) => error.message);
    });
    return Promise.all(told);
  });
  await run.drain();
  expect(await run.outcome).toEqual([
    "The sleep 'sleep-0' was cancelled.",
    "The approval 'go-0' was cancelled.",
    "The wait for the signal 'go-1' was cancelled.",
    "The task run 'sleep-1' was cancelled before it started.",
  ]);
});

test('a sleep holds what comes after it, and a cancelled one holds nobody', async () => {
  const run = startFlow(async () => {
    const long = sleep('1 day');
    const short = sleep('2 s');
    short.before(use(1));
    await short;
    long.cancel();
    return 'awake';
  });
  await settle();
  expect(run.timers.map(({ ms, title }) => [title, ms])).toEqual([
    ['sleep-0', 86_400_000],
    ['sleep-1', 2_000],
  ]);
  expect(run.started).toEqual([]);
  run.timers[1]?.fire();
  await settle();
  expect(run.started).toEqual(['use-0']);
  await run.drain();
  expect(await run.outcome).toBe('awake');
  expect(run.timers[0]?.isCancelled).toBe(true);
});

test('signals are kept until they are waited for, taken in order, and once an id', async () => {
  const run = startFlow(async () => {
    const got: unknown[] = [];
    await use(0);
    for (let i = 0; i < 3; i++) got.push(await waitFor('go'));
    return got;
  });
  await settle();
  run.inbound.signal('go', 1, 'a');
  run.inbound.signal('go', 1, 'a');
  run.inbound.signal('other', 9);
  run.inbound.signal('go', 2, 'b');
  await run.complete({ 'use-0': 0 });
  run.inbound.signal('go', 3);
  expect(await run.outcome).toEqual([1, 2, 3]);
});

test('a signal that its schema refuses fails the wait, a good one is transformed', async () => {
  const schema = z.object({ n: z.string().transform(Number) });
  const awaited = startFlow(async () => [
    await waitFor('n', schema),
    await waitFor('n', schema).catch((error: unknown) => (error as { code: never }).code),
  ]);
  await settle();
  awaited.inbound.signal('n', { n: '7' });
  awaited.inbound.signal('n', { n: 7 });
  expect(await awaited.outcome).toEqual([{ n: 7 }, 'BAD_SIGNAL']);
});

test('an answer is checked before it is taken; several approvals are open at a time', async () => {
  const schema = z.object({ ok: z.boolean() });
  const run = startFlow(async () => {
    const [first, second, other] = [
      approval('publish', schema),
      approval('publish', schema),
      approval('note', z.string()),
    ];
    return [await first, await second, await other];
  });
  await settle();
  expect(() => run.inbound.check({ name: 'nothing' })).toThrow(
    expect.objectContaining({
      code: 'APPROVAL_NOT_OPEN',
      details: expect.objectContaining({ open: ['publish-0', 'publish-1', 'note-0'] }) as unknown,
    }) as Error,
  );
  expect(() => run.inbound.check({ name: 'publish', value: { ok: 'yes' } })).toThrow(
    expect.objectContaining({ code: 'BAD_ANSWER' }) as Error,
  );
  expect(run.inbound.answer({ name: 'publish-1', value: { ok: false } })).toBe('publish-1');
  expect(run.inbound.answer({ name: 'publish', value: { ok: true } })).toBe('publish-0');
  expect(run.inbound.answer({ name: 'note', value: 'fine' })).toBe('note-0');
  expect(await run.outcome).toEqual([{ ok: true }, { ok: false }, 'fine']);
  expect(run.deltas.filter(({ kind }) => kind === 'waiting')).toEqual([
    expect.objectContaining({
      id: 'publish-0',
      what: 'approval',
      schema: expect.objectContaining({ type: 'object' }) as unknown,
    }),
    expect.objectContaining({ id: 'publish-1' }),
    expect.objectContaining({ id: 'note-0' }),
  ]);
});

test('what never comes gives the value of onTimeout, or WAIT_TIMED_OUT', async () => {
  const run = startFlow(() => use(approval('ok', z.boolean(), { timeout: '1 h', onTimeout: false })));
  await settle();
  run.timers[0]?.fire();
  await settle();
  expect(run.argsOf('use-0')).toEqual([false]);
  await run.drain();
  const failing = startFlow(() => use(waitFor('go', undefined, { timeout: 5 })));
  await settle();
  failing.timers[0]?.fire();
  await expect(failing.outcome).rejects.toMatchObject({ code: 'TRIGGER_FAILED', cause: { code: 'WAIT_TIMED_OUT' } });
});

test.each([
  [() => approval(''), 'name'],
  [() => waitFor('perdure.x'), 'name'],
  [() => approval('x', {} as never), 'schema'],
  [() => waitFor('x', undefined, { onTimeout: 1 }), 'onTimeout'],
  [() => sleep('soon'), 'duration'],
])('bad options are refused at the call: %s', async (body, option) => {
  expect(await failureOf(body)).toMatchObject({ code: 'BAD_OPTION', details: { option } });
});

test('a paused run starts nothing, lets what runs end, goes on in order, and can be cancelled', async () => {
  const run = startFlow(() => use.with({ concurrency: 2, batch: false }).map([use(1), 2, 3]));
  await settle();
  expect(run.running).toEqual(['use-0', 'use-1[1]', 'use-1[2]']);
  run.inbound.signal('perdure.pause', undefined);
  await run.complete({ 'use-0': 1, 'use-1[1]': 2 });
  expect(run.running).toEqual(['use-1[2]']);
  run.inbound.signal('perdure.resume', undefined);
  await settle();
  expect(run.running).toEqual(['use-1[2]', 'use-1[0]']);
  expect(run.deltas.filter(({ kind }) => kind === 'run')).toEqual([
    { kind: 'run', state: 'Paused' },
    { kind: 'run', state: 'Running' },
  ]);
  await run.drain();
  const other = startFlow(() => use(use(1)));
  other.inbound.signal('perdure.pause', undefined);
  await settle();
  other.cancelAll();
  await expect(other.outcome).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(other.started).toEqual([]);
});

test('a window fills up to its limit when a pause ends', async () => {
  const run = startFlow(() => use.with({ batch: false }).map([1, 2, 3, 4, 5]), { window: 2 });
  run.inbound.signal('perdure.pause', undefined);
  await settle();
  expect(run.running).toEqual([]);
  run.inbound.signal('perdure.resume', undefined);
  await settle();
  expect(run.running).toEqual(['use-0[0]', 'use-0[1]']);
  await run.complete({ 'use-0[0]': 1 });
  expect(run.running).toEqual(['use-0[1]', 'use-0[2]']);
  await run.drain();
  expect(await run.outcome).toEqual([1, 2, 3, 4, 5]);
});

test('manualOnly waits for the word by its id, a map as a whole', async () => {
  const run = startFlow(() => [gated(1), gated.map([2, 3])]);
  await settle();
  expect(run.started).toEqual([]);
  expect(() => run.inbound.check({ name: 'gated' })).toThrow(
    expect.objectContaining({ code: 'APPROVAL_NOT_OPEN' }) as Error,
  );
  run.inbound.answer({ name: 'gated-1' });
  await settle();
  expect(run.started).toEqual(['gated-1[0]', 'gated-1[1]']);
  run.inbound.answer({ name: 'gated-0' });
  await run.drain();
  expect(await run.outcome).toEqual([1, [2, 3]]);
});
