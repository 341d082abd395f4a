import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import { createHeartbeats } from '../../src/activities/heartbeats.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** What the heartbeats use of an activity's context. */
const activity = ({ runId = 'a', heartbeatTimeoutMs = 10_000 } = {}) => {
  const canceller = new AbortController();
  const beats: number[] = [];
  const context = {
    info: { heartbeatTimeoutMs, workflowExecution: { workflowId: runId, runId } },
    cancellationSignal: canceller.signal,
    heartbeat: () => beats.push(performance.now()),
  };
  return { context: context as unknown as Context, beats, cancel: () => canceller.abort() };
};
const keepAll = (activities: ReturnType<typeof activity>[]) => {
  const heartbeats = createHeartbeats();
  return activities.map(({ context }) =>
    heartbeats.keep(context, () => ({ v: 1, charged: 0, crashes: 0, released: 0, lost: 0 })),
  );
};
const gapsIn = (beats: number[]) => beats.slice(1).map((at, i) => at - beats[i]!);

test('one attempt beats every second, until it ends', () => {
  const one = activity();
  const [end] = keepAll([one]);
  jest.advanceTimersByTime(900);
  expect(one.beats).toEqual([]);
  jest.advanceTimersByTime(4_100);
  expect(one.beats).toHaveLength(5);
  end!();
  jest.advanceTimersByTime(5_000);
  expect(one.beats).toHaveLength(5);
});

test('many beat less often, and still well within their time-out', () => {
  const many = Array.from({ length: 200 }, () => activity());
  keepAll(many);
  jest.advanceTimersByTime(30_000);
  for (const { beats } of many) {
    expect(Math.min(...gapsIn(beats))).toBeGreaterThanOrEqual(3_000);
    expect(Math.max(...gapsIn(beats))).toBeLessThanOrEqual(3_400);
  }
});

test('a short time-out is kept, however many there are', () => {
  const many = Array.from({ length: 200 }, () => activity({ heartbeatTimeoutMs: 1_000 }));
  keepAll(many);
  jest.advanceTimersByTime(10_000);
  for (const { beats } of many) expect(Math.max(...gapsIn(beats))).toBeLessThanOrEqual(500);
});

test('the first of a run that is cancelled has the others of that run ask at once', () => {
  const [first, other] = [activity(), activity()];
  const rest = Array.from({ length: 200 }, () => activity({ runId: 'another' }));
  keepAll([first, other, ...rest]);
  jest.advanceTimersByTime(1_200);
  const before = { other: other.beats.length, rest: rest[0]!.beats.length };
  first.cancel();
  jest.advanceTimersByTime(200);
  expect(other.beats).toHaveLength(before.other + 1);
  expect(rest[0]!.beats).toHaveLength(before.rest);
});
