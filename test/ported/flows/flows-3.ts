// Prefect 3, tests/test_flow_engine.py and tests/test_flows.py: retries of flows, flows in flows, states, hooks, pause.
import { approval, currentRun, type Flow, flow, type HookEvent, task } from 'perdure';
import { z } from 'zod';
import { note, notesOf } from './ledger.js';
import { causeOf, codeOf, type PortedCase } from './ported-case.js';
import { fails, success } from './tasks.js';

const twice = { retries: 1, retryDelay: '10 ms' } as const;
const attemptOf = (): number => currentRun().attempt ?? 0;

const kept = task('kept', { cache: { key: 'run' } }, () => (note('kept'), 'hello'));
const failsInFirst = task('fails in the first', (key: string, flowAttempt: number) => {
  note(key);
  if (flowAttempt === 1) throw new RangeError('on the first run of the flow');
  return 'hello';
});
const failsTwiceOver = task('fails twice over', { retries: 1 }, (key: string, flowAttempt: number) => {
  note(key);
  if (flowAttempt === 1 || currentRun().attempt === 1) throw new RangeError('not yet');
  return 'hello';
});
const alwaysFails = task('always fails', { retries: 2 }, (key: string): number => {
  note(key);
  throw new RangeError('This task always fails');
});
const ran = task('noted once more', (key: string) => note(key));

export const errorInFlow = flow('error in the flow', twice, () => {
  if (attemptOf() === 1) throw new RangeError('the flow itself');
  return 'hello';
});
export const withSuccess = flow('error and a successful task', twice, async () => {
  const value = await kept();
  if (attemptOf() === 1) throw new RangeError('the flow itself');
  return value;
});
export const withSuccessOnce = flow('successful task once', async () => [await withSuccess(), await notesOf('kept')]);
export const oneFailedTask = flow('one failed task', twice, () => failsInFirst('one failed task', attemptOf()));
export const oneFailedTaskTwice = flow('failed task twice', async () => [
  await oneFailedTask(),
  await notesOf('one failed task'),
]);
export const taskRetries = flow('retries of both', twice, async () => {
  const value = await failsTwiceOver('retries of both', attemptOf());
  return value;
});
export const taskRetriesCounted = flow('retries of both, counted', async () => [
  await taskRetries(),
  (await notesOf('retries of both')).length,
]);
export const exhausted = flow('retries of both, in vain', twice, () => alwaysFails('in vain'));
export const exhaustedCounted = flow('retries in vain, counted', async () => [
  await exhausted().catch((error) => causeOf(causeOf(error)).message),
  (await notesOf('in vain')).length,
]);
export const childOnce = flow(
  'child that fails once',
  async ({ parentAttempt, key }: { parentAttempt: number; key: string }) => {
    await ran(key);
    if (parentAttempt === 1) throw new RangeError('with the first parent');
    return 'hello';
  },
);
export const parentTwice = flow('parent of a failed child', twice, () =>
  childOnce({ parentAttempt: attemptOf(), key: 'child once' }),
);
export const parentTwiceCounted = flow('parent of a failed child, counted', async () => [
  await parentTwice(),
  (await notesOf('child once')).length,
]);
export const childRetries = flow(
  'child with retries',
  twice,
  async ({ parentAttempt, key }: { parentAttempt: number; key: string }) => {
    await ran(key);
    if (parentAttempt === 1 || attemptOf() === 1) throw new RangeError('not yet');
    return 'hello';
  },
);
export const onlyChild = flow('only the child', async () => [await childRetries({ parentAttempt: 2, key: 'only the child' }), (await notesOf('only the child')).length]); // prettier-ignore
export const bothRetry = flow('both retry', twice, () =>
  childRetries({ parentAttempt: attemptOf(), key: 'both retry' }),
);
export const bothCounted = flow('both retry, counted', async () => [
  await bothRetry(),
  (await notesOf('both retry')).length,
]);

export const recurse: Flow<{ i: number }, Promise<number>> = flow(
  'recurse',
  async ({ i }: { i: number }): Promise<number> => {
    await success();
    return i === 0 ? i : i + (await recurse({ i: i - 1 }));
  },
);
export const typed = flow('typed child', { params: z.object({ x: z.number() }) }, ({ x }) => x);
export const badParameters = flow('bad parameters', () => [typed({ x: 'foo' as never }), typed({ x: 1 })]);
export const returnedFailure = flow('failure returned', () => fails());
export const returnedFailures = flow('failures returned', () => [fails('Test 1'), fails('Test 2'), success()]);
export const returnedCancelled = flow('cancelled returned', () => {
  const [cancelled, good] = [fails(), success()];
  cancelled.cancel();
  return [cancelled, good];
});

