/** Runs in memory: what is of them alone. What all runtimes have in common is in test/contracts. */
import { setTimeout as pause } from 'node:timers/promises';
import { createFlowProject } from '../support/flow-project.js';
import {
  currentRun,
  type Dataset,
  flow,
  getRun,
  inline,
  local,
  type MapFuture,
  patched,
  RunError,
  task,
  temporal,
} from '../../src/index.js';

const executor = inline();
const inc = task('inc', async (n: number) => n + 1);
const tagsOf = task('tags of', () => currentRun().tags.concat(currentRun().runId));
const bodies: number[] = [];
const patient = task('patient', { retries: 2, retryDelay: '1 hour' }, () => {
  bodies.push(Date.now());
  if (currentRun().attempt! < 3) throw new RangeError('not yet');
  return 'done';
});
const patientItem = task('patient item', { retries: 1, retryDelay: '1 hour' }, (n: number) => {
  if (currentRun().attempt === 1) throw new RangeError('not yet');
  return n;
});
const changes = task('changes', { retries: 1 }, (list: number[]) => {
  list.push(1);
  if (currentRun().attempt === 1) throw new RangeError('once');
  return list;
});
const released: (() => void)[] = [];
const gated = task('gated', () => new Promise<string>((resolve) => released.push(() => resolve('open'))));
const produce = task('produce', async function* () {
  yield* [1, 2, 3];
});
const total = task('total', { stream: true }, async (items: AsyncIterable<number>) => {
  let sum = 0;
  for await (const item of items) sum += item;
  return sum;
});
const startsRun = task('starts run', () => simple.run({ n: 1 }, { executor }));
const callsTask = task('calls task', () => {
  inc(1);
});
const simple = flow('simple', ({ n }: { n: number }) => inc(inc(n)));
const waits = flow('waits', () => patient());
const waitsInMap = flow('waits in a map', () => patientItem.with({ batch: 2 }).map([1, 2, 3, 4]));
const keepsArguments = flow('keeps arguments', async () => {
  const given = [0];
  return [await changes(given), given];
});
const scoped = flow('scoped', async ({ name }: { name: string }) => {
  const before = currentRun().runId;
  await inc(1);
  const [tags, inner] = await Promise.all([tagsOf(), inc(2)]);
  return { name, before, after: currentRun().runId, tags, inner };
});
const gatedFlow = flow('gated flow', () => gated());
const callsGated = flow('calls gated', () => gatedFlow());
const makesDataset = flow('makes a dataset', async () => produce());
const takesDataset = flow('takes a dataset', ({ items }: { items: Dataset<number> }) => total(items));
const runsRun = flow('runs a run', () => startsRun());
const callsInBody = flow('calls a task in a body', () => callsTask());
const isPatched = flow('is patched', () => patched('a change'));
const manyItems = flow('many items', async () => {
  const map: MapFuture<number> = inc.with({ batch: 50 }).map(Array.from({ length: 200 }, (_, i) => i));
  return (await map).length;
});
const tooMany = flow('too many', () => simple.map(Array.from({ length: 13_000 }, (_, n) => ({ n }))));
const whose = task('whose', (_: number) => [currentRun().runId, currentRun().flowName]);
const sharded = flow('sharded', async () => {
  const values = await inc.with({ batch: 1 }).map(Array.from({ length: 4_100 }, (_, i) => i));
  const [owner] = await whose.with({ batch: 1 }).map(values);
  return [values.length, values[0], values[4_099], owner];
});

const strayProgram = `
import { flow, inline, task } from 'perdure';
import { setTimeout as pause } from 'node:timers/promises';
const inc = task('inc', async (n: number) => n + 1);
const floats = task('floats', async () => {
  void Promise.reject(new RangeError('nobody looks'));
  await pause(50);
});
const flows = [
  flow('floating flow', async () => {
    void (async () => {
      await inc(1);
      throw new RangeError('of the flow');
    })();
    await inc(2);
    return inc(3);
  }),
  flow('floating body', () => floats()),
  flow('innocent', async () => {
    for (let i = 0; i < 50; i++) await inc(i);
    return 'value';
  }),
];
const ends = flows.map((one) =>
  one.run({}, { executor: inline() }).catch(({ code, cause }) => [code, cause.name + ': ' + cause.message]));
console.log(JSON.stringify(await Promise.all(ends)));
`;

