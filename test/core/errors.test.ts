import { AuthoringError, NonRetryableError, PerdureError, RunError } from '../../src/core/errors.js';

test('an error is an instance of its class and of the root, and of no sibling', () => {
  const error: unknown = new AuthoringError('BAD_NAME', 'no');
  expect(error instanceof AuthoringError).toBe(true);
  expect(error instanceof PerdureError).toBe(true);
  expect(error instanceof RunError).toBe(false);
  expect(new Error('x') instanceof PerdureError).toBe(false);
});

test("a user's own subclass is told apart from its parent", () => {
  class Mine extends NonRetryableError {}
  class Other extends PerdureError {}
  expect(new Mine('x') instanceof NonRetryableError).toBe(true);
  expect(new AuthoringError('BAD_NAME', 'no') instanceof Other).toBe(false);
  expect(new Other('BAD_NAME', 'no') instanceof Other).toBe(true);
});
