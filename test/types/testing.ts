/** What mocks and induced failures accept, by the types of the task. Checked by the compiler alone; never run. */
import { expectTypeOf } from 'expect-type';
import { type RunHandle, task } from 'perdure';
import { failAttempts, mockTask, taskRuns, type TaskRunFacts } from 'perdure/testing';

const scale = task('scale', async (n: number, by: number) => n * by);
const names = task('names', () => ['a']);
const lines = task('lines', async function* () {
  yield 'line';
});

// A mock of an async task may be sync, and take fewer arguments.
const mock = mockTask(scale, (n) => n);
expectTypeOf(mock.calls).toEqualTypeOf<readonly Readonly<[n: number, by: number]>[]>();
mockTask(scale, async (n, by) => n + by);
mockTask(scale);
mockTask(names, async () => ['b']);
mockTask(lines, async function* () {
  yield 'other';
});
// @ts-expect-error a text is not what the task gives
mockTask(scale, () => 'text');
// @ts-expect-error its first argument is a number
mockTask(scale, (n: string) => n.length);
// @ts-expect-error a flow or a function is no task
mockTask(() => 1);

failAttempts(scale, 1);
failAttempts(scale, [1, 2], { with: 'timeout', mapIndex: [0, 1] });
failAttempts(scale, 'all', { with: new RangeError('no') });
// @ts-expect-error there is no such end
failAttempts(scale, 1, { with: 'explode' });
// @ts-expect-error attempts are numbers, or all
failAttempts(scale, 'some');

expectTypeOf(taskRuns).returns.resolves.toEqualTypeOf<TaskRunFacts[]>();

// The door brings the SDK's handle with it: what replayHistory takes comes from there.
expectTypeOf<RunHandle<number>['workflow']>().toHaveProperty('fetchHistory');
