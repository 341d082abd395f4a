/** Which hooks run after which end, what they are told, and that they change nothing. */
import { type HookEvent, sequence, task } from '../../src/authoring/index.js';
import { RunError } from '../../src/core/errors.js';
import { settle, startFlow } from './fake-run.js';

const tell = task('tell', (event: HookEvent) => event.state);
const shout = task('shout', { totalTimeout: '2 s' }, (event: HookEvent) => event.state);
const all = { onCompletion: tell, onFailure: [tell, shout], onCancellation: tell, onCrashed: tell };
const hooked = task('hooked', all, (value: unknown) => value);
const plain = task('plain', (value: unknown) => value);
const hooksIn = (started: readonly string[]): string[] => started.filter((id) => id.includes(':on'));
const eventOf = (run: ReturnType<typeof startFlow>, id: string): HookEvent => run.argsOf(id)[0] as HookEvent;

test('a task that completes has its hook run, with its value, before the flow ends', async () => {
  const run = startFlow(() => hooked('v'));
  await settle();
  await run.complete({ 'hooked-0': 'v' });
  expect(run.running).toEqual(['hooked-0:onCompletion']);
  expect(run.argsOf('hooked-0:onCompletion')).toEqual([
    { runId: 'run', flowName: 'test', state: 'Completed', taskName: 'hooked', taskRunId: 'hooked-0', value: 'v' },
  ]);
  let isOver = false;
  void run.outcome.then(() => (isOver = true));
  await settle();
  expect(isOver).toBe(false);
  await run.fail('hooked-0:onCompletion');
  expect(await run.outcome).toBe('v');
});

test.each([
  ['TASK_FAILED', 'Failed', ['hooked-0:onFailure', 'hooked-0:onFailure.1']],
  ['TASK_TIMED_OUT', 'TimedOut', ['hooked-0:onFailure', 'hooked-0:onFailure.1']],
  ['TASK_CRASHED', 'Crashed', ['hooked-0:onCrashed']],
  ['CANCELLED', 'Cancelled', ['hooked-0:onCancellation']],
  ['TASK_SKIPPED', 'Skipped', []],
] as const)('%s: %s', async (code, state, ids) => {
  const run = startFlow(() => hooked(1).catch(() => 'caught'));
  await settle();
  await run.fail('hooked-0', new RunError(code, 'so it ended', {}));
  expect(run.running).toEqual(ids);
  if (ids.length > 0)
    expect(eventOf(run, ids[0] as string)).toMatchObject({
      state,
      error: { kind: 'failure', code, message: 'so it ended' },
    });
  await run.drain();
  await run.outcome;
});

test('a task that never started has its hooks run too; a map once for all of it', async () => {
  const run = startFlow(() => [hooked(plain(1)), hooked.map([1, 2])]);
  await settle();
  await run.complete({ 'hooked-1[0]': 1, 'hooked-1[1]': 2 });
  await run.fail('plain-0');
  expect(hooksIn(run.started)).toEqual(['hooked-1:onCompletion', 'hooked-0:onFailure', 'hooked-0:onFailure.1']);
  expect(eventOf(run, 'hooked-0:onFailure').state).toBe('TriggerFailed');
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'TRIGGER_FAILED' });
});

test("a flow's hooks run after all else, the rollback too, also when it was cancelled, and are bounded", async () => {
  const undone = task('undone', { undo: () => undefined }, (value: unknown) => value);
  const run = startFlow(() => sequence(undone(1), plain(2)), { hooks: all });
  await settle();
  await run.complete({ 'undone-0': 1 });
  run.cancelAll();
  await settle();
  expect(run.running).toEqual(['undone-0:undo']);
  await run.complete({ 'undone-0:undo': 0 });
  expect(run.running).toEqual(['flow:onCancellation']);
  expect(eventOf(run, 'flow:onCancellation')).toMatchObject({ state: 'Cancelled', error: { code: 'CANCELLED' } });
  expect(run.invocationOf('flow:onCancellation')).toMatchObject({ policy: { totalTimeoutMs: 60_000 } });
  run.cancelAll();
  expect(run.isCancelled('flow:onCancellation')).toBe(false);
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a flow that completes, fails by its own code, or of a crash; before another attempt it keeps quiet', async () => {
  const fine = startFlow(() => ({ a: plain(1) }), { hooks: all });
  await fine.drain();
  expect(eventOf(fine, 'flow:onCompletion')).toEqual({
    runId: 'run',
    flowName: 'test',
    state: 'Completed',
    value: { a: 1 },
  });
  const thrown = startFlow(() => { throw new TypeError('own code'); }, { hooks: all }); // prettier-ignore
  await thrown.drain();
  expect(eventOf(thrown, 'flow:onFailure')).toMatchObject({
    state: 'Failed',
    error: { name: 'TypeError', message: 'own code', code: 'FLOW_FAILED' },
  });
  expect(thrown.invocationOf('flow:onFailure.1')).toMatchObject({ policy: undefined });
  const crashed = startFlow(() => plain(1), { hooks: all });
  await settle();
  await crashed.fail('plain-0', new RunError('TASK_CRASHED', 'died', {}));
  expect(crashed.running).toEqual(['flow:onCrashed']);
  const again = startFlow(() => { throw new TypeError('own code'); }, { hooks: all, isLastAttempt: false }); // prettier-ignore
  await again.drain();
  expect(again.started).toEqual([]);
});

test('what is no task is refused as a hook', () => {
  expect(() => task('t1', { onFailure: (() => 1) as never }, () => 1)).toThrow(
    expect.objectContaining({
      code: 'BAD_OPTION',
      details: expect.objectContaining({ option: 'onFailure' }) as unknown,
    }) as Error,
  );
});
