// Prefect 1.4.1, tests/core/test_task_map.py: maps, what goes into them and what comes out.
import { allFailed, flow, SkipTask, task, type TaskFuture, unmapped } from 'perdure';
import { note, notesOf } from './ledger.js';
import { codeOf, type PortedCase } from './ported-case.js';
import { add, appendFour, div, identity, list, skips, total, upTo } from './tasks.js';

const addUnlessOne = task('add unless one', (x: number) => {
  if (x === 1) throw new SkipTask('One is no good');
  return x + 1;
});
const zeros = task('zeros', () => [0, 0, 0]);
const register = task('register', { trigger: allFailed }, (_x: unknown) => true);
const noted = task('noted', (x: number) => (note('only once', x), x + 1));
const divOnceZero = task('div, once zero', { retries: 1 }, (x: number) => {
  if (x === 0 && note('map retries') === 1) throw new RangeError('division by zero');
  return 1 / (x === 0 ? 10 : x);
});
const doubled = task('doubled', (x: number | number[]) => (Array.isArray(x) ? [...x, ...x] : x + 1));

export const composed = flow('composed', async () => {
  const once = add.map(list());
  return { once: await once, twice: await add.map(once) };
});
export const deeplyComposed = flow('deeply composed', () => {
  let mapped = add.map(list());
  for (let i = 0; i < 10; i++) mapped = add.map(mapped);
  return mapped;
});
export const twoLists = flow('two lists', () => add.map(list(), list()));
export const overFailed = flow('over failed', () => add.map(div(0) as never));
export const overOneNumber = flow('over one number', () => add.map(1, [1]));
export const noLeaks = flow('no leaks', async () => {
  const settled = await identity.map(div.map(add.map(list(-1)))).settled();
  return settled.map(({ state, value }) => value ?? state);
});
export const failuresFail = flow('failures fail the flow', () => identity.map(div.map(add.map(list(-1)))));
export const skipInMap = flow('skip in a map', () => addUnlessOne.map(list()));
export const skipBeforeMap = flow('skip before a map', async () => {
  const mapped = addUnlessOne.map(skips() as never);
  return [await mapped, mapped.state];
});
export const skipsStay = flow('skips stay', async () => {
  const mapped = addUnlessOne.map(addUnlessOne.map(list()));
  return { value: await mapped, states: (await mapped.settled()).map(({ state }) => state) };
});
export const upstreamEmpty = flow('upstream empty', async () => {
  const first = add.map(upTo(0));
  const second = add.map(first);
  return [await first, first.state, await second, second.state];
});
export const fixedArgument = flow('fixed argument', () => add.map(list(), unmapped(5)));
export const orderedMap = flow('ordered map', () => list.with({ after: [identity(5)] }).map(list()));
export const tracksCommon = flow('tracks common upstream', async () => {
  const mapped = register.with({ after: [div(1)] }).map(div.map(zeros()));
  return (await mapped.settled()).map(({ state }) => state);
});
export const mapRetries = flow('map retries', async () => [
  await divOnceZero.map(upTo(3)),
  await notesOf('map retries'),
]);
export const likeZip = flow('like zip', async ({ zip }: { zip: 'shortest' | 'equal' }) =>
  add.with({ zip }).map(upTo(3), upTo(2)).catch(codeOf),
);
export const reducedFailure = flow('reduced failure', async () => {
  const sum = total(div.map(upTo(2)));
  return [await sum.catch(codeOf), sum.state];
});
export const singleFailure = flow('single failure', async () => {
  const divided = div.map(identity([1, 0, 3]) as TaskFuture<number[]>);
  const big = appendFour(divided);
  const again = await div.map(divided).settled();
  await big.catch(() => undefined);
  return [(await divided.settled()).length, big.state, again.map(({ state, value }) => value ?? state)];
});
export const withAndWithout = flow('with and without map', () => {
  const added = add.map(list());
  return { added, big: appendFour(added), again: add.map(added) };
});
export const mapReduce = flow('map reduce', () => total(add.map(add.map(list()))));
export const overMap = flow('over map and not', () => {
  const numbers = list();
  return add.map(numbers, add.map(numbers));
});
export const allUnmapped = flow('all unmapped', () => add.map(unmapped(1), unmapped(2)));
export const unmappedOnMapped = flow('unmapped on mapped', async () => {
  const inner = doubled.map([1, 2, 3]);
  return { called: await doubled(inner as never), mapped: await doubled.map(unmapped(inner) as never) };
});
export const onlyOnce = flow('only once', async () => {
  const first = noted.map(upTo(5));
  await Promise.all([noted.map(first), noted.map(first)]);
  return (await notesOf('only once')).length;
});
export const constants = flow('constants', () => add.map([1, 2, 3, 4]));

