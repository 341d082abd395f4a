/** What each rule says of an upstream, as Prefect 1's triggers do. */
import {
  type TriggerRule,
  type UpstreamCounts,
  isTriggerRule,
  ruleText,
  verdictOf,
} from '../../src/core/trigger-rule.js';

/** `s` succeeded, `k` skipped (which counts as success), `f` failed, `b` failed and borne by its map. */
const countsOf = (ends: string): UpstreamCounts => {
  const count = (letters: string): number => [...ends].filter((end) => letters.includes(end)).length;
  return { succeeded: count('sk'), skipped: count('k'), failed: count('fb'), borne: count('b') };
};

const cases: [TriggerRule, Record<string, 'run' | 'skip' | 'fail'>][] = [
  [{ kind: 'allSuccessful' }, { ss: 'run', sk: 'run', sf: 'fail', ff: 'fail', sb: 'run', '': 'run' }],
  [{ kind: 'allFailed' }, { ff: 'run', sf: 'fail', kf: 'fail', ss: 'fail', fb: 'run' }],
  [{ kind: 'anySuccessful' }, { sf: 'run', kf: 'run', ff: 'fail', '': 'fail' }],
  [{ kind: 'anyFailed' }, { sf: 'run', ss: 'fail', kk: 'fail', sb: 'run', '': 'fail' }],
  [{ kind: 'allFinished' }, { ss: 'run', ff: 'run', kk: 'run', '': 'run' }],
  [{ kind: 'notAllSkipped' }, { ks: 'run', kk: 'skip', ss: 'run', kf: 'fail', sf: 'fail' }],
  [
    { kind: 'someFailed', atLeast: 2 },
    { sff: 'run', ssf: 'fail', fff: 'run' },
  ],
  [
    { kind: 'someFailed', atMost: 1 },
    { sss: 'run', ssf: 'run', sff: 'fail' },
  ],
  [
    { kind: 'someFailed', atLeast: 0.5 },
    { sf: 'run', ssf: 'fail', sff: 'run' },
  ],
  [
    { kind: 'someFailed', atLeast: 1, atMost: 2 },
    { ss: 'fail', sf: 'run', sff: 'run', fff: 'fail' },
  ],
  [
    { kind: 'someSuccessful', atLeast: 2 },
    { ssf: 'run', skf: 'run', sff: 'fail' },
  ],
  [
    { kind: 'someSuccessful', atMost: 0.5 },
    { sf: 'run', ssf: 'fail', sff: 'run' },
  ],
  [
    { kind: 'someSuccessful', atLeast: 0.25, atMost: 0.75 },
    { sf: 'run', ss: 'fail', ff: 'fail' },
  ],
  [
    { kind: 'someSuccessful', atMost: 0 },
    { ff: 'run', sf: 'fail' },
  ],
];

describe.each(cases.map(([rule, ends]) => [ruleText(rule), rule, ends] as const))('%s', (_, rule, ends) => {
  test.each(Object.entries(ends))('of %p: %s', (upstream, verdict) => {
    expect(verdictOf(rule, countsOf(upstream))).toBe(verdict);
  });
});

test('a rule is told from what is none', () => {
  expect(isTriggerRule({ kind: 'anyFailed' })).toBe(true);
  expect([undefined, null, 'anyFailed', {}, { kind: 'never' }, () => true].filter(isTriggerRule)).toEqual([]);
});
