/** Compares what came of a case with what has to. */
import type { Case, Outcome } from './case.js';

export const expectOutcome = (one: Case, outcome: Outcome): void => {
  if (one.error === undefined) {
    expect(outcome.error).toBeUndefined();
    expect(outcome.value).toEqual(one.value);
  } else expect(outcome.error).toMatchObject(one.error);
  expect(outcome.state).toBe(one.state ?? (one.error === undefined ? 'Completed' : 'Failed'));
  if (one.tasks !== undefined) expect(outcome.tasks).toMatchObject(one.tasks);
  if (one.said !== undefined) expect(outcome.said).toEqual(one.said);
  if (one.afterwards !== undefined)
    expect(Object.keys(outcome.tasks).filter((id) => id.includes(':'))).toEqual(one.afterwards);
  for (const what of ['logs', 'artifacts'] as const) {
    const expected = one[what];
    if (expected === undefined) continue;
    expect(outcome[what]).toHaveLength(expected.length);
    expect(outcome[what]).toEqual(expect.arrayContaining(expected.map((part) => expect.objectContaining(part))));
  }
};
