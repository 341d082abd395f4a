import { afterEach, describe, expect, test } from '@jest/globals';
import { Stored, storedIn, type StoredSequenceData } from '../../../dist/core/result-ref.js';
import type { TaskPoolOptions } from '../../../dist/worker/pool/task-pool.js';
import { removeStores, startBatches } from './run-batch.js';
import { closePools, failureOf, startLedger } from './start-pool.js';

afterEach(async () => {
  await closePools();
  removeStores();
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const starts = (lines: readonly string[]): number[] =>
  lines.filter((line) => line.startsWith('start ')).map((line) => Number(line.split(' ')[1]));

describe.each<TaskPoolOptions['isolation']>(['processes', 'threads', 'inline'])('with %s', (isolation) => {
  test('every item has its value, in order; few of them lie in the report, many in the store', async () => {
    const { run, valuesOf } = startBatches({ isolation });
    const few = await run('inc', [numbers(20)]);
    expect(few).toMatchObject({ start: 0, end: 20, segments: [{ length: 20 }] });
    expect(few.segments[0]!.items).toEqual(numbers(20).map((x) => x + 1));
    expect(few.ended).toBeUndefined();
    const many = await run('inc_sync', [numbers(5_000)], { start: 100 });
    expect(many).toMatchObject({ start: 100, end: 5_100 });
    expect(many.segments.every(({ items, stored }) => items === undefined && stored !== undefined)).toBe(true);
    expect(await valuesOf(many)).toEqual(numbers(5_000).map((x) => x + 1));
    expect(many.bytes).toBe(JSON.stringify(numbers(5_000).map((x) => x + 1)).length);
  });

  test('a failure is confined to its item', async () => {
    const { run, valuesOf, logOf } = startBatches({ isolation });
    const report = await run('sevenths', [numbers(50)]);
    expect(report.ended).toEqual({ Failed: 8 });
    expect(report.failures).toHaveLength(5);
    expect(report.failures![1]).toMatchObject({
      index: 7,
      state: 'Failed',
      name: 'TypeError',
      message: 'no 7',
      attempts: 1,
    });
    expect(report.segments[0]!.holes).toEqual([0, 7, 14, 21, 28, 35, 42, 49]);
    expect((await valuesOf(report))[8]).toBe(8);
    const log = await logOf(report);
    expect(log.ms).toHaveLength(50);
    expect(log.states[49]).toBe('Failed');
    expect(log.errors[49]).toMatchObject({ message: 'no 49', stack: expect.stringContaining('batch-tasks.js') });
  });
});

test('arguments are the same for all, by item, or a stretch of what is stored', async () => {
  const { run, valuesOf, values } = startBatches();
  const stored = await values.write({ runId: 'r1', taskRunId: 'up-0', attempt: 1 }, numbers(30_000));
  expect(stored).toBeInstanceOf(Stored);
  const slice = new Stored({ ...(storedIn(stored) as StoredSequenceData), range: [9_990, 10_020] });
  const items = numbers(30).map((x) => x * 1_000_000);
  const report = await run('sum', [slice, 5, items], {
    inputs: ['slice', 'whole', 'items'],
    start: 9_990,
    end: 10_020,
  });
  expect(await valuesOf(report)).toEqual(numbers(30).map((x) => 9_990 + x + 5 + x * 1_000_000));
  const range = new Stored({ kind: 'range', start: 3, length: 100, step: 2, range: [10, 20] });
  expect(await valuesOf(await run('inc', [range], { inputs: ['slice'], start: 10, end: 20 }))).toEqual(
    numbers(10).map((x) => 3 + (10 + x) * 2 + 1),
  );
});

test('an item that is stored is read for its body', async () => {
  const { run, values } = startBatches();
  const big = await values.write({ runId: 'r1', taskRunId: 'up-0', attempt: 1 }, 'x'.repeat(100_000));
  const report = await run('size', [['ab', big, { length: 7 }]]);
  expect(report.segments[0]!.items).toEqual([2, 100_000, 7]);
});

test('an item whose upstream has no value is not run', async () => {
  const { run } = startBatches();
  const first = await run('sevenths', [numbers(10)]);
  const slice = new Stored({ kind: 'sequence', as: 'array', length: 10, segments: first.segments });
  const report = await run('inc', [slice], { inputs: ['slice'], end: 10 });
  expect(report.ended).toEqual({ TriggerFailed: 2 });
  expect(report.failures).toMatchObject([{ index: 0, attempts: 0 }, { index: 7 }]);
  expect(report.segments[0]).toMatchObject({ holes: [0, 7], items: [null, 2, 3, 4, 5, 6, 7, null, 9, 10] });
});

test('each item knows its own run, index and attempt, and has a signal', async () => {
  const { run } = startBatches();
  const report = await run('who', [numbers(3)], { start: 40, end: 43, map: 'who-7' });
  expect(report.segments[0]!.items![2]).toEqual({
    kind: 'task',
    flowName: 'f',
    runId: 'r1',
    tags: ['t'],
    taskName: 'who',
    taskRunId: 'who-7[42]',
    mapIndex: 42,
    attempt: 1,
    retries: 0,
    aborted: false,
  });
});

test('each item is retried by the policy of the task, after its delay', async () => {
  const { run, logOf } = startBatches();
  const ledger = startLedger();
  const report = await run('flaky', [ledger.file, numbers(5)]);
  expect(report.segments[0]).toMatchObject({ items: [1, 2, 3, 4, null], holes: [4] });
  expect(report.failures).toMatchObject([{ index: 4, attempts: 4, message: 'failure 4' }]);
  expect((await logOf(report)).attempts).toEqual({ 1: 2, 2: 3, 3: 4, 4: 4 });
  const times = ledger
    .lines()
    .flatMap((line) => /^at 3 (\d+)/.exec(line)?.[1] ?? [])
    .map(Number);
  expect(times).toHaveLength(4);
  expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(19);
});

test('retryIf, NonRetryableError, RetryableError and a result that is no data count item by item', async () => {
  const { run } = startBatches();
  const ledger = startLedger();
  const report = await run('picky', [ledger.file, numbers(5)]);
  expect(report.segments[0]!.holes).toEqual([0, 1, 3]);
  expect(report.failures!.map(({ message }) => message)).toEqual([
    'never',
    'stop',
    expect.stringContaining('a function'),
  ]);
  expect(starts(ledger.lines()).sort()).toEqual([0, 1, 2, 2, 3, 4]);
  expect(report.ms).toBeGreaterThanOrEqual(300);
});

test('an item past its time-out is told, tried again, and left behind when it does not listen', async () => {
  const { run } = startBatches();
  const ledger = startLedger();
  const report = await run('late', [ledger.file, numbers(4)]);
  expect(report.ended).toEqual({ TimedOut: 2 });
  expect(report.failures).toMatchObject([
    { index: 1, name: 'RunError', attempts: 2, message: expect.stringContaining('1500 ms') },
    { index: 2, attempts: 2 },
  ]);
  expect(starts(ledger.lines()).sort()).toEqual([0, 1, 1, 2, 2, 3]);
});

test('an error that nothing caught fails the item whose code it was', async () => {
  const { run } = startBatches();
  const report = await run('stray', [numbers(3)]);
  expect(report.failures).toMatchObject([{ index: 1, message: 'from a timer' }]);
  expect(report.ended).toEqual({ Failed: 1 });
});

test('no more items are in flight than the flow allows', async () => {
  const { run } = startBatches();
  const ledger = startLedger();
  await run('wide', [ledger.file, numbers(40)], { concurrency: 3 });
  let flying = 0;
  let most = 0;
  for (const line of ledger.lines()) most = Math.max(most, (flying += line === 'up' ? 1 : -1));
  expect(most).toBe(3);
});

test('an item that yields has a dataset for its value', async () => {
  const { run, values } = startBatches();
  const report = await run('yields', [[3, 0]]);
  const [three, none] = (await values.resolve(report.segments[0]!.items)) as AsyncIterable<number>[];
  const items = [];
  for await (const item of three!) items.push(item);
  expect(items).toEqual([0, 1, 2]);
  expect(none).toHaveProperty('length', 0);
});

test('a body beside a batch that computes is not held up until its end', async () => {
  const { run, pool } = startBatches();
  const policy = (await pool.ready).tasks[0]!.policy;
  const controller = new AbortController();
  let isDone = false;
  // Fifty seconds of computing, unless it is told to stop.
  const batch = failureOf(run('busy', [numbers(10_000)], { signal: controller.signal })).finally(() => (isDone = true));
  const one = { kind: 'task' as const, flowName: 'f', runId: 'r1', tags: [] };
  expect(await pool.run({ taskName: 'inc', args: [1], charged: 0, policy, run: one })).toBe(2);
  expect(isDone).toBe(false);
  controller.abort();
  expect((await batch).kind).toBe('cancelled');
});

test('a cancelled batch tells its items, starts no more, and says what was done', async () => {
  const { run } = startBatches({ cancelGraceMs: 10_000 });
  const ledger = startLedger();
  const controller = new AbortController();
  const running = failureOf(run('obeys', [ledger.file, numbers(10)], { concurrency: 5, signal: controller.signal }));
  await ledger.until('start', 8);
  controller.abort();
  const { kind, report } = await running;
  expect(kind).toBe('cancelled');
  expect(report).toMatchObject({ ended: { Cancelled: 7 }, segments: [{ length: 10, holes: [3, 4, 5, 6, 7, 8, 9] }] });
  expect(report!.segments[0]!.items!.slice(0, 3)).toEqual([0, 1, 2]);
  expect(starts(ledger.lines())).toHaveLength(8);
});