const codeOf = async (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    (value) => `no error but ${JSON.stringify(value)}`,
    (error: { code?: string }) => error.code,
  );

test('a unit test of a flow takes less than 50 ms', async () => {
  await simple.run({ n: 0 }, { executor });
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    // Of the processor's time: others may have it meanwhile.
    const before = process.cpuUsage();
    expect(await simple.run({ n: i }, { executor })).toBe(i + 2);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1_000);
  }
  expect(Math.min(...times)).toBeLessThan(50);
});

test('delays between attempts take no time, and the record has them all the same', async () => {
  const run = await waits.start({}, { executor });
  expect(await run.result()).toBe('done');
  const { startedAt, endedAt, tasks } = await run.tasks();
  expect(endedAt!.getTime() - startedAt!.getTime()).toBeGreaterThanOrEqual(2 * 3_600_000);
  expect(tasks).toMatchObject([{ id: 'patient-0', state: 'Completed', attempt: 3 }]);
});

test('so do those of items in a batch', async () => {
  expect(await waitsInMap.run({}, { executor })).toEqual([1, 2, 3, 4]);
});

test('with skipTime: false they take their time', async () => {
  const run = await waits.start({}, { executor: inline({ skipTime: false }) });
  const before = bodies.length;
  while (bodies.length === before) await pause(5);
  await pause(20);
  expect(await run.tasks()).toMatchObject({
    state: 'Running',
    tasks: [{ id: 'patient-0', state: 'Retrying', attempt: 2 }],
  });
  await run.cancel();
  await expect(run.result()).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await run.state()).toBe('Cancelled');
});

test('runs go on side by side, and each knows itself', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const values = await Promise.all(
    names.map((name) => scoped.run({ name }, { executor, id: `scoped-${name}`, tags: [name] })),
  );
  expect(values).toEqual(
    names.map((name) => ({
      name,
      before: `scoped-${name}`,
      after: `scoped-${name}`,
      tags: [name, `scoped-${name}`],
      inner: 3,
    })),
  );
});

test('a body gets arguments of its own at each attempt, and the flow keeps its own', async () => {
  expect(await keepsArguments.run({}, { executor })).toEqual([[0, 1], [0]]);
});

test('a run that is under way can be looked at', async () => {
  const run = await gatedFlow.start({}, { executor });
  while (released.length === 0) await pause(1);
  expect(await run.state()).toBe('Running');
  expect(await run.tasks()).toMatchObject({
    state: 'Running',
    tasks: [{ id: 'gated-0', state: 'Running', attempt: 1 }],
  });
  released.pop()?.();
  expect(await run.result()).toBe('open');
  expect(await run.state()).toBe('Completed');
});

test('the items of a map in batches', async () => {
  const run = await manyItems.start({}, { executor });
  expect(await run.result()).toBe(200);
  expect(await run.items('inc-0', { from: 49, limit: 2 })).toEqual([
    { index: 49, state: 'Completed', attempts: 1, ms: expect.any(Number) },
    { index: 50, state: 'Completed', attempts: 1, ms: expect.any(Number) },
  ]);
});

test('what one run stored can be given to another', async () => {
  const items = await makesDataset.run({}, { executor });
  expect(await items.toArray()).toEqual([1, 2, 3]);
  expect(await takesDataset.run({ items }, { executor })).toBe(6);
});

test('an id that is taken is refused, and free again once its run has failed', async () => {
  const first = await gatedFlow.start({}, { executor, id: 'mine' });
  expect(await codeOf(gatedFlow.run({}, { executor, id: 'mine' }))).toBe('RUN_EXISTS');
  await first.cancel();
  while (released.length === 0) await pause(1);
  released.pop()?.();
  await first.result().catch(() => undefined);
});

