// Prefect 1.4.1, tests/core/test_task_map.py (TestFlatMap, TestLooping) and docs/core/concepts/mapping.md.
import { allFinished, allowFailure, flatten, flow, isFailureValue, SkipTask, task } from 'perdure';
import type { PortedCase } from './ported-case.js';
import { add, identity, list, nest, total } from './tasks.js';

const nestUnless = task('nest unless', (x: number, how: 'skip' | 'fail' | 'bare') => {
  if (x !== 2) return [x];
  if (how === 'skip') throw new SkipTask('Skip this task execution');
  if (how === 'fail') throw new RangeError('This task failed!');
  return x as never;
});
const countTo = task('count to', (n: number) => Array.from({ length: n }, (_, i) => i));
const plusHundred = task('plus hundred', (n: number) => n + 100);
const addTen = task('add ten', (n: number) => n + 10);
const unstable = task('unstable', (n: number) => {
  if (n === 1) throw new RangeError('Fail this task execution');
  if (n === 2) throw new SkipTask('Skip this task execution');
  return n === 3 ? null : n;
});
const present = task(
  'present',
  { trigger: allFinished, skipOnUpstreamSkip: false },
  (all: (number | null | undefined)[]) => all.filter((one): one is number => one !== null && one !== undefined),
);
const negate = task('negate', (n: number) => -n);
const isEven = task('is even', (n: number) => n % 2 === 0);
const square = task('square', (n: number) => n ** 2);
const step = task('step', (sum: number, by: number) => sum + by);

export const flatConstants = flow('flat constants', () => [
  add.map(flatten([[1, 2, 3]])),
  add.map(flatten([[1], [2], [3]])),
  add.map(flatten([[1], [2, 3]])),
]);
export const flatOfFlat = flow('flat of flat', () => add.map(flatten([1, 2, 3] as never)));
export const flatTask = flow('flat task', () => add.map(flatten(nest(list()) as never)));
export const flatMapped = flow('flat mapped', () => add.map(flatten(nest.map(list())) as never));
export const flatFlatMapped = flow('flat flat mapped', () =>
  add.map(flatten(nest.map(flatten(nest.map(list())))) as never),
);
export const flatReduced = flow('flat reduced', () => add.map(flatten(nest(flatten(nest.map(list()))) as never)));
export const flatNumber = flow('flat number', () => add.map(flatten(1 as never), flatten([[1]])));
interface Nested {
  how: 'skip' | 'fail' | 'bare';
  allows?: boolean;
}
export const flatNested = flow('flat nested', async ({ how, allows = false }: Nested) => {
  const nested = nestUnless.map(list(), how);
  const mapped = identity.map(flatten((allows ? allowFailure(nested) : nested) as typeof nested));
  const ended = await mapped.settled();
  return ended.map(({ state, value }) =>
    state !== 'Completed' ? state : isFailureValue(value) ? value.message : value,
  );
});
export const looped = flow('looped', async ({ from, by, times }: { from: number; by: number; times: number }) => {
  let sum = from;
  for (let i = 0; i < times; i++) sum = await step(sum, by);
  return sum;
});
export const loopedMap = flow('looped map', () => looped.map([1, 20].map((from) => ({ from, by: 3, times: 2 }))));
export const loopedSquare = flow('looped square', async () => {
  const sum = looped({ from: 0, by: 10, times: 20 });
  return { inter: sum, final: square(sum) };
});
export const mapReduceDocs = flow('map reduce of the docs', () => total(add.map([1, 2, 3])));
export const iterated = flow('iterated', () => addTen.map(addTen.map([1, 2, 3])));
export const flatDocs = flow('flat map of the docs', () => plusHundred.map(flatten(countTo.map(list()))));
export const reduceDocs = flow('reduce of the docs', () => total(addTen.map(addTen.map([1, 2, 3]))));
export const filtered = flow('filtered', () => add.map(present(unstable.map([0, 1, 2, 3, 4]))));
export const incOrNegate = flow('inc or negate', async ({ x }: { x: number }) =>
  (await isEven(x)) ? add(x) : negate(x),
);
export const applied = flow('applied', () => incOrNegate.map([0, 1, 2, 3].map((x) => ({ x }))));

export const flattenCases: PortedCase[] = [
  { name: 'test_flatmap_constant', flow: 'flat constants', value: Array(3).fill([2, 3, 4]) },
  { name: 'test_flatmap_unnested_input', flow: 'flat of flat', value: [2, 3, 4] },
  { name: 'test_flatmap_task_result', flow: 'flat task', value: [2, 3, 4] },
  { name: 'test_flatmap_mapped_result', flow: 'flat mapped', value: [2, 3, 4] },
  { name: 'test_flatmap_flatmapped_result', flow: 'flat flat mapped', value: [2, 3, 4] },
  { name: 'test_flatmap_reduced_result', flow: 'flat reduced', value: [2, 3, 4] },
  { name: 'test_flatmap_one_unmappable_input', flow: 'flat number', error: { code: 'NO_SUCH_PART' } },
  { name: 'test_flatmap_nested_signal_input', flow: 'flat nested', params: { how: 'skip' }, value: [1, 'Skipped', 3] }, // prettier-ignore
  { name: 'test_flatmap_nested_exception_input', flow: 'flat nested', params: { how: 'fail' }, value: [1, 'TriggerFailed', 3] }, // prettier-ignore
  { name: 'test_flatmap_nested_exception_input: allowed', flow: 'flat nested', params: { how: 'fail', allows: true }, value: [1, 'This task failed!', 3] }, // prettier-ignore
  { name: 'test_flatmap_nested_noniterable_input', flow: 'flat nested', params: { how: 'bare' }, value: [1, 2, 3] }, // prettier-ignore
  { name: 'TestLooping.test_looping_works_with_mapping', flow: 'looped map', value: [7, 26] },
  { name: 'test_looping_works_in_a_flow (tests/core/test_flow.py)', flow: 'looped square', value: { inter: 200, final: 40_000 } }, // prettier-ignore
];
export const mappingDocs: PortedCase[] = [
  { name: 'map, then reduce', flow: 'map reduce of the docs', value: 9 },
  { name: 'Iterated mapping', flow: 'iterated', value: [21, 22, 23] },
  { name: 'Flat-mapping', flow: 'flat map of the docs', value: [100, 100, 101, 100, 101, 102] },
  { name: 'Reduce', flow: 'reduce of the docs', value: 66 },
  { name: 'Filter map output', flow: 'filtered', value: [1, 5] },
  { name: 'Complex mapped pipelines', flow: 'applied', value: [1, -1, 3, -3] },
];
