// Prefect 3, tests/test_tasks.py, test_task_engine.py, test_futures.py: calls, maps, failures as values, retries.
import { allowFailure, currentRun, flow, isFailureValue, task, type TaskFuture, unmapped } from 'perdure';
import { note, notesOf } from './ledger.js';
import { causeOf, codeOf, type PortedCase } from './ported-case.js';
import { add, fails, identity, pair } from './tasks.js';

const hello = task('say hello', (name: string) => `Hello ${name}!`);
const failsOnTwo = task('fails on two', (x: number) => {
  if (x === 2) throw new RangeError('Fail task');
  return x;
});
const flakyUntil = task('flaky until', { retries: 3 }, (key: string, until: number) => {
  if (note(key, currentRun().attempt) < until) throw new RangeError('not yet');
  return true;
});
const delayed = task('delayed thrice', { retries: 3, retryDelay: ['50 ms', '150 ms'] }, (): number => {
  note('retry delays', Date.now());
  throw new RangeError('again');
});
const callApi = task(
  'api call',
  { retries: 1, retryIf: (error) => ![401, 404].includes((error as { status?: number }).status ?? 0) },
  (status: number): string => {
    note(`api ${status}`);
    if (status !== 200) throw Object.assign(new Error(`status ${status}`), { status });
    return 'ok';
  },
);
const addSome = task('add some', (x: number, y: number[] = [1, 4]) => x + y.reduce((all, one) => all + one, 0));
const second = task('second', (_x: unknown, y: unknown) => y);
const sumPlus = task('sum plus', (x: number, all: number[]) => all.reduce((sum, one) => sum + one, x));
const processData = task('process data', (item: number) => {
  if (item < 0) throw new RangeError(`Cannot process negative value: ${item}`);
  return `Processed ${item}`;
});
const inner = task('inner task', () => 'inner');
const outer = task('outer task', (): unknown => inner());
const generates = task('generates', async function* () {
  yield 1;
  yield 2;
});
const generatesThenFails = task('generates then fails', { retries: 2 }, async function* () {
  yield note('generator retries');
  throw new RangeError('after the first');
});
const tagged = task('tagged', { tags: ['task-tag'] }, () => currentRun().tags);

const shown = (value: unknown): unknown =>
  isFailureValue(value) ? `${value.name}: ${value.message}` : Array.isArray(value) ? value.map(shown) : value;

