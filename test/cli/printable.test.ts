import { displayWidth, oneLine, padded, printable, printableOutput, shorten } from '../../src/cli/printable.js';

test('escape sequences, control and direction characters do not reach the terminal', () => {
  expect(printable('a\u001b[2J\u001b]0;title\u0007b\u0000\u202ec\u009bd')).toBe('abcd');
  expect(printable('line 1\r\nline 2\tx')).toBe('line 1\nline 2\tx');
  expect(oneLine('a\n  b\u001b[31m c')).toBe('a b c');
});

test('what a body prints keeps its colours and nothing else', () => {
  expect(printableOutput('\u001b[31mred\u001b[0m \u001b[2Jx\u001b[3A')).toBe('\u001b[31mred\u001b[0m x');
});

test('columns are counted as terminals do', () => {
  expect(['abc', '日本', 'é', 'e\u0301', '👩‍👩‍👧', '✔'].map(displayWidth)).toEqual([3, 4, 1, 1, 2, 1]);
});

test('a text is cut to columns, never in the middle of a character', () => {
  expect(shorten('abcdef', 4)).toBe('abc…');
  expect(shorten('日本語です', 5)).toBe('日本…');
  expect(shorten('abc', 3)).toBe('abc');
  expect(shorten('abc', 0)).toBe('');
  expect(padded('日', 4)).toBe('日  ');
});
