import { runEvents } from '../../src/client/history-events.js';
import { RunFold } from '../../src/core/run-view/run-fold.js';

const fold = (...events: object[]) => {
  const run = new RunFold('run-1');
  for (const event of events)
    for (const one of runEvents({ eventTime: { seconds: 1 }, ...event } as never)) run.apply(one);
  return run.view();
};
const failed = (cause: number) => ({
  workflowTaskFailedEventAttributes: { cause, failure: { message: '[TMPRL1100] Nondeterminism error' } },
});

test('a run whose workflow task failed is parked, with why', () => {
  expect(fold(failed(24)).parked).toBe('[TMPRL1100] Nondeterminism error');
  expect(fold(failed(14)).parked).toBe('[TMPRL1100] Nondeterminism error');
});

test('a workflow task that completes, or the end of the run, lifts it', () => {
  expect(fold(failed(24), { workflowTaskCompletedEventAttributes: {} }).parked).toBeUndefined();
  expect(fold(failed(24), { workflowExecutionTerminatedEventAttributes: { reason: 'enough' } }).parked).toBeUndefined();
});

test("what passes between server and worker by itself does not park: a reset's failure, for one", () => {
  expect(fold(failed(20)).parked).toBeUndefined();
});