export const submitted = flow('submitted and forgotten', () => {
  fails();
  return 'bar';
});
export const downstreamOfFailure = flow('downstream of a failure', async () => {
  const run = identity(fails());
  await run.catch(() => undefined);
  return run.state;
});
export const downstream = flow('downstream', () => add(identity(1) as never, 1));
export const allowed = flow('failure allowed', async () => shown(await identity(allowFailure(fails()))));
export const allowedInList = flow('failure allowed in a list', async () =>
  shown(await identity([allowFailure(fails()), 1, 2])),
);
export const allowedMapped = flow('failure allowed in maps', async () => {
  const runs = identity.map(allowFailure(failsOnTwo.map([1, 2, 3])));
  return [shown(await runs), (await runs.settled()).map(({ state }) => state)];
});
export const allowedWhole = flow('failure allowed, whole', async () =>
  shown(await pair.map([1, 2, 3], unmapped(allowFailure(fails())))),
);
export const growingQueue = flow('growing queue', async () => {
  const queue: TaskFuture<string>[] = [];
  for (let i = 0; i < 3; i++) queue.push(hello.with({ after: queue })(`Person ${i}`));
  return Promise.all(queue);
});
export const itself = flow('after itself', () => {
  const run = hello('me');
  run.after(run);
  return run;
});
export const waitsForMap = flow('waits for a map', async () => {
  const mapped = failsOnTwo.map([1, 2, 3]);
  return hello.with({ after: [allowFailure(mapped)] })('anyway');
});
export const retryCount = flow('retry count', async ({ key, until }: { key: string; until: number }) => {
  const run = flakyUntil(key, until);
  const value = await run.catch(codeOf);
  return [value, run.state, await notesOf(key)];
});
export const retryDelays = flow('retry delays', async () => {
  await delayed().catch(() => undefined);
  const times = (await notesOf('retry delays')).map(Number);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  return [50, 150, 150].map((delay, i) => (gaps[i] ?? 0) >= delay - 1);
});
export const retryCondition = flow('retry condition of the docs', async () => {
  await Promise.allSettled([callApi(200), callApi(404), callApi(500)]);
  return Promise.all([200, 404, 500].map(async (status) => (await notesOf(`api ${status}`)).length));
});
export const fromSet = flow('map of a tuple, a set and a generator', () => {
  const numbers = function* () {
    yield* [1, 2, 3];
  };
  return [add.map([1, 2, 3] as const), add.map(new Set([1, 2, 3])), add.map(numbers())];
});
export const child = flow('child that lists', () => [1, 2, 3]);
export const overFlow = flow('map of a flow', () => add.map(child()));
export const missingIterable = flow('missing iterable', () => add.map(5, 6));
export const mismatching = flow('mismatching lengths', () => add.map([1, 2, 3], [4, 5, 6, 7]));
export const unmappedText = flow('unmapped text', () => identity.map(['a', 'b', 'c'].map((letter) => `${letter}test`)));
export const unmappedList = flow('unmapped list', () => second.map([[], [], []], unmapped([4, 5, 6, 7])));
export const listDefault = flow('list by default', () => addSome.map([1, 2, 3]));
export const mapWaited = flow('map waited for', async () => {
  const runs = add.map([1, 2, 3]);
  await runs;
  return (await runs.settled()).map(({ state }) => state);
});
export const failFast = flow('fail fast', async () => {
  const runs = failsOnTwo.map([1, 2, 3]);
  return runs.catch((error) => causeOf(error).message);
});
export const duplicates = flow('duplicate futures', () => {
  const future = identity(42);
  return Promise.all([future, identity(1), future]);
});
export const withoutRaise = flow('results without raising', async () =>
  shown(await allowFailure(failsOnTwo.map([1, 2, 3]))),
);
export const sumIt = flow('sum it', () => sumPlus.map([4, 5, 6], unmapped([1, 2, 3])));
export const batch = flow('batch processing', async () => {
  const done = await processData.map([1, -2, 3, -4, 5]).settled();
  return [done.flatMap(({ value }) => value ?? []), done.filter(({ error }) => error).length];
});
export const nested = flow('nested tasks', () => outer().catch((error) => codeOf(causeOf(error))));
export const generator = flow('generator task', () => identity.map(generates()));
export const generatorRetries = flow('generator retries', async () => {
  const run = generatesThenFails();
  await run.catch(() => undefined);
  return [run.state, await notesOf('generator retries')];
});
export const tags = flow('tags of the flow and the task', () => tagged());
export const submitCases: PortedCase[] = [
  { name: 'TestTaskSubmit.test_task_failure_does_not_affect_flow', flow: 'submitted and forgotten', error: { code: 'TASK_FAILED' }, prefect: 'the flow completes with "bar"; here a failure that nobody deals with fails it' }, // prettier-ignore
  { name: 'TestTaskSubmit.test_downstream_does_not_run_if_upstream_fails', flow: 'downstream of a failure', value: 'TriggerFailed', prefect: 'it is left Pending (NotReady)' }, // prettier-ignore
  { name: 'TestTaskSubmit.test_downstream_runs_if_upstream_succeeds', flow: 'downstream', value: 2 },
  { name: 'TestTaskSubmit.test_downstream_receives_exception_if_upstream_fails_and_allow_failure', flow: 'failure allowed', value: 'RangeError: Fail task!' }, // prettier-ignore
  { name: 'TestTaskSubmit.test_downstream_receives_exception_in_collection_if_upstream_fails_and_allow_failure', flow: 'failure allowed in a list', value: ['RangeError: Fail task!', 1, 2] }, // prettier-ignore
  { name: 'TestTaskSubmit.test_allow_failure_chained_mapped_tasks', flow: 'failure allowed in maps', value: [[1, 'RangeError: Fail task', 3], Array(3).fill('Completed')] }, // prettier-ignore
  { name: 'TestTaskSubmit.test_allow_failure_mapped_with_noniterable_upstream', flow: 'failure allowed, whole', value: [1, 2, 3].map((n) => [n, 'RangeError: Fail task!']) }, // prettier-ignore
  { name: 'TestTaskSubmit.test_raises_if_depends_on_itself', flow: 'growing queue', value: [0, 1, 2].map((i) => `Hello Person ${i}!`), prefect: 'a deadlock, refused: the list that it waits for is kept, not copied' }, // prettier-ignore
  { name: 'TestTaskSubmit.test_raises_if_depends_on_itself: a real circle', flow: 'after itself', error: { code: 'EDGE_CYCLE' } }, // prettier-ignore
  { name: 'TestTaskWaitFor.test_allow_failure_with_mapped_tasks_in_wait_for', flow: 'waits for a map', value: 'Hello anyway!' }, // prettier-ignore
  { name: 'TestNestedTasks.test_nested_task', flow: 'nested tasks', value: 'CALLED_OUTSIDE_FLOW', prefect: 'tasks may call tasks; here a flow may call flows' }, // prettier-ignore
  { name: 'TestTaskRunTags.test_task_run_tags_include_flow_run_tags', flow: 'tags of the flow and the task', tags: ['flow-tag'], value: ['flow-tag', 'task-tag'] }, // prettier-ignore
  { name: 'TestGenerators.test_generator_task', flow: 'generator task', value: [1, 2] },
  {
    name: 'TestGenerators.test_generator_retries',
    flow: 'generator retries',
    value: ['Failed', ['ran', 'ran', 'ran']],
  },
];
export const retryCases: PortedCase[] = [
  { name: 'TestTaskRetries.test_task_respects_retry_count: in the end', flow: 'retry count', params: { key: 'fourth', until: 4 }, value: [true, 'Completed', ['1', '2', '3', '4']] }, // prettier-ignore
  { name: 'TestTaskRetries.test_task_respects_retry_count: always_fail', flow: 'retry count', params: { key: 'never', until: 9 }, value: ['TASK_FAILED', 'Failed', ['1', '2', '3', '4']] }, // prettier-ignore
  { name: 'TestTaskRetries.test_task_only_uses_necessary_retries', flow: 'retry count', params: { key: 'needed', until: 2 }, value: [true, 'Completed', ['1', '2']] }, // prettier-ignore
  { name: 'TestTaskRetries.test_async_task_respects_retry_delay_seconds', flow: 'retry delays', value: [true, true, true], isServerOnly: true }, // prettier-ignore
  { name: 'docs: retry_condition_fn', flow: 'retry condition of the docs', value: [1, 1, 2] },
];
export const mapCases3: PortedCase[] = [
  { name: 'TestTaskMap.test_map_can_take_generator_as_input', flow: 'map of a tuple, a set and a generator', value: Array(3).fill([2, 3, 4]) }, // prettier-ignore
  { name: 'TestTaskMap.test_map_can_take_flow_state_as_input', flow: 'map of a flow', value: [2, 3, 4] },
  { name: 'TestTaskMap.test_missing_iterable_argument', flow: 'missing iterable', error: { code: 'NOTHING_TO_MAP' } },
  { name: 'TestTaskMap.test_mismatching_input_lengths', flow: 'mismatching lengths', error: { code: 'MAP_LENGTH_MISMATCH' } }, // prettier-ignore
  { name: 'TestTaskMap.test_unmapped_str', flow: 'unmapped text', value: ['atest', 'btest', 'ctest'] },
  { name: 'TestTaskMap.test_unmapped_iterable', flow: 'unmapped list', value: Array(3).fill([4, 5, 6, 7]) },
  { name: 'TestTaskMap.test_with_keyword_with_iterable_default', flow: 'list by default', value: [6, 7, 8] },
  { name: 'TestTaskMap.test_wait_mapped_tasks', flow: 'map waited for', value: Array(3).fill('Completed') },
  { name: 'TestPrefectFutureList.test_results_with_failure', flow: 'fail fast', value: "The task 'fails on two' (map index 1) failed: Fail task" }, // prettier-ignore
  { name: 'TestPrefectFutureList.test_results_with_raise_on_failure_false', flow: 'results without raising', value: [1, 'RangeError: Fail task', 3] }, // prettier-ignore
  { name: 'TestPrefectFutureList.test_result_with_duplicate_futures', flow: 'duplicate futures', value: [42, 1, 42] },
  { name: 'docs: run work concurrently, unmapped', flow: 'sum it', value: [10, 11, 12] },
  { name: 'docs: run work concurrently, handling failures', flow: 'batch processing', value: [['Processed 1', 'Processed 3', 'Processed 5'], 2] }, // prettier-ignore
];
