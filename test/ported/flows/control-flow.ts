// Prefect 1.4.1, tests/tasks/test_control_flow.py: branches are plain TypeScript here, or skips and rules.
import { flow, notAllSkipped, SkipTask, task } from 'perdure';
import type { PortedCase } from './ported-case.js';
import { add, identity, skips, success } from './tasks.js';

const yes = task('true branch', () => 'true');
const no = task('false branch', () => 'false');
const only = task('only', (wanted: string, given: string) => {
  if (wanted !== given) throw new SkipTask(`not ${wanted}`);
  return wanted;
});
/** The first that has a value, as Prefect's `merge`. */
const merge = task('merge', { trigger: notAllSkipped, skipOnUpstreamSkip: false }, (...branches: unknown[]) =>
  branches.find((branch) => branch !== undefined && branch !== null),
);
const isEven = task('is even number', (n: number) => n % 2 === 0);
const present = task('present ones', (all: unknown[]) =>
  all.filter((one) => one !== null && one !== undefined && !(one instanceof Error)),
);

export const ifElse = flow('if else', async ({ condition }: { condition: unknown }) =>
  (await identity(condition)) ? yes() : no(),
);
export const switched = flow('switched', async ({ given }: { given: string }) => {
  const branches = ['a', 'b', 'c', 'd'].map((name) => only(name, given));
  await Promise.all(branches);
  return branches.map(({ state }) => state);
});
export const diamond = flow('diamond', async ({ condition }: { condition: boolean }) => {
  const [a, b] = [only('yes', condition ? 'yes' : 'no'), only('no', condition ? 'yes' : 'no')];
  const [left, right] = [identity(identity(a)), identity(identity(b))];
  const merged = merge(left, right);
  return { merged: await merged, states: [left.state, right.state, merged.state] };
});
export const mergeSkipped = flow('merge of skipped', async () => {
  const merged = merge(skips(), skips());
  return [await merged, merged.state];
});
export const mergeOrder = flow('merge order', () => merge(identity('x'), identity('y')));
export const oddOrEven = flow('odd or even', async ({ n }: { n: number }) => ((await isEven(n)) ? 'even' : 'odd'));
export const mappedIfElse = flow('mapped if else', () => oddOrEven.map([1, 2, 3].map((n) => ({ n }))));
export const mappedSwitch = flow('mapped switch', async () => {
  const given = ['a', 'b', 'c'];
  const branches = given.map((name) => only.map([name, name, name], given));
  const merged = merge.map(...branches);
  return { branches: await Promise.all(branches), merged: await merged };
});
export const cased = flow('case', async ({ branch }: { branch: string }) => {
  const condition = await identity(branch);
  if (condition === 'a') return add(identity(1) as never);
  if (condition === 'b') return add(identity(3) as never);
  return 'neither';
});
export const caseWithin = flow('case within a case', async ({ one, two }: { one: boolean; two: boolean }) => {
  if (!(await identity(one))) return 'outside';
  return (await identity(two)) ? success() : 'inside';
});
export const filterTask = flow('filter task', () => present([null, 0, 1, 5, '']));

const ifElseCases = ([1, 'a', 'False', true, [1], { '1': 2 }, 0, '', null, false] as unknown[]).map(
  (condition, i): PortedCase => ({
    name: `${i < 6 ? 'test_ifelse_with_truthy_conditions' : 'test_ifelse_with_falsey_conditions'}: ${JSON.stringify(condition)}`,
    flow: 'if else',
    params: { condition },
    value: i < 6 ? 'true' : 'false',
  }),
);
export const controlFlowCases: PortedCase[] = [
  ...ifElseCases,
  { name: 'test_ifelse_with_falsey_conditions: []', flow: 'if else', params: { condition: [] }, value: 'true', prefect: 'an empty list is false in Python' }, // prettier-ignore
  ...['a', 'b', 'd', 'x'].map((given): PortedCase => ({
    name: `test_switch: ${given}`,
    flow: 'switched',
    params: { given },
    value: ['a', 'b', 'c', 'd'].map((name) => (name === given ? 'Completed' : 'Skipped')),
  })),
  { name: 'test_merging_diamond_flow', flow: 'diamond', params: { condition: true }, value: { merged: 'yes', states: ['Completed', 'Skipped', 'Completed'] } }, // prettier-ignore
  { name: 'test_merging_skips_if_all_upstreams_skip', flow: 'merge of skipped', value: [undefined, 'Skipped'] },
  { name: 'test_merge_order', flow: 'merge order', value: 'x' },
  { name: 'test_mapped_ifelse_and_merge', flow: 'mapped if else', value: ['odd', 'even', 'odd'] },
  { name: 'test_mapped_switch_and_merge', flow: 'mapped switch', value: { branches: [['a', undefined, undefined], [undefined, 'b', undefined], [undefined, undefined, 'c']], merged: ['a', 'b', 'c'] } }, // prettier-ignore
  { name: 'TestCase.test_case_execution: a', flow: 'case', params: { branch: 'a' }, value: 2 },
  { name: 'TestCase.test_case_execution: b', flow: 'case', params: { branch: 'b' }, value: 4 },
  { name: 'TestCase.test_case_execution: c', flow: 'case', params: { branch: 'c' }, value: 'neither', tasks: { 'identity-0': 'Completed' } }, // prettier-ignore
  {
    name: 'TestCase.test_nested_case_execution',
    flow: 'case within a case',
    params: { one: true, two: true },
    value: 1,
  },
  { name: 'TestFilterTask.test_default_filter_func_filters_noresults_and_exceptions', flow: 'filter task', value: [0, 1, 5, ''] }, // prettier-ignore
];
