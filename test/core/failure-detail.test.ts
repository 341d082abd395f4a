import { AuthoringError, NonRetryableError, PerdureError, RetryableError, RunError } from '../../src/core/errors.js';
import { fromFailureDetail, toFailureDetail, userError } from '../../src/core/failure-detail.js';
import { isFailureDetail } from '../../src/core/protocol.js';

test('an error of the taxonomy comes back as its class, with code and facts', () => {
  const cause = new Error('the cause');
  const sent: unknown = JSON.parse(
    JSON.stringify(toFailureDetail(new RunError('TASK_FAILED', 'x', { details: { runId: 'r', attempt: 2 } }))),
  );
  if (!isFailureDetail(sent)) throw new Error('not recognised');
  const back = fromFailureDetail(sent, 'the message', cause);
  expect(back).toBeInstanceOf(RunError);
  expect(back).toMatchObject({ name: 'RunError', code: 'TASK_FAILED', message: 'the message', runId: 'r', attempt: 2 });
  expect(back.cause).toBe(cause);
});

test('a class that this release does not know is still an error of Perdure', () => {
  const back = fromFailureDetail(
    { perdure: 1, errorClass: 'NewError', code: 'TASK_FAILED', details: {} },
    'x',
    undefined,
  );
  expect(back).toBeInstanceOf(PerdureError);
  expect(back).not.toBeInstanceOf(RunError);
  expect(back).not.toHaveProperty('cause');
});

test.each([null, undefined, 1, 'x', {}, { perdure: 2 }, []])('%p is not a failure of ours', (value) => {
  expect(isFailureDetail(value)).toBe(false);
});

test("a user's error keeps name, message, stack and what it carried", () => {
  const error = userError({
    name: 'HttpError',
    message: 'no',
    stack: 'HttpError: no\n  at there',
    props: { status: 503 },
  });
  expect(error).toMatchObject({ name: 'HttpError', message: 'no', stack: 'HttpError: no\n  at there', status: 503 });
  expect(Object.keys(error)).toEqual(['status']);
});

test('the errors that user code throws are told apart across copies of the package', () => {
  expect(new NonRetryableError('x')).toBeInstanceOf(NonRetryableError);
  expect(new RetryableError('x', { retryAfter: '1s' })).toBeInstanceOf(RetryableError);
  expect(new RetryableError('x', { retryAfter: '1s' })).not.toBeInstanceOf(NonRetryableError);
  expect(new AuthoringError('BAD_NAME', 'x')).not.toBeInstanceOf(NonRetryableError);
});
