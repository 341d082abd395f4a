import { durationMs, formatDuration, parseDuration } from '../../src/core/duration.js';

test.each([
  [500, 500],
  [0, 0],
  ['500', 500],
  ['500 ms', 500],
  ['5s', 5_000],
  ['1.5 hours', 5_400_000],
  ['10 Minutes', 600_000],
  ['2 days', 172_800_000],
  ['1w', 604_800_000],
  [' 3 m ', 180_000],
])('%p is a duration', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([-1, NaN, Infinity, '', 'soon', '5 parsecs', '-5s', '5s 3ms', null, undefined, {}, '1e3'])(
  '%p is none',
  (value) => {
    expect(parseDuration(value)).toBeUndefined();
    expect(() => durationMs(value, 'timeout')).toThrow(/`timeout` to be a duration/);
  },
);

test.each([
  [0, '0 ms'],
  [850.4, '850 ms'],
  [4_230, '4.2 s'],
  [185_000, '3 min 05 s'],
  [7_440_000, '2 h 04 min'],
])('%p ms are shown as %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('just under a unit is not shown as sixty of the smaller one', () => {
  expect(formatDuration(999.7)).not.toBe('1000 ms');
  expect(formatDuration(59_970)).not.toBe('60.0 s');
});