const hook = (name: string) => (event: HookEvent) => void note(`hooks of ${event.flowName}`, name);
const failed1 = task('failed1', hook('failed1'));
const failed2 = task('failed2', hook('failed2'));
const completed1 = task('completed1', hook('completed1'));
const brokenHook = task('broken hook', (_: HookEvent): void => {
  throw new Error('oops');
});
const onFailure = [failed1, failed2];
const hookedTask = task('hooked task', { retries: 2, onFailure: failed1 }, (): number => {
  throw new Error('oops');
});
export const hooked = flow('hooked', { retries: 3, retryDelay: '10 ms', onFailure }, () => {
  throw new SyntaxError('oops');
});
export const brokenHooks = flow('broken hooks', { onFailure: [failed1, brokenHook, failed2] }, () => {
  throw new Error('oops');
});
export const completes = flow('completes', { onFailure, onCompletion: completed1 }, () => 1);
export const hookedBadly = flow(
  'hooked, badly called',
  { onFailure: failed1, params: z.object({ x: z.number() }) },
  () => 1,
);
export const hookedTasks = flow('hooked tasks', async () => hookedTask().catch(codeOf));
/** Notes of hooks, once the child's run with its hooks has ended. */
const hooksOf = async (name: string): Promise<string[]> => (await notesOf(`hooks of ${name}`)).sort();
export const hooksSeen = flow('hooks seen', async () => {
  await Promise.allSettled([hooked(), brokenHooks(), completes(), hookedBadly({ x: 'x' as never }), hookedTasks()]);
  const names = ['hooked', 'broken hooks', 'completes', 'hooked, badly called', 'hooked tasks'];
  const seen: Record<string, string[]> = {};
  for (const name of names) seen[name] = await hooksOf(name);
  return seen;
});
export const pausing = flow('pausing', async () => approval('input', z.object({ x: z.number() })));
export const neverResumed = flow('never resumed', async () =>
  approval('input', z.object({ x: z.number() }), { timeout: '100 ms' }),
);
export const limitedFlow = flow('flow with a time-out', { timeout: '10 seconds' }, async () => {
  await ran('before');
  await approval('nobody', z.string());
  await ran('after');
});
export const timeoutSeen = flow('time-out seen', async () => [await limitedFlow().catch(codeOf), await notesOf('before'), await notesOf('after')]); // prettier-ignore

export const flowRetryCases: PortedCase[] = [
  { name: 'TestFlowRetries.test_flow_retry_with_error_in_flow', flow: 'error in the flow', value: 'hello' },
  { name: 'TestFlowRetries.test_flow_retry_with_error_in_flow_and_successful_task', flow: 'successful task once', value: ['hello', ['ran']], isServerOnly: true }, // prettier-ignore
  { name: 'TestFlowRetries.test_flow_retry_with_no_error_in_flow_and_one_failed_task', flow: 'failed task twice', value: ['hello', ['ran', 'ran']] }, // prettier-ignore
  { name: 'TestFlowRetries.test_flow_retry_with_error_in_flow_and_one_failed_task_with_retries', flow: 'retries of both, counted', value: ['hello', 4] }, // prettier-ignore
  { name: 'TestFlowRetries.test_flow_retry_with_error_in_flow_and_one_failed_task_with_retries_cannot_exceed_retries', flow: 'retries in vain, counted', value: ['This task always fails', 6] }, // prettier-ignore
  { name: 'TestFlowRetries.test_flow_retry_with_no_error_in_flow_and_one_failed_child_flow', flow: 'parent of a failed child, counted', value: ['hello', 2] }, // prettier-ignore
  {
    name: 'TestFlowRetries.test_flow_with_failed_child_flow_with_retries',
    flow: 'only the child',
    value: ['hello', 2],
  },
  { name: 'TestFlowRetries.test_parent_flow_retries_failed_child_flow_with_retries', flow: 'both retry, counted', value: ['hello', 4] }, // prettier-ignore
];
export const flowCases: PortedCase[] = [
  { name: 'TestSubflowCalls.test_recursive_async_subflow', flow: 'recurse', params: { i: 5 }, value: 15 },
  { name: 'TestSubflowCalls.test_subflow_with_invalid_parameters_fails_parent', flow: 'bad parameters', error: { code: 'FLOW_FAILED' }, tasks: { 'typed child-0': 'Failed', 'typed child-1': 'Completed' } }, // prettier-ignore
  { name: 'TestFlowCall.test_flow_state_reflects_returned_task_run_state', flow: 'failure returned', error: { code: 'TASK_FAILED' } }, // prettier-ignore
  { name: 'TestFlowCall.test_flow_state_reflects_returned_multiple_task_run_states', flow: 'failures returned', error: { code: 'TASK_FAILED' }, tasks: { 'fails-0': 'Failed', 'fails-1': 'Failed', 'success-0': 'Completed' } }, // prettier-ignore
  { name: 'TestFlowCall.test_flow_state_with_cancelled_tasks_has_cancelled_state', flow: 'cancelled returned', error: { code: 'CANCELLED' }, tasks: { 'fails-0': 'Cancelled' }, prefect: 'the flow is Cancelled; here it is Failed, since nobody cancelled the flow' }, // prettier-ignore
  { name: 'TestFlowHooksOnFailure, TestFlowHooksOnCompletion, TestTaskHooksOnFailure', flow: 'hooks seen', value: { hooked: ['failed1', 'failed2'], 'broken hooks': ['failed1', 'failed2'], completes: ['completed1'], 'hooked, badly called': ['failed1'], 'hooked tasks': ['failed1'] } }, // prettier-ignore
  { name: 'TestPauseFlowRun.test_paused_flows_can_receive_input', flow: 'pausing', answer: { name: 'input', value: { x: 42 } }, value: { x: 42 } }, // prettier-ignore
  { name: 'TestPauseFlowRun.test_paused_flows_fail_if_not_resumed', flow: 'never resumed', error: { code: 'WAIT_TIMED_OUT' } }, // prettier-ignore
  { name: 'TestFlowTimeouts.test_timeout_stops_execution_at_next_task_for_sync_flows', flow: 'time-out seen', value: ['FLOW_TIMED_OUT', ['ran'], []] }, // prettier-ignore
];
