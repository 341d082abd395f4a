import { flow, sequence, task, type FlowOptions, type TaskOptions } from '../../src/authoring/index.js';
import { declaredFlows, declaredTasks, findTask, sealRegistry } from '../../src/authoring/definition.js';
import { provideFlowRun } from '../../src/authoring/scope.js';
import { currentRun, provideCurrentRun } from '../../src/authoring/current-run.js';
import { type AuthoringError } from '../../src/core/errors.js';
import { runFlow, startFlow } from './fake-run.js';

const body = (): number => 1;
const errorOf = (fn: () => unknown): AuthoringError => {
  try {
    fn();
  } catch (error) {
    return error as AuthoringError;
  }
  throw new Error('nothing was thrown');
};

test.each([
  ['empty', ''],
  ['of spaces', '  '],
  ['with a control character', 'a\nb'],
  ['too long', 'x'.repeat(201)],
  ['a number', 1 as unknown as string],
  ['not there', undefined as unknown as string],
])('a name that is %s is refused, for tasks and flows', (_, name) => {
  expect(errorOf(() => task(name, body))).toMatchObject({ code: 'BAD_NAME' });
  expect(errorOf(() => flow(name, body))).toMatchObject({ code: 'BAD_NAME' });
});

test('a function without a name cannot be a task by itself', () => {
  expect(
    errorOf(() =>
      task(
        (
          () => () =>
            1
        )(),
      ),
    ),
  ).toMatchObject({ code: 'BAD_NAME' });
});

test('a named function is a task of that name', () => {
  const made = task(function nameOfFunction(n: number) {
    return n + 1;
  });
  expect([made.taskName, made.fn(1)]).toEqual(['nameOfFunction', 2]);
});

test.each([
  ['nothing', undefined],
  ['a text', 'x'],
  ['a promise', Promise.resolve()],
  ['an object', {}],
])('a body that is %s is refused', (_, wrong) => {
  expect(errorOf(() => task('with body', {}, wrong as never))).toMatchObject({ code: 'BAD_BODY' });
  expect(errorOf(() => flow('with body', {}, wrong as never))).toMatchObject({ code: 'BAD_BODY' });
});

test('what is refused at a definition says where that stands', () => {
  const here = { file: expect.stringMatching(/definitions\.test\.ts$/), line: expect.any(Number) };
  expect(errorOf(() => task('placed', {}, 1 as never)).details).toMatchObject({ ...here, name: 'placed' });
  expect(errorOf(() => task('placed', { retries: -1 }, body)).details).toMatchObject({ ...here, option: 'retries' });
  expect(errorOf(() => flow('', body)).details).toMatchObject(here);
});

const badTaskOptions: [string, unknown][] = [
  ['retries', -1],
  ['retries', 1.5],
  ['retries', '3'],
  ['retryDelay', 'soon'],
  ['retryDelay', []],
  ['retryDelay', -5],
  ['retryBackoff', 0.5],
  ['retryJitter', -1],
  ['maxRetryDelay', 'x'],
  ['timeout', {}],
  ['timeout', NaN],
  ['timeout', 0],
  ['totalTimeout', 'x'],
  ['totalTimeout', '0 s'],
  ['heartbeatTimeout', '100 ms'],
  ['onCrash', 'ignore'],
  ['tags', 'one'],
  ['tags', [1]],
  ['retryIf', true],
  ['local', 'yes'],
  ['retires', 3],
];
test.each(badTaskOptions)('the task option %s: %p is refused at the definition, by name', (option, value) => {
  const error = errorOf(() => task('options', { [option]: value } as TaskOptions, body));
  expect(error).toMatchObject({ code: 'BAD_OPTION', details: { option } });
  expect(error.message).toContain(`The task 'options'`);
});

const badFlowOptions: [string, unknown][] = [
  ['retries', -1],
  ['retryDelay', 'x'],
  ['timeout', 'x'],
  ['timeout', 0],
  ['params', { a: 1 }],
  ['name', ''],
  ['parameters', {}],
];
test.each(badFlowOptions)('the flow option %s: %p is refused at the definition, by name', (option, value) => {
  expect(errorOf(() => flow('options', { [option]: value } as FlowOptions as never, body))).toMatchObject({
    code: 'BAD_OPTION',
    details: { option },
  });
});

