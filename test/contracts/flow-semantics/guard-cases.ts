// What comes of the flows of `guards.ts`. A cache outlives its case: what is cached has a name of its own in each.
import type { Case } from './case.js';
import type { CachedTask } from './guards.js';

const [made, found] = ['Completed', 'Cached'];
/** Calls one after the other: which of their values are the same, by the place of the first, and so what was found. */
const calls = (name: string, how: CachedTask, expected: [args: unknown[], first: number][]): Case => ({
  name,
  flow: 'cached calls',
  params: { how, calls: expected.map(([args]) => args) },
  value: {
    values: expected.map(([, first]) => first),
    states: expected.map(([, first], i) => (first === i ? made : found)),
  },
});

const keys: Case[] = [
  calls('equal arguments', 'inputs', [[['equal', 1], 0], [['equal', 1], 0], [['equal', 2], 2]]), // prettier-ignore
  calls('another type', 'inputs', [[['type', 1], 0], [['type', '1'], 1], [['type', null], 2], [['type', 1n], 3]]), // prettier-ignore
  calls('the order of keys does not count', 'inputs', [
    [[{ a: 'keys', b: 2 }], 0],
    [[{ b: 2, a: 'keys' }], 0],
    [[{ a: 'keys', b: [2] }], 2],
  ]),
  calls('the order of items does', 'inputs', [[[['items', 1]], 0], [[[1, 'items']], 1]]), // prettier-ignore
  calls('undefined at the end does not', 'inputs', [[['end'], 0], [['end', undefined], 0]]), // prettier-ignore
  calls('what JSON cannot hold', 'inputs', [
    [[new Map([['json', new Date(0)]])], 0],
    [[new Map([['json', new Date(0)]])], 0],
    [[new Map([['json', new Date(1)]])], 2],
  ]),
  calls('one argument left out by name', 'omit name', [[['name', 1], 0], [['name', 2], 0], [['other name', 1], 2]]), // prettier-ignore
  calls('one argument left out by place', 'omit place', [[[1, 'place'], 0], [[2, 'place'], 0], [[1, 'other'], 2]]), // prettier-ignore
  calls('within the run', 'run', [[['in run'], 0], [['in run'], 0], [['in run', 2], 2]]), // prettier-ignore
  calls('with the source', 'source', [[['source'], 0], [['source'], 0], [['other'], 2]]), // prettier-ignore
  calls('a function', 'fn', [[[1, 4], 0], [[2, 3], 0], [[1, 1], 2]]), // prettier-ignore
  calls('an async function', 'async fn', [[['async'], 0], [['async'], 0], [['other'], 2]]), // prettier-ignore
  calls('a function of the run', 'fn of the run', [[['run'], 0], [['run'], 1]]), // prettier-ignore
  ...(['throws', 'no text', 'limit'] as const).map((how): Case => ({
    name: `a function that is wrong: ${how}`,
    flow: 'bad key',
    params: { how },
    error: { code: 'TASK_FAILED', details: { attempt: 1, charged: 1 } },
  })),
];
const finding: Case[] = [
  calls('an expired value is computed anew', 'expires soon', [[['expires'], 0], [['expires'], 1]]), // prettier-ignore
  calls('one that has not expired is not', 'expires late', [[['expires'], 0], [['expires'], 0]]), // prettier-ignore
  calls('refresh always', 'refresh', [[['refresh'], 0], [['refresh'], 1]]), // prettier-ignore
  calls('refresh where a function says so', 'refresh if', [
    [['if', false], 0],
    [['if', true], 1],
    [['if', false], 1],
  ]),
  calls('the value of a retry', 'flaky', [[['flaky'], 0], [['flaky'], 0]]), // prettier-ignore
  ...(['fail', 'skip'] as const).map((how): Case => ({
    name: `nothing is kept of a ${how}`,
    flow: 'cached failures',
    params: { how, what: how },
    value: how === 'fail' ? ['Failed', 'Failed'] : ['Skipped', 'Skipped'],
  })),
  {
    name: 'of five at one time one computes',
    flow: 'cached at once',
    params: { what: 'five', count: 5 },
    value: { values: [0, 0, 0, 0, 0], states: [found, found, found, found, made] },
  },
  { name: 'a large value', flow: 'cached big', params: { what: 'large' }, value: [50_000, found] },
  { name: 'stored arguments count by their content', flow: 'cached stored', value: [true, found] },
  ...([false, 2, 4, 'auto'] as const).map((batch): Case => ({
    name: `items of maps, batch ${batch}`,
    flow: 'cached map',
    params: { what: 'map', batch },
    value: [0, 1, 0, 3, 0, 1, 0, 3],
    tasks: { 'cached by inputs-0': { Completed: 3, Cached: 1 }, 'cached by inputs-1': { Cached: 4 } },
  })),
  {
    name: 'over two runs',
    flow: 'cached over runs',
    params: { how: 'inputs', what: 'runs' },
    value: [true, made, found],
  },
  {
    name: 'within a run, over two runs',
    flow: 'cached over runs',
    params: { how: 'run', what: 'runs' },
    value: [false, made, made],
  },
  {
    name: 'Cached is a success to what depends on it',
    flow: 'cached upstream',
    params: { what: 'upstream' },
    value: [true, 'TRIGGER_FAILED', made, 'TriggerFailed'],
  },
  {
    name: 'hooks after Cached',
    flow: 'cached with hook',
    value: [true],
    tasks: { 'cached hooked-0': made, 'cached hooked-1': found, 'cached hooked-1:onCompletion': made },
    afterwards: ['cached hooked-0:onCompletion', 'cached hooked-1:onCompletion'],
  },
  {
    name: 'what was found is not undone: another run made it',
    flow: 'cached then undone',
    value: 'SyntaxError',
    tasks: { 'cached undone-0': made, 'cached undone-1': found },
    afterwards: [],
  },
];
const limits: Case[] = [
  ...([false, 3, 6, 'auto'] as const).map((batch): Case => ({
    name: `never more than there are places, batch ${batch}`,
    flow: 'limited map',
    params: { key: `map ${batch}`, batch },
    value: [6, true],
  })),
  { name: 'keys are apart, and several limits hold at once', flow: 'limited by key', value: [1, 1, true] },
  { name: 'tasks that name one limit share it', flow: 'limited together', value: [6, true] },
  { name: 'over runs', flow: 'limited in runs', value: [6, 1] },
  { name: 'no place is held between attempts', flow: 'place between attempts', value: 'insisted' },
  ...([false, 2] as const).map((batch): Case => ({
    name: `a rate, batch ${batch}`,
    flow: 'paced map',
    params: { batch },
    value: [0, 1, 2, 3],
  })),
  {
    name: 'one that waits for a place can be cancelled',
    flow: 'cancelled in line',
    value: ['after all', 'CANCELLED'],
    tasks: { 'holds a place-0': made, 'holds a place-1': 'Cancelled' },
  },
  {
    name: 'a limit and a cache',
    flow: 'limit and cache',
    value: [
      [0, 0, 0],
      [found, found, made],
    ],
  },
  { name: 'a priority changes no value', flow: 'prioritised', value: [2, 3, [2, 3, 4]] },
];

export const guardCases: Record<string, Case[]> = { 'cache keys': keys, 'values found again': finding, limits };
