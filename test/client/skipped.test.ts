/** How a skipped run, and skipped items of a batch, look from outside: from the history's events alone. */
import { runEvents } from '../../src/client/history-events.js';
import { RunFold } from '../../src/core/run-view/run-fold.js';

const payload = (value: unknown, encoding = 'json/plain') => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(JSON.stringify(value)),
});
const tasksOf = (...events: object[]) => {
  const run = new RunFold('run-1');
  for (const event of events)
    for (const one of runEvents({ eventTime: { seconds: 1 }, ...event } as never)) run.apply(one);
  return run.view().tasks;
};
const scheduled = (activityId: string, header: object) => ({
  eventId: 5,
  activityTaskScheduledEventAttributes: {
    activityId,
    activityType: { name: 'load' },
    header: { fields: { perdure: payload({ v: 1, id: activityId, ...header }) } },
  },
});
const delta = (one: object) => ({
  workflowPropertiesModifiedEventAttributes: { upsertedMemo: { fields: { 'perdure.delta': payload([one]) } } },
});

test('an activity that failed with TASK_SKIPPED is a skipped run without an error', () => {
  const failure = {
    message: 'nothing to do',
    applicationFailureInfo: { details: { payloads: [payload({ perdure: 1, code: 'TASK_SKIPPED' })] } },
  };
  const [task] = tasksOf(scheduled('load-0', {}), {
    activityTaskFailedEventAttributes: { scheduledEventId: 5, failure },
  });
  expect(task).toMatchObject({ id: 'load-0', state: 'Skipped' });
  expect(task).not.toHaveProperty('error');
});

test('skipped items of a batch are counted as such', () => {
  const report = { start: 0, end: 10, segments: [], skipped: 3, ended: { Failed: 2 }, ms: 1, bytes: 1 };
  const completed = { scheduledEventId: 5, result: { payloads: [payload(report)] } };
  const [map] = tasksOf(
    delta({ kind: 'map', id: 'load-0', name: 'load', up: [], width: 10 }),
    scheduled('load-0[0-9]', { batch: { map: 'load-0', start: 0, end: 10 } }),
    { activityTaskCompletedEventAttributes: completed },
  );
  expect(map).toMatchObject({ kind: 'map', counts: { Completed: 5, Skipped: 3, Failed: 2 } });
});

test('what was skipped with its upstream has no activity, and a final state', () => {
  const views = tasksOf(
    delta({ kind: 'ended', id: 'save-0', name: 'save', up: ['load-0'], state: 'Skipped' }),
    delta({ kind: 'map', id: 'show-0', name: 'show', up: ['load-0'], width: 2 }),
    delta({ kind: 'children', id: 'show-0', name: 'show', up: ['load-0'], state: 'Skipped', count: 2 }),
  );
  expect(views).toMatchObject([
    { id: 'save-0', state: 'Skipped' },
    { id: 'show-0', state: 'Completed', counts: { Skipped: 2 } },
  ]);
});
