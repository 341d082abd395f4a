import { expect, test } from '@jest/globals';
import { bytesOver } from '../../src/activities/result-size.js';

const limit = 1_000;

test.each([
  ['a text', 'x'.repeat(998), 'x'.repeat(999)],
  ['a text of three bytes a character', '€'.repeat(332), '€'.repeat(333)],
  ['control characters', '\u0000'.repeat(166), '\u0000'.repeat(167)],
  ['numbers', Array(499).fill(1), Array(500).fill(1)],
  ['keys', { ['k'.repeat(994)]: 1 }, { ['k'.repeat(995)]: 1 }],
])('measures %s to the byte', (_, fits, over) => {
  expect(bytesOver(fits, limit)).toBeUndefined();
  expect(bytesOver(over, limit)).toBe(Buffer.byteLength(JSON.stringify(over)));
});

test('leaves what is no plain JSON to the payload converter', () => {
  const cycle: unknown[] = ['x'.repeat(999)];
  cycle.push(cycle);
  expect(bytesOver(cycle, limit)).toBeUndefined();
  expect(bytesOver(undefined, limit)).toBeUndefined();
});
