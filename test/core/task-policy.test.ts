import { activityOptions } from '../../src/core/activity-options.js';
import { flowStartOptions } from '../../src/core/flow-start.js';
import { defaultTaskPolicy, retryDelayMs, type TaskPolicy } from '../../src/core/task-policy.js';

const delays = (part: Partial<TaskPolicy>, random = 0): number[] =>
  [1, 2, 3, 4, 5].map((retry) => retryDelayMs({ ...defaultTaskPolicy, ...part }, retry, random));

test('without a delay, retries follow at once', () => {
  expect(delays({})).toEqual([0, 0, 0, 0, 0]);
});

test('the last of a list of delays repeats', () => {
  expect(delays({ retryDelaysMs: [1, 10, 60] })).toEqual([1, 10, 60, 60, 60]);
});

test('the backoff sets in where the list has run out, up to the bound', () => {
  expect(delays({ retryDelaysMs: [100], retryBackoff: 2 })).toEqual([100, 200, 400, 800, 1_600]);
  expect(delays({ retryDelaysMs: [5, 100], retryBackoff: 2, maxRetryDelayMs: 300 })).toEqual([5, 100, 200, 300, 300]);
});

test('jitter only ever lengthens, by its share at most', () => {
  expect(delays({ retryDelaysMs: [100], retryJitter: 0.5 }, 0)).toEqual([100, 100, 100, 100, 100]);
  expect(delays({ retryDelaysMs: [100], retryJitter: 0.5 }, 0.999)[0]).toBe(150);
});

test('Temporal itself never ends a task run by the number of its attempts', () => {
  const options = activityOptions({ ...defaultTaskPolicy, retries: 3, totalTimeoutMs: 5_000 });
  expect(options.retry).not.toHaveProperty('maximumAttempts');
  expect(options).toMatchObject({ scheduleToCloseTimeout: 5_000, heartbeatTimeout: 10_000 });
});

test("a flow's retries and timeout are the workflow's", () => {
  expect(flowStartOptions({})).toEqual({});
  expect(flowStartOptions({ retries: 0 })).toEqual({});
  expect(flowStartOptions({ retries: 2, timeout: '1m' })).toEqual({
    retry: { maximumAttempts: 3, initialInterval: 1_000, backoffCoefficient: 1 },
    workflowExecutionTimeout: 60_000,
  });
  expect(flowStartOptions({ retries: 1, retryDelay: 0 }).retry?.initialInterval).toBe(1);
});