export const mapCases: PortedCase[] = [
  { name: 'test_map_spawns_new_tasks', flow: 'constants', value: [2, 3, 4, 5], tasks: { 'add-0': { Completed: 4 } } },
  { name: 'test_map_composition', flow: 'composed', value: { once: [2, 3, 4], twice: [3, 4, 5] } },
  { name: 'test_deep_map_composition', flow: 'deeply composed', value: [12, 13, 14] },
  { name: 'test_multiple_map_arguments', flow: 'two lists', value: [2, 4, 6] },
  { name: 'test_mapping_over_no_successful_upstreams', flow: 'over failed', error: { code: 'TRIGGER_FAILED' }, tasks: { 'add-0': 'TriggerFailed' } }, // prettier-ignore
  { name: 'test_mapping_over_one_unmappable_input', flow: 'over one number', value: [2], prefect: 'fails; 3.x takes the number for every child, as here' }, // prettier-ignore
  { name: 'test_map_failures_dont_leak_out', flow: 'no leaks', value: ['TriggerFailed', 1, 0.5] },
  { name: 'test_map_failures_dont_leak_out: the flow', flow: 'failures fail the flow', error: { code: 'MAP_FAILED' } },
  { name: 'test_map_skips_return_exception_as_result', flow: 'skip in a map', value: [undefined, 3, 4], prefect: 'the SKIP signal stands in place of the first' }, // prettier-ignore
  { name: 'test_upstream_skip_signals_are_handled_properly', flow: 'skip before a map', value: [undefined, 'Skipped'] },
  { name: 'test_map_skips_dont_leak_out', flow: 'skips stay', value: { value: [undefined, 4, 5], states: ['Skipped', 'Completed', 'Completed'] } }, // prettier-ignore
  { name: 'test_map_handles_upstream_empty', flow: 'upstream empty', value: [[], 'Completed', [], 'Completed'] },
  { name: 'test_map_can_handle_fixed_kwargs', flow: 'fixed argument', value: [6, 7, 8] },
  { name: 'test_map_can_handle_nonkeyed_nonmapped_upstreams_and_mapped_args', flow: 'ordered map', value: [[1, 2, 3], [2, 3, 4], [3, 4, 5]] }, // prettier-ignore
  { name: 'test_map_tracks_non_mapped_upstream_tasks', flow: 'tracks common upstream', value: Array(3).fill('TriggerFailed') }, // prettier-ignore
  {
    name: 'test_map_allows_retries_2',
    flow: 'map retries',
    value: [
      [0.1, 1, 0.5],
      ['ran', 'ran'],
    ],
  },
  { name: 'test_map_behaves_like_zip_with_differing_length_results', flow: 'like zip', params: { zip: 'shortest' }, value: [0, 2] }, // prettier-ignore
  { name: 'test_map_behaves_like_zip_with_differing_length_results: by default', flow: 'like zip', params: { zip: 'equal' }, value: 'MAP_LENGTH_MISMATCH', prefect: 'the shortest wins; 3.x refuses, as here' }, // prettier-ignore
  { name: 'test_reduce_task_honors_trigger_across_all_mapped_states', flow: 'reduced failure', value: ['TRIGGER_FAILED', 'TriggerFailed'] }, // prettier-ignore
  { name: 'test_task_map_downstreams_handle_single_failures', flow: 'single failure', value: [3, 'TriggerFailed', [1, 'TriggerFailed', 3]] }, // prettier-ignore
  { name: 'test_task_map_can_be_passed_to_upstream_with_and_without_map', flow: 'with and without map', value: { added: [2, 3, 4], big: [2, 3, 4, 4], again: [3, 4, 5] } }, // prettier-ignore
  { name: 'test_map_reduce', flow: 'map reduce', value: 12 },
  { name: 'test_map_over_map_and_unmapped', flow: 'over map and not', value: [3, 5, 7] },
  { name: 'test_task_map_with_all_inputs_unmapped', flow: 'all unmapped', error: { code: 'NOTHING_TO_MAP' }, prefect: '3: the task runs once; 3.x refuses, as here' }, // prettier-ignore
  { name: 'test_unmapped_on_mapped', flow: 'unmapped on mapped', error: { code: 'NOTHING_TO_MAP' }, prefect: 'the task runs once with the whole list; 3.x refuses, as here' }, // prettier-ignore
  { name: 'test_all_tasks_only_called_once', flow: 'only once', value: 15 },
];
