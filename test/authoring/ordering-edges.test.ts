import { allowFailure, sequence, task, type TaskFuture } from '../../src/authoring/index.js';
import { runFlow, settle, startFlow } from './fake-run.js';

const a = task('a', () => 'a');
const b = task('b', () => 'b');
const c = task('c', () => 'c');
const d = task('d', (_value?: unknown) => 'd');

const orderOf = async (body: () => unknown): Promise<string[]> => {
  const run = startFlow(body);
  await settle();
  const order: string[] = [];
  while (run.running.length > 0) {
    order.push(run.running.map((id) => id.slice(0, 1)).join('+'));
    await run.complete(Object.fromEntries(run.running.map((id) => [id, id])));
  }
  await run.outcome;
  return order;
};

test('sequence runs one after the other and gives the last', async () => {
  expect(await orderOf(() => sequence(a(), b(), c()))).toEqual(['a', 'b', 'c']);
  expect((await runFlow(() => sequence(a(), b(), c()))).value).toBe('c');
});

test('the stages of a sequence may be lists that run side by side', async () => {
  expect(await orderOf(() => sequence(a(), [b(), c()], d()))).toEqual(['a', 'b+c', 'd']);
  expect(await orderOf(() => sequence([a(), b()], [c(), d()]))).toEqual(['a+b', 'c+d']);
  expect((await runFlow(() => sequence(a(), [b(), c()]))).value).toEqual(['b', 'c']);
});

test('before and after order two runs without passing data', async () => {
  const body = (join: (x: TaskFuture<string>, y: TaskFuture<string>) => void) => () => {
    const [later, earlier] = [a(), b()];
    join(earlier, later);
  };
  expect(await orderOf(body((earlier, later) => void earlier.before(later)))).toEqual(['b', 'a']);
  expect(await orderOf(body((earlier, later) => void later.after(earlier)))).toEqual(['b', 'a']);
});

test('before and after take many, and give the future back', async () => {
  expect(await orderOf(() => void a().after(b(), c()).before(d()))).toEqual(['b+c', 'a', 'd']);
});

test('with after waits for what it names and for its data', async () => {
  const run = startFlow(() => d.with({ after: [a(), b()] })(c()));
  await settle();
  expect(run.running).toEqual(['a-0', 'b-0', 'c-0']);
  await run.complete({ 'a-0': 1, 'c-0': 3 });
  expect(run.running).toEqual(['b-0']);
  await run.complete({ 'b-0': 2 });
  expect(run.argsOf('d-0')).toEqual([3]);
  expect(run.upstreamOf('d-0').sort()).toEqual(['a-0', 'b-0', 'c-0']);
});

test('with after works where the upstream has ended already', async () => {
  expect(
    await orderOf(async () => {
      const first = a();
      await first;
      d.with({ after: [first] })();
    }),
  ).toEqual(['a', 'd']);
});

test('a map and a call are ordered like any two runs', async () => {
  const run = startFlow(() => {
    const map = d.map([1, 2]);
    return sequence(a(), map, b());
  });
  await settle();
  expect(run.running).toEqual(['a-0']);
  await run.complete({ 'a-0': 1 });
  expect(run.running).toEqual(['d-0[0]', 'd-0[1]']);
  await run.complete({ 'd-0[0]': 1 });
  expect(run.started).not.toContain('b-0');
  await run.complete({ 'd-0[1]': 1 });
  expect(run.running).toEqual(['b-0']);
});

test('what is ordered after a failure does not run', async () => {
  const run = startFlow(() => sequence(a(), b()));
  await settle();
  await run.fail('a-0');
  await expect(run.outcome).rejects.toMatchObject({ code: expect.stringMatching(/TASK_FAILED|TRIGGER_FAILED/) });
  expect(run.started).toEqual(['a-0']);
  expect(run.deltas).toContainEqual({ kind: 'ended', id: 'b-0', name: 'b', up: ['a-0'], state: 'TriggerFailed' });
});

test('an edge that comes after an await is refused, since the run may have started', async () => {
  const run = startFlow(async () => {
    const [late, slow] = [a(), b()];
    await c();
    late.after(slow);
  });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'LATE_EDGE',
    message: expect.stringContaining(`'a-0' cannot be made to run after 'b-0' any more`),
  });
});

test('an edge is late even while the run still waits for its upstream', async () => {
  const run = startFlow(async () => {
    const waiting = d(a());
    await b();
    waiting.after(c());
  });
  await settle();
  await run.complete({ 'b-0': 1 });
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'LATE_EDGE' });
});

test.each([
  [
    'a run after itself',
    () => {
      const one = a();
      one.after(one);
    },
  ],
  [
    'two after each other',
    () => {
      const [x, y] = [a(), b()];
      x.before(y);
      y.before(x);
    },
  ],
  [
    'a ring of three',
    () => {
      const [x, y, z] = [a(), b(), c()];
      sequence(x, y, z, x);
    },
  ],
  [
    'against the data',
    () => {
      const x = a();
      x.after(d(x));
    },
  ],
])('edges in a ring are refused: %s', async (_, body) => {
  const run = startFlow(body);
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'EDGE_CYCLE' });
});

test('one future for after, where a list is wanted, is told so', async () => {
  const run = startFlow(() => b.with({ after: a() as unknown as TaskFuture<unknown>[] })());
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'BAD_OPTION', details: { option: 'after' } });
});

const noFuture = 5 as unknown as TaskFuture<unknown>;
test.each<[string, () => unknown]>([
  ['.after(…)', () => a().after(noFuture)],
  ['.after(…)', () => a().after([b()] as never)],
  ['.before(…)', () => a().before(b as never)],
  ['sequence(…)', () => sequence(a(), [b(), null as never])],
  ['allowFailure(…)', () => allowFailure(noFuture)],
])('%s of what is no future is told so: %p', async (call, body) => {
  const run = startFlow(body);
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'NOT_A_FUTURE',
    message: expect.stringContaining(`${call} takes futures`),
  });
});
