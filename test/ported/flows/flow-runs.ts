// Prefect 1.4.1, tests/engine/test_flow_runner.py, tests/core/test_flow.py and docs/core/idioms: how flows end.
import { allFailed, allFinished, currentRun, flow, manualOnly, NonRetryableError, task } from 'perdure';
import { z } from 'zod';
import { note, notesOf } from './ledger.js';
import { codeOf, type PortedCase } from './ported-case.js';
import { fails, identity, success } from './tasks.js';

const signalsFailure = task('signals failure', { retries: 2 }, (): number => {
  note('fail signal');
  throw new NonRetryableError('custom-fail-message');
});
const countsRuns = task('counts runs', { retries: 2 }, (): number => {
  note('run count', currentRun().attempt);
  throw new RangeError('again');
});
const failsLate = task('fails late', { retries: 1, retryDelay: '1 second' }, (): number => {
  note('not early', `late ${currentRun().attempt} ${Date.now()}`);
  throw new RangeError('not yet');
});
const failsSoon = task('fails soon', { retries: 1 }, (): number => {
  note('not early', `soon ${currentRun().attempt} ${Date.now()}`);
  throw new RangeError('not yet');
});
/** Blocks its whole process, which is its own, as a body in Python does: until that is killed. */
const slow = task('slow and blocking', { timeout: '4 seconds', onCrash: 'fail' }, () => {
  note('timeouts', 'called!');
  for (const end = Date.now() + 60_000; Date.now() < end;);
  note('timeouts', 'invalid');
});
const returnTask = task('return task', (x: number) => {
  if (x === 1) throw new RangeError('division by zero');
  return 1 / (x - 1);
});
const whoAmI = task('who am I', () => currentRun().taskName);
const returnY = task(
  'return y',
  { cache: { key: 'inputs', omit: ['y'], expires: '1 minute' } },
  (_x: number, y: number) => y,
);
const build = task('build', () => true);
const test = task('test', (built: boolean) => built);
const deploy = task('deploy', { trigger: manualOnly }, () => 'deployed');
const setUp = task('set up', () => 'a cluster');
const tearDown = task('tear down', (resource: string) => void note('resource', `closed ${resource}`));
const inResource = task('in resource', (resource: string): string => {
  throw new RangeError(`no use of ${resource}`);
});

export const twoIndependent = flow('two independent', () => [success(), success()]);
export const firstFails = flow('first fails', () => success.with({ after: [fails()] })());
export const secondHasTrigger = flow('second has trigger', () =>
  success.with({ after: [fails()], trigger: allFailed })(),
);
export const failSignal = flow('fail signal', () => success.with({ after: [signalsFailure()] })());
export const failSignalOnce = flow('fail signal once', async () => {
  const code = await failSignal().catch(codeOf);
  return [code, await notesOf('fail signal')];
});
export const secondFails = flow('second fails', () => fails.with({ after: [success()] })());
export const referenceTask = flow('reference task', () => {
  const failed = fails();
  success.with({ after: [failed], trigger: allFinished })();
  return { reference: failed };
});
export const terminalTask = flow('terminal task', () => success.with({ after: [fails()], trigger: allFinished })());
export const runCount = flow('run count', async () => [await countsRuns().catch(codeOf), await notesOf('run count')]);
export const terminalMap = flow('terminal map', () => returnTask.map([0, 1]));
export const timesOut = flow('times out, blocking', async () => {
  const run = slow();
  await run.catch(() => undefined);
  return [run.state, await notesOf('timeouts')];
});
const params = z.strictObject({ x: z.number(), y: z.number().default(99) });
export const parameters = flow('parameters', { params }, ({ x, y }) => identity({ x, y }));
export const missingParameter = flow('missing parameter', () => parameters({} as never).catch(codeOf));
export const irrelevantParameter = flow('irrelevant parameter', () =>
  parameters({ x: 10, y: 3, z: 9 } as never).catch(codeOf),
);
export const contexts = flow('contexts', () => whoAmI.with({ name: 'rc' })());
export const oneCachedRun = flow('one cached run', ({ call }: { call: number }) => returnY(Math.max(call, 2), call));
export const cachedRuns = flow('cached across runs', async () => [
  await oneCachedRun({ call: 1 }),
  await oneCachedRun({ call: 2 }),
  await oneCachedRun({ call: 3 }),
]);
export const codeDeploy = flow('code_deploy', () => deploy.with({ after: [test(build())] })());
export const resource = flow('resource', async () => {
  const cluster = await setUp();
  try {
    return await inResource(cluster);
  } finally {
    await tearDown(cluster);
  }
});
export const resourceClosed = flow('resource closed', async () => [
  await resource().catch(codeOf),
  await notesOf('resource'),
]);
const unequal = async (): Promise<string[]> => {
  const first = success();
  const both = [failsLate.with({ after: [first] })(), failsSoon.with({ after: [first] })()];
  await Promise.allSettled(both);
  return both.map(({ state }) => state);
};
export const unequalRetries = flow('unequal retries', async () => {
  const states = await unequal();
  const lines = await notesOf('not early');
  const [first, second] = ['late 1', 'late 2'].map((run) =>
    Number(lines.find((line) => line.startsWith(run))?.slice(7)),
  );
  return [states, second! - first! >= 999];
});
export const orderOfRetries = flow('order of retries', async () => [
  await unequal(),
  (await notesOf('not early')).slice(2).map((line) => line.slice(0, 6)),
]);