test.each([
  ['an unknown one', { retry: 1 }],
  ['a wrong number', { retries: -1 }],
  ['a wrong duration', { timeout: 'x' }],
  ['no time at all', { timeout: 0 }],
  ['null', null],
  ['a number', 5],
  ['what is no list of futures', { after: [1] }],
  ['a name that is no text', { name: 5 }],
  ['an empty name', { name: ' ' }],
])('options of a call are checked: %s', (_, options) => {
  const made = (findTask('for calls') && undefined) ?? task(`for calls ${JSON.stringify(options)}`, body);
  expect(errorOf(() => made.with(options as never))).toMatchObject({ code: 'BAD_OPTION' });
});

test('options that are not an object are refused', () => {
  expect(errorOf(() => task('options', 5 as never, body))).toMatchObject({ code: 'BAD_OPTION' });
});

test('two tasks, or two flows, of one name are refused; a task and a flow may share one', () => {
  task('twice', body);
  flow('twice', body);
  const error = errorOf(() => task('twice', body));
  expect(error).toMatchObject({ code: 'DUPLICATE_NAME' });
  expect(error.message).toMatch(/definitions\.test\.ts:\d+.*definitions\.test\.ts:\d+/);
  expect(errorOf(() => flow('twice', body))).toMatchObject({ code: 'DUPLICATE_NAME' });
});

test('a definition knows its file and line, or the file it was told', () => {
  task('here', body);
  task('elsewhere', { source: 'file:///C:/a%20b/flows.ts' }, body);
  expect(findTask('here')?.site?.file).toMatch(/definitions\.test\.ts$/);
  expect(findTask('here')?.site?.line).toBeGreaterThan(100);
  expect(findTask('elsewhere')?.site).toEqual({ file: 'C:/a b/flows.ts', line: 1, column: 1 });
});

test('outside a flow a call, a map and an edge are refused, and the body is there to call', () => {
  provideFlowRun(() => undefined);
  const outside = task('outside', body);
  const outsideFlow = flow('outside flow', body);
  expect(errorOf(() => outside())).toMatchObject({
    code: 'CALLED_OUTSIDE_FLOW',
    message: expect.stringContaining('outside.fn('),
  });
  expect(errorOf(() => outside.map())).toMatchObject({ code: 'CALLED_OUTSIDE_FLOW' });
  expect(errorOf(() => outside.with({ retries: 1 })())).toMatchObject({ code: 'CALLED_OUTSIDE_FLOW' });
  expect(errorOf(() => outsideFlow())).toMatchObject({
    code: 'CALLED_OUTSIDE_FLOW',
    message: expect.stringContaining('.run('),
  });
  expect(outside.fn()).toBe(1);
});

test('a call inside the body of a task names that task', () => {
  provideFlowRun(() => undefined);
  const inner = task('inner', body);
  provideCurrentRun(() => ({ kind: 'task', flowName: 'f', runId: 'r', tags: [], taskName: 'outer' }));
  const error = errorOf(() => inner());
  provideCurrentRun(() => undefined);
  expect(error).toMatchObject({ code: 'CALLED_OUTSIDE_FLOW' });
  expect(error.message).toContain("'inner' was called inside the body of the task 'outer'");
});

test('run() and start() without a launcher, as inside a flow, are refused', async () => {
  const inner = flow('inner', body);
  await expect(inner.run()).rejects.toMatchObject({ code: 'CALLED_INSIDE_FLOW' });
  expect(errorOf(() => inner.start())).toMatchObject({ code: 'CALLED_INSIDE_FLOW' });
});

test('currentRun is refused where no run is', () => {
  expect(errorOf(() => currentRun())).toMatchObject({ code: 'NO_CURRENT_RUN' });
  provideCurrentRun(() => ({ kind: 'flow', flowName: 'f', runId: 'r', tags: [] }));
  expect(currentRun()).toMatchObject({ runId: 'r' });
});

test('a call without parameters gives a flow an empty object', async () => {
  const child = flow('child without params', body);
  const run = startFlow(() => child());
  await run.drain();
  expect(run.invocationOf('child without params-0')).toMatchObject({ params: {} });
});

test('a sequence of one, and a task without arguments, are fine', async () => {
  const single = task('single', body);
  expect((await runFlow(() => sequence(single()))).value).toBe(1);
});

test('after the modules have been evaluated nothing can be declared any more', () => {
  const before = [declaredTasks().length, declaredFlows().length];
  sealRegistry('inside a flow');
  expect(errorOf(() => task('late', body))).toMatchObject({
    code: 'LATE_DEFINITION',
    message: expect.stringContaining('inside a flow'),
  });
  expect(errorOf(() => flow('late', body))).toMatchObject({ code: 'LATE_DEFINITION' });
  expect([declaredTasks().length, declaredFlows().length]).toEqual(before);
});
