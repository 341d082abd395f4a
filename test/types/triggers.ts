/** Trigger rules, skip and failures as values, to the compiler alone; never run. */
import { expectTypeOf } from 'expect-type';
import {
  allFailed,
  allFinished,
  allowFailure,
  type FailureValue,
  flow,
  isFailureValue,
  SkipTask,
  someFailed,
  task,
  type TaskFuture,
} from '../../src/authoring/index.js';

const count = task('count', { trigger: allFinished, skipOnUpstreamSkip: false }, (n: number) => n);
const row = task('row', { trigger: someFailed({ atLeast: 2, atMost: 0.5 }) }, () => ({ id: 1 }));
const either = task('either', (value: number | FailureValue) => (isFailureValue(value) ? value.message : value + 1));
const eitherOf = task('either of', (values: (number | FailureValue)[]) => values.length);
const skipping = task('skipping', (): number => {
  throw new SkipTask('nothing');
});

export const accepted = flow('accepted', async () => {
  expectTypeOf(allowFailure(count(1))).toEqualTypeOf<TaskFuture<number | FailureValue>>();
  expectTypeOf(allowFailure(count.map([1]))).toEqualTypeOf<TaskFuture<(number | FailureValue)[]>>();
  expectTypeOf(await allowFailure(row())).toEqualTypeOf<{ id: number } | FailureValue>();
  expectTypeOf(skipping()).toEqualTypeOf<TaskFuture<number>>();
  either(allowFailure(count(1)));
  either(count(1));
  either(allowFailure(row().at('id')));
  eitherOf(allowFailure(count.map([1, 2])));
  either.map(allowFailure(count.map([1, 2])));
  either.with({ trigger: allFailed, skipOnUpstreamSkip: true, after: [allowFailure(row())] })(1);
});

export const refused = flow('refused', () => {
  // @ts-expect-error the failure is a value that the task does not take
  count(allowFailure(count(1)));
  // @ts-expect-error a rule is no text
  count.with({ trigger: 'allFailed' });
  // @ts-expect-error a rule with bounds has to be given them
  count.with({ trigger: someFailed });
  // @ts-expect-error no such bound
  someFailed({ least: 2 });
  // @ts-expect-error only futures have failures to allow
  allowFailure(1);
});
