// The tests of billing.ts with jest.
import { inline, NonRetryableError } from 'perdure';
import {
  assertTaskRuns,
  createTestEnvironment,
  failAttempts,
  mockTask,
  replayHistory,
  restoreTasks,
  runGraph,
  type TestEnvironment,
} from 'perdure/testing';
import { billing, charge, fetchOrders } from '../billing.js';

const orders = [
  { id: 1, euros: 10 },
  { id: 2, euros: 20 },
  { id: 3, euros: 30 },
];

afterEach(restoreTasks);

describe('in memory, a few milliseconds each', () => {
  const executor = inline();

  test('all orders are charged', async () => {
    mockTask(fetchOrders, () => orders);
    const charged = mockTask(charge, ({ euros }) => euros);
    expect(await billing.run({ day: '2026-01-31' }, { executor })).toEqual({ charged: 3, euros: 60 });
    expect(charged.calls.map(([{ id }]) => id)).toEqual([1, 2, 3]);
  });

  test('a day without orders', async () => {
    mockTask(fetchOrders, () => []);
    expect(await billing.run({ day: '2026-02-01' }, { executor })).toEqual({ charged: 0, euros: 0 });
  });

  test('a charge that fails is tried again after ten minutes, which take no time here', async () => {
    mockTask(fetchOrders, () => orders);
    mockTask(charge, ({ euros }) => euros);
    failAttempts(charge, 1, { mapIndex: 0, with: 'timeout' });
    failAttempts(charge, 'all', { mapIndex: 2, with: new RangeError('card expired') });

    const run = await billing.start({ day: '2026-01-31' }, { executor });

    expect(await run.result()).toEqual({ charged: 2, euros: 30 });
    await assertTaskRuns(run, {
      charge: [
        { state: 'Completed', attempts: 2 },
        'Completed',
        { state: 'Failed', attempts: 3, error: 'card expired' },
      ],
    });
    expect(await runGraph(run)).toMatchInlineSnapshot(`
"Billing: Completed
  fetch_orders-0  Completed
  sum-0           Completed
  charge-0        map of 3: 2 Completed, 1 Failed, at most 3 attempts  <- fetch_orders-0"
`);
  });
});

describe('on a real server, compiled for the sandbox', () => {
  let env: TestEnvironment;
  beforeAll(async () => void (env = await createTestEnvironment()), 120_000);
  afterAll(() => env.close());

  test('it does the same, and a worker could take the run over', async () => {
    mockTask(fetchOrders, () => orders);
    mockTask(charge, ({ euros }) => euros);
    failAttempts(charge, 'all', { mapIndex: 1, with: new NonRetryableError('card expired') });

    const run = await billing.start({ day: '2026-01-31' }, { executor: env.executor });

    expect(await run.result()).toEqual({ charged: 2, euros: 40 });
    await assertTaskRuns(run, { charge: ['Completed', 'Failed', 'Completed'], sum: 'Completed' });
    await replayHistory(await run.workflow.fetchHistory(), { files: ['billing.ts'] });
  }, 60_000);
});
