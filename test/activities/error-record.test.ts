import { expect, test } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { recordError } from '../../src/activities/error-record.js';
import { reviveError } from '../../src/activities/revive-error.js';
import { AuthoringError, NonRetryableError } from '../../src/core/errors.js';

test('an error of any realm and class keeps its name, message, causes and properties', () => {
  class BankError extends Error {
    iban = 'x';
  }
  expect(recordError(new BankError('no', { cause: 'why' }))).toMatchObject({
    name: 'BankError',
    message: 'no',
    props: { iban: 'x' },
    cause: { name: 'Error', message: 'why' },
  });
  expect(recordError(runInNewContext('new RangeError("far")'))).toMatchObject({ name: 'RangeError', message: 'far' });
  expect(recordError(new NonRetryableError('n')).name).toBe('NonRetryableError');
  expect(recordError(new AggregateError([new Error('a'), 'b'], 'both')).props).toEqual({ errors: ['Error: a', 'b'] });
});

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [7, '7'],
  [{ code: 'E' }, '{"code":"E"}'],
  [Symbol('s'), 'Symbol(s)'],
  [10n, '10'],
])('a thrown %p becomes an error with that text', (thrown, message) => {
  expect(recordError(thrown)).toEqual({ name: 'Error', message });
});

test('hostile errors are recorded as far as they can be read', () => {
  const error = new Error('m');
  Object.defineProperty(error, 'trap', {
    enumerable: true,
    get: () => {
      throw new Error('trap');
    },
  });
  Object.assign(error, { self: error, fn: () => 1, big: 1n, fine: [1] });
  expect(recordError(error).props).toEqual({ fine: [1] });
  const loop = new Error('loop');
  loop.cause = loop;
  expect(JSON.stringify(recordError(loop)).length).toBeLessThan(200_000);
});

test('sizes are bounded, since a failure too large for Temporal would be retried for ever', () => {
  const error = Object.assign(new Error('e'.repeat(10_000_000)), { body: 'b'.repeat(10_000_000), small: 1 });
  const record = recordError(error);
  expect(JSON.stringify(record).length).toBeLessThan(50_000);
  expect(record.props).toEqual({ small: 1 });
});

test('a recorded error is revived with its class, stack and causes', () => {
  const error = new AuthoringError('BAD_NAME', 'bad', { details: { name: '' }, cause: new TypeError('deep') });
  const revived = reviveError(recordError(error));
  expect(revived).toBeInstanceOf(AuthoringError);
  expect(revived).toMatchObject({ name: 'AuthoringError', message: 'bad', code: 'BAD_NAME', details: { name: '' } });
  expect(revived.stack).toBe(error.stack);
  expect(revived.cause).toMatchObject({ name: 'TypeError', message: 'deep' });
});
