import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { ActivityFailure, ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { WorkflowHandle } from '@temporalio/client';
import type { FailureDetail } from '../../src/core/protocol.js';
import { type Bench, startBench } from './worker-process.js';

let bench: Bench;
let queue = '';
let queues = 0;

/** For tests that do nothing to their worker. */
const shared = 'shared';

beforeAll(async () => {
  bench = await startBench();
  await bench.startWorker(shared, { isKept: true });
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const startWorker = (): ReturnType<Bench['startWorker']> => bench.startWorker((queue = `q${++queues}`));

interface End {
  failure: ApplicationFailure;
  detail: FailureDetail;
}

/** The failure that the workflow sees as the cause of its `ActivityFailure`. */
const endOf = async (handle: WorkflowHandle): Promise<End> => {
  const error = await handle.result().then(
    (value) => ({ value }),
    (thrown: { cause?: unknown }) => thrown.cause,
  );
  // The SDK wraps the failure of an activity, but not that of a local one.
  const failure = error instanceof ActivityFailure ? error.cause : error;
  if (!(failure instanceof ApplicationFailure)) throw new TypeError(`expected a failure, got ${JSON.stringify(error)}`);
  return { failure, detail: failure.details?.[0] as FailureDetail };
};

test('a task called by a hand-written workflow gets its arguments and the policy it was declared with', async () => {
  expect(await (await bench.call(shared, 'add', { args: [1, 2] })).result()).toBe(3);
  const ledger = bench.startLedger();
  expect(await (await bench.call(shared, 'flaky', { args: [ledger.file, 2] })).result()).toBe(3);
});

test('the header says which task run it is, and what was changed for the call', async () => {
  const header = { v: 1 as const, id: 'who-3[17]', index: 17, tags: ['nightly'] };
  const handle = await bench.call(shared, 'who', { header });
  expect(await handle.result()).toEqual({
    kind: 'task',
    flowName: 'callTask',
    runId: handle.workflowId,
    tags: ['nightly'],
    taskName: 'who',
    taskRunId: 'who-3[17]',
    attempt: 1,
    mapIndex: 17,
    retries: 0,
  });
  const ledger = bench.startLedger();
  const once = { v: 1 as const, id: 'flaky-0', policy: { retries: 0 } };
  const { detail } = await endOf(await bench.call(shared, 'flaky', { args: [ledger.file, 9], header: once }));
  expect(detail.details['attempt']).toBe(1);
});

test('a failure names task, run and attempt and keeps the error of the user; retries without delay follow at once', async () => {
  const ledger = bench.startLedger();
  const handle = await bench.call(shared, 'flaky', { args: [ledger.file, 9] });
  const { failure, detail } = await endOf(handle);
  expect(failure).toMatchObject({ type: 'RowError', message: 'failure 3', nonRetryable: true });
  expect(failure.stack).toContain('tasks.js');
  expect(failure.cause).toMatchObject({ type: 'TypeError', message: 'why' });
  expect(detail).toMatchObject({
    perdure: 1,
    errorClass: 'RunError',
    code: 'TASK_FAILED',
    details: { taskName: 'flaky', runId: handle.workflowId, flowName: 'callTask', attempt: 3, charged: 3 },
  });
  expect(detail.details['userError']).toEqual({ name: 'RowError', props: { row: 7 } });
  expect(ledger.count('start')).toBe(3);
  const { events } = await handle.fetchHistory();
  // With Temporal's own intervals it would be a second, and two.
  expect(events!.flatMap((event) => event.activityTaskStartedEventAttributes ?? [])).toMatchObject([
    { attempt: 3, lastFailure: { applicationFailureInfo: { nextRetryDelay: { nanos: 1_000_000 } } } },
  ]);
});

test('delays between retries are those of the policy', async () => {
  const ledger = bench.startLedger();
  const header = { v: 1 as const, id: 'flaky-0', policy: { retryDelaysMs: [300, 600] } };
  await endOf(await bench.call(shared, 'flaky', { args: [ledger.file, 9], header }));
  const [a, b, c] = ledger.lines().map((line) => Number(line.split(' ')[1])) as [number, number, number];
  expect(b - a).toBeGreaterThanOrEqual(300);
  expect(c - b).toBeGreaterThanOrEqual(600);
});

test('an attempt lost with its worker is not charged to retries, and what was charged before is not forgotten', async () => {
  const worker = await startWorker();
  const ledger = bench.startLedger();
  const policy = { heartbeatTimeoutMs: 5_000 };
  const handle = await bench.call(queue, 'waits_retried', { args: [ledger.file, ledger.gate, true], policy });
  await ledger.until('start', 2);
  worker.kill('SIGKILL');
  await bench.startWorker(queue);
  await ledger.until('start', 3);
  ledger.openGate();
  const { detail } = await endOf(handle);
  expect(detail).toMatchObject({ code: 'TASK_FAILED', details: { attempt: 3, charged: 2 } });
  expect(ledger.count('start')).toBe(3);
});

test("with onCrash 'fail' an attempt lost with its worker ends the task run as Crashed", async () => {
  const worker = await startWorker();
  const ledger = bench.startLedger();
  const policy = { heartbeatTimeoutMs: 5_000 };
  const handle = await bench.call(queue, 'waits_once', { args: [ledger.file, ledger.gate], policy });
  await ledger.until('start');
  worker.kill('SIGKILL');
  await bench.startWorker(queue);
  const { failure, detail } = await endOf(handle);
  expect(detail.code).toBe('TASK_CRASHED');
  expect(failure.message).toContain('lost with its worker');
  expect(ledger.count('start')).toBe(1);
});

test('a worker that is stopped for a while loses its attempt to another; its late completion changes nothing', async () => {
  const worker = await startWorker();
  const ledger = bench.startLedger();
  const policy = { heartbeatTimeoutMs: 5_000 };
  const handle = await bench.call(queue, 'waits', { args: [ledger.file, ledger.gate], policy });
  await ledger.until('start');
  worker.kill('SIGSTOP');
  await bench.startWorker(queue);
  await ledger.until('start', 2);
  const [, second] = ledger.lines();
  ledger.openGate();
  const result = await handle.result();
  expect(`start ${result}`).toBe(second);
  worker.kill('SIGCONT');
  await ledger.until('end', 2);
  expect(await handle.result()).toBe(result);
});

test('a body that ends its process is run again three times, then ends Crashed with that cause', async () => {
  const ledger = bench.startLedger();
  const { failure, detail } = await endOf(await bench.call(shared, 'exits', { args: [ledger.file] }));
  expect(failure.message).toContain('called process.exit(9)');
  expect(detail).toMatchObject({ code: 'TASK_CRASHED', details: { charged: 0 } });
  expect(ledger.count('start')).toBe(4);
});

test("with onCrash 'fail' a body that ends its process is not run again", async () => {
  const ledger = bench.startLedger();
  const { detail } = await endOf(await bench.call(shared, 'exits_once', { args: [ledger.file] }));
  expect(detail.code).toBe('TASK_CRASHED');
  expect(ledger.count('start')).toBe(1);
});

test('a body that computes longer than the heartbeat time-out keeps its attempt', async () => {
  const handle = await bench.call(shared, 'spins', { args: [7_500], policy: { heartbeatTimeoutMs: 5_000 } });
  expect(await handle.result()).toBe('spun');
});

test('a time-out counts as a failure of the body', async () => {
  const ledger = bench.startLedger();
  const { failure, detail } = await endOf(await bench.call(shared, 'overdue', { args: [ledger.file] }));
  expect(failure.type).toBe('TaskTimedOut');
  expect(detail).toMatchObject({ code: 'TASK_TIMED_OUT', details: { attempt: 2, charged: 2 } });
});

test('a cancelled workflow aborts the signal of the body', async () => {
  const ledger = bench.startLedger();
  const activity = { cancellationType: 'WAIT_CANCELLATION_COMPLETED' } as object;
  const handle = await bench.call(shared, 'waits', { args: [ledger.file, ledger.gate], activity });
  await ledger.until('start');
  await handle.cancel();
  await ledger.until('aborted');
  await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
  expect(ledger.lines().at(-1)).toContain('was cancelled');
});

test('a worker that shuts down gives its attempt back, uncharged', async () => {
  const worker = await startWorker();
  const ledger = bench.startLedger();
  const handle = await bench.call(queue, 'waits', { args: [ledger.file, ledger.gate] });
  await ledger.until('start');
  const exited = once(worker, 'exit');
  worker.kill('SIGTERM');
  await exited;
  expect(worker.exitCode).toBe(0);
  await bench.startWorker(queue);
  await ledger.until('start', 2);
  ledger.openGate();
  expect(await handle.result()).toBe(2);
});

test("with onCrash 'fail' too, an attempt given back by a shutdown is run again", async () => {
  const worker = await startWorker();
  const ledger = bench.startLedger();
  const handle = await bench.call(queue, 'waits_once', { args: [ledger.file, ledger.gate] });
  await ledger.until('start');
  const exited = once(worker, 'exit');
  worker.kill('SIGTERM');
  await exited;
  await bench.startWorker(queue);
  await ledger.until('start', 2);
  ledger.openGate();
  expect(await handle.result()).toBe(2);
});

test('a result over the limit of a payload is refused by name and size, once', async () => {
  const limit = 2 * 1024 * 1024;
  expect(await (await bench.call(shared, 'large', { args: [limit - 100] })).result()).toHaveLength(limit - 100);
  const { failure, detail } = await endOf(await bench.call(shared, 'large', { args: [limit] }));
  expect(detail).toMatchObject({ code: 'PAYLOAD_TOO_LARGE', details: { bytes: limit + 2, attempt: 1 } });
  expect(failure.message).toContain("'large'");
});

test('an error of many megabytes is cut, and fails like any other', async () => {
  const ledger = bench.startLedger();
  const { failure, detail } = await endOf(await bench.call(shared, 'huge_error', { args: [ledger.file] }));
  expect(failure.message.length).toBeLessThan(10_000);
  expect(detail.code).toBe('TASK_FAILED');
  expect(ledger.count('start')).toBe(2);
});

test('a local task that the worker does not have fails at once, and lists those it has', async () => {
  const { failure, detail } = await endOf(await bench.call(shared, 'no such task', { local: true }));
  expect(detail.code).toBe('TASK_NOT_FOUND');
  expect(failure.message).toMatch(/flaky.*tasks\.js/);
});

test('a task that a worker does not have waits for one that has it, uncharged', async () => {
  const old = await startWorker();
  const handle = await bench.call(queue, 'new_task', { args: [bench.startLedger().file] });
  const pending = async () => (await handle.describe()).raw.pendingActivities?.[0];
  while (((await pending())?.attempt ?? 0) < 3) await new Promise((resolve) => setTimeout(resolve, 20));
  expect((await pending())?.lastFailure?.message).toMatch(/no task 'new_task'. It has: .*flaky.*tasks\.js/);
  await bench.startWorker(queue, { env: { NEW_TASK: '1' } });
  old.kill('SIGTERM');
  expect(await handle.result()).toBe(1);
});

test('a local activity goes the same way', async () => {
  expect(await (await bench.call(shared, 'add', { args: [1, 2], local: true })).result()).toBe(3);
  const ledger = bench.startLedger();
  const { detail } = await endOf(await bench.call(shared, 'flaky', { args: [ledger.file, 9], local: true }));
  expect(detail).toMatchObject({ code: 'TASK_FAILED', details: { attempt: 3, charged: 3 } });
  expect(ledger.count('start')).toBe(3);
});