export const runnerCases: PortedCase[] = [
  { name: 'test_flow_runner_runs_basic_flow_with_2_independent_tasks', flow: 'two independent', value: [1, 1] },
  { name: 'test_flow_runner_runs_basic_flow_with_2_dependent_tasks_and_first_task_fails', flow: 'first fails', error: { code: 'TRIGGER_FAILED' }, tasks: { 'fails-0': 'Failed', 'success-0': 'TriggerFailed' } }, // prettier-ignore
  { name: 'test_flow_runner_runs_flow_with_2_dependent_tasks_and_first_task_fails_and_second_has_trigger', flow: 'second has trigger', value: 1, tasks: { 'fails-0': 'Failed', 'success-0': 'Completed' } }, // prettier-ignore
  { name: 'test_flow_runner_runs_basic_flow_with_2_dependent_tasks_and_first_task_fails_with_FAIL', flow: 'fail signal once', value: ['FLOW_FAILED', ['ran']] }, // prettier-ignore
  { name: 'test_flow_runner_runs_basic_flow_with_2_dependent_tasks_and_second_task_fails', flow: 'second fails', error: { code: 'TASK_FAILED' }, tasks: { 'success-0': 'Completed', 'fails-0': 'Failed' } }, // prettier-ignore
  { name: 'test_flow_run_state_determined_by_reference_tasks', flow: 'reference task', error: { code: 'TASK_FAILED' }, tasks: { 'success-0': 'Completed' }, prefect: 'set_reference_tasks([t1]); here t1 is returned' }, // prettier-ignore
  { name: 'test_reference_tasks_are_terminal_tasks_by_default', flow: 'terminal task', value: 1 },
  { name: 'TestMapping.test_terminal_mapped_states_are_used_for_flow_state', flow: 'terminal map', error: { code: 'MAP_FAILED' }, tasks: { 'return task-0': { Completed: 1, Failed: 1 } } }, // prettier-ignore
  { name: 'TestRunCount.test_run_count_updates_after_each_retry', flow: 'run count', value: ['TASK_FAILED', ['1', '2', '3']] }, // prettier-ignore
  { name: 'test_flow_with_multiple_retry_tasks_doesnt_run_them_early', flow: 'unequal retries', value: [['Failed', 'Failed'], true], isServerOnly: true }, // prettier-ignore
  { name: 'test_flow_with_multiple_retry_tasks_doesnt_run_them_early: the order, where nothing is held up', flow: 'order of retries', value: [['Failed', 'Failed'], ['soon 2', 'late 2']], isMemoryOnly: true }, // prettier-ignore
  { name: 'test_required_parameters_must_be_provided', flow: 'missing parameter', value: 'FLOW_FAILED' },
  {
    name: 'test_flow_raises_for_irrelevant_user_provided_parameters',
    flow: 'irrelevant parameter',
    value: 'FLOW_FAILED',
  },
  { name: 'test_parameters_are_placed_into_context_including_defaults', flow: 'parameters', params: { x: 42 }, value: { x: 42, y: 99 } }, // prettier-ignore
  { name: 'test_task_contexts_are_provided_to_tasks', flow: 'contexts', value: 'who am I' },
  { name: 'test_timeout_actually_stops_execution', flow: 'times out, blocking', value: ['TimedOut', ['called!']], isServerOnly: true }, // prettier-ignore
  { name: 'test_flow_dot_run_handles_cached_states_across_runs', flow: 'cached across runs', value: [1, 1, 3] }, // prettier-ignore
];
export const idiomCases: PortedCase[] = [
  { name: 'pause-for-approval.md', flow: 'code_deploy', answer: { name: 'deploy-0' }, value: 'deployed' },
  { name: 'resource-manager.md', flow: 'resource closed', value: ['FLOW_FAILED', ['closed a cluster']] },
];
