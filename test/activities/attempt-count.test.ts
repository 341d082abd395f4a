import { expect, test } from '@jest/globals';
import { attemptHistory, countAfter, countNow } from '../../src/activities/attempt-count.js';

const at = (attempt: number, heartbeatDetails?: unknown, isLocal = false): ReturnType<typeof attemptHistory> =>
  attemptHistory({ attempt, heartbeatDetails, isLocal });

test('each end of an attempt is told to the next one', () => {
  const afterFailure = countAfter(at(1), 'charged');
  const afterCrash = countAfter(at(2, afterFailure), 'crashes');
  const afterShutdown = countAfter(at(3, afterCrash), 'released');
  expect(at(4, afterShutdown)).toMatchObject({ charged: 1, crashes: 1, released: 1, lost: 0, unheard: 0 });
});

test('an attempt that had heartbeat and was not counted was lost with its worker', () => {
  const running = countNow(at(2, countAfter(at(1), 'charged')));
  const third = at(3, running);
  expect(third).toMatchObject({ charged: 1, lost: 1, unheard: 0 });
  expect(at(4, countAfter(third, 'charged'))).toMatchObject({ charged: 2, lost: 1, unheard: 0 });
});

test('attempts of which nothing was heard are counted by themselves', () => {
  expect(at(3)).toMatchObject({ charged: 0, lost: 0, unheard: 2 });
  expect(at(5, countNow(at(2)))).toMatchObject({ lost: 1, unheard: 3 });
});

test('a reset of the activity never makes more failures than attempts', () => {
  expect(at(1, { v: 1, charged: 3, crashes: 2 })).toMatchObject({ charged: 0, crashes: 0, lost: 0, unheard: 0 });
});

test.each([null, 'text', { progress: 3 }, { v: 2, charged: 9 }, { v: 1, charged: -1, crashes: 'x' }])(
  'details that are not ours (%j) count for nothing',
  (details) => {
    expect(at(2, details)).toMatchObject({ charged: 0, crashes: 0, unheard: 1 });
  },
);

test('each earlier attempt of a local activity was a failure', () => {
  expect(at(3, undefined, true)).toMatchObject({ charged: 2, unheard: 0 });
});

test('a batch that was lost and had come further may be lost as often again; one that had not may not', () => {
  const first = { ...at(1), batch: { before: 0, saved: 40, records: 2 } };
  const second = at(2, countNow(first));
  expect(second).toMatchObject({ lost: 0, released: 1, batch: { before: 40, saved: 40, records: 2 } });
  const third = at(3, countNow(second));
  expect(third).toMatchObject({ lost: 1, released: 1 });
  expect(at(4, countNow(third))).toMatchObject({ lost: 2 });
});