test('a run in memory, and one that it has called, is found by its id', async () => {
  const run = await callsGated.start({}, { executor, id: 'found' });
  while (released.length === 0) await pause(1);
  const child = await getRun('found/gated flow-0', { executor });
  expect([await child.state(), child.flowName]).toEqual(['Running', 'gated flow']);
  expect(await getRun('found', { executor })).toBe(run);
  await expect(getRun('foun', { executor })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  await expect(getRun('found/other-0', { executor })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  released.pop()?.();
  expect(await child.result()).toBe('open');
  expect(await (await getRun('found', { executor })).result()).toBe('open');
});

test('there is no workflow', async () => {
  const run = await simple.start({ n: 1 }, { executor });
  expect(() => run.workflow).toThrow(RunError);
  expect(() => run.workflow).toThrow(expect.objectContaining({ code: 'NO_WORKFLOW' }));
  await run.result();
});

test('parameters that cannot be sent are refused', async () => {
  expect(await codeOf(simple.run({ n: (() => 1) as never }, { executor }))).toBe('NOT_SERIALIZABLE');
});

test('a body may start a run of its own, and may not call a task', async () => {
  expect(await runsRun.run({}, { executor })).toBe(3);
  const error = await callsInBody.run({}, { executor }).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ code: 'TASK_FAILED', message: expect.stringContaining('inside the body of the task') });
});

test('every run is new: patched() is true', async () => {
  expect(await isPatched.run({}, { executor })).toBe(true);
  expect(() => patched('a change')).toThrow(expect.objectContaining({ code: 'CALLED_OUTSIDE_FLOW' }));
});

// In a program of its own: a test runner takes every such rejection for a failure of the test.
test('a rejection that nothing handles fails the run it belongs to, and no other', async () => {
  const project = createFlowProject({ 'program.ts': strayProgram });
  const { stdout, stderr, status } = await project.runScript('program.ts');
  project.remove();
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual([
    ['FLOW_FAILED', 'RangeError: of the flow'],
    ['TASK_FAILED', 'RangeError: nobody looks'],
    'value',
  ]);
});

test('a flow that would outgrow its history on Temporal is refused here too', async () => {
  expect(await codeOf(tooMany.run({}, { executor }))).toBe('HISTORY_LIMIT');
});

test('a map of more batches than one run has room for goes to child runs', async () => {
  const run = await sharded.start({}, { executor });
  expect(await run.result()).toEqual([4_100, 1, 4_100, [run.runId, 'sharded']]);
  expect(await run.tasks()).toMatchObject({
    tasks: [{ id: 'inc-0', counts: { Completed: 4_100 } }, { id: 'whose-0' }],
  });
  expect(await run.items('inc-0', { from: 4_000, limit: 1 })).toMatchObject([{ index: 4_000, state: 'Completed' }]);
});

test.each<[string, () => unknown]>([
  ['a wrong one of inline', () => inline({ skipTime: 'yes' as never })],
  ['an unknown one of inline', () => inline({ skiptime: true } as never)],
  ['an unknown one of local', () => local({ process: 2 } as never)],
  ['an unknown one of temporal', () => temporal({ queue: 'etl' } as never)],
  ['a queue without a name', () => temporal({ taskQueue: '' })],
  ['no object', () => local(5 as never)],
])('an option that is none: %s', (_, call) => {
  expect(call).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
});

test('options in the place of parameters are told from them', async () => {
  const refusal = {
    code: 'BAD_OPTION',
    message: expect.stringContaining('the second argument: .run({}, { executor })'),
  };
  await expect(waits.run({ executor, id: 'x' })).rejects.toMatchObject(refusal);
});

test.each<[unknown, string]>([
  [{ executer: inline() }, "has no option `executer`. Did you mean 'executor'?"],
  [{ tags: 'nightly' }, 'expected `tags` to be a list of strings'],
  [{ id: 5 }, 'expected `id` to be a text'],
  [null, 'expected `options` to be an object'],
])('an option of a run that is none: %p', async (options, message) => {
  await expect(waits.run(undefined, options as never)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringContaining(message),
  });
});
