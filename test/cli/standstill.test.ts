import { standstillIn } from '../../src/cli/run/standstill.js';

const since = 100_000;
const scheduled = { state: 1 };
const startedAt = (ms: number) => ({ state: 2, startedTime: { seconds: ms / 1_000 } });
const after = (forMs: number, isParked = false) => ({ isParked, since, forMs });

test('a run that waits for nothing of a worker does not stand still, however long', () => {
  expect(standstillIn(undefined, after(3_600_000))).toBeUndefined();
  expect(standstillIn(startedAt(200_000), after(3_600_000))).toBeUndefined();
});

test('what nobody takes for ten seconds stands still', () => {
  expect(standstillIn(scheduled, after(9_000))).toBeUndefined();
  expect(standstillIn(scheduled, after(10_000))).toBe('nobody');
  expect(standstillIn(scheduled, after(10_000, true))).toBe('parked');
});

test('parked is what a worker of now cannot go on with; one that went away with its code is waited for longer', () => {
  expect(standstillIn(startedAt(200_000), after(10_000, true))).toBe('parked');
  expect(standstillIn(startedAt(50_000), after(10_000, true))).toBeUndefined();
  expect(standstillIn(startedAt(50_000), after(60_000, true))).toBe('parked');
});
