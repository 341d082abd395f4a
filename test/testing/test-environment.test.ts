/** The test environment: a real server, and the flow's code in the sandbox, in this process under the test runner. */
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inline, getRun, temporal } from '../../src/index.js';
import {
  assertTaskRuns,
  createTestEnvironment,
  failAttempts,
  mockTask,
  restoreTasks,
  runGraph,
  type TestEnvironment,
} from '../../src/testing/index.js';
import { asksWho, asked, book, clean, pipeline, rows, tried, tries, trip } from './flows.js';

let env: TestEnvironment;
beforeAll(async () => void (env = await createTestEnvironment()), 240_000);
afterAll(() => env.close());
afterEach(restoreTasks);

const isListening = (address: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(Number(address.split(':')[1]), '127.0.0.1');
    socket.once('connect', () => resolve((socket.destroy(), true)));
    socket.once('error', () => resolve(false));
  });

test('mocks and induced failures do what they do in memory, to the same graph', async () => {
  const seen: unknown[] = [];
  for (const executor of [inline(), env.executor]) {
    const source = mockTask(rows, async () => [1, 2, 3, 4, 5]);
    failAttempts(tries, 1, { mapIndex: 1, with: new RangeError('once') });
    failAttempts(tries, 1, { mapIndex: 2, with: 'crash' });
    failAttempts(tries, 'all', { mapIndex: 3, with: 'timeout' });
    failAttempts(tries, 'all', { mapIndex: 4 });
    const run = await tried.start({}, { executor });
    expect(await run.result()).toBe(0);
    await assertTaskRuns(run, {
      tries: [
        { state: 'Completed', attempts: 1 },
        { state: 'Completed', attempts: 2 },
        { state: 'Completed', attempts: 2 },
        { state: 'TimedOut', attempts: 3, error: "Task 'tries'[3] timed out, as a test asked" },
        { state: 'Failed', attempts: 3, error: "attempt 3 of 'tries' failed, as a test asked" },
      ],
    });
    expect(source.calls).toEqual([[]]);
    seen.push(await runGraph(run));
    restoreTasks();
  }
  expect(seen[1]).toBe(seen[0]);
}, 60_000);

test('an undo that is noted, and bodies that run in this process', async () => {
  const booked = mockTask(book, () => 'mocked');
  await expect(trip.run({}, { executor: env.executor })).rejects.toMatchObject({ code: 'TASK_FAILED' });
  expect(booked.undone).toEqual([['mocked', 'hotel']]);
  expect(await asksWho.run({}, { executor: env.executor })).toBe(process.pid);
}, 60_000);

test('a run there is found by its address, and the server is no other', async () => {
  process.env['TEMPORAL_ADDRESS'] = '127.0.0.1:1';
  try {
    const { runId } = await asksWho.start({}, { executor: env.executor });
    const found = await getRun(runId, { executor: temporal({ address: env.address, namespace: env.namespace }) });
    expect(await found.result()).toBe(process.pid);
  } finally {
    delete process.env['TEMPORAL_ADDRESS'];
  }
}, 60_000);

test('with processes, bodies run in children, where no mock reaches', async () => {
  const other = await createTestEnvironment({ processes: 1 });
  expect(other.address).not.toBe(env.address);
  try {
    expect(await asksWho.run({}, { executor: other.executor })).not.toBe(process.pid);
    mockTask(rows, () => []);
    await expect(pipeline.run({}, { executor: other.executor })).rejects.toMatchObject({ code: 'MOCK_OUT_OF_REACH' });
  } finally {
    await other.close();
  }
}, 60_000);

test('close ends what runs and leaves nothing', async () => {
  const other = await createTestEnvironment();
  const folder = fileURLToPath(other.executor.store!);
  let isRunning = (): void => undefined;
  const running = new Promise<void>((resolve) => (isRunning = resolve));
  mockTask(rows, () => {
    isRunning();
    return new Promise<never>(() => undefined);
  });
  const run = await pipeline.start({}, { executor: other.executor });
  const end = run.result().catch((error: unknown) => error);
  await running;
  expect(existsSync(folder)).toBe(true);
  await Promise.all([other.close(), other.close()]);
  expect(await end).toMatchObject({ code: 'FLOW_TERMINATED' });
  // The process is gone; its port goes with the last of its threads.
  while (await isListening(other.address)) await pause(5);
  expect(existsSync(folder)).toBe(false);
}, 60_000);

describe('with skipTime', () => {
  let skipping: TestEnvironment;
  beforeAll(async () => void (skipping = await createTestEnvironment({ skipTime: true })), 240_000);
  afterAll(() => skipping.close());

  test('delays between attempts take no time while the test waits for the end', async () => {
    mockTask(rows, () => [1, 2]);
    failAttempts(clean, [1, 2], { mapIndex: 1 });
    const run = await pipeline.start({}, { executor: skipping.executor });
    expect(await run.result()).toBe(3);
    const { startedAt, endedAt } = await run.tasks();
    expect(endedAt!.getTime() - startedAt!.getTime()).toBeGreaterThanOrEqual(2 * 3_600_000);
    await assertTaskRuns(run, { clean: [{ attempts: 1 }, { state: 'Completed', attempts: 3 }] });
  }, 60_000);

  test('time stands while nobody waits, so that an approval can be answered; sleep lets it go by', async () => {
    const runs = [
      await asked.start({}, { executor: skipping.executor }),
      await asked.start({}, { executor: skipping.executor }),
    ] as const;
    await skipping.sleep('1 day');
    for (const run of runs) while ((await run.approvals()).length === 0) await skipping.sleep('1 minute');
    await runs[0].approve('go', true);
    expect(await Promise.all(runs.map((run) => run.result()))).toEqual([process.pid, null]);
  }, 60_000);
});
