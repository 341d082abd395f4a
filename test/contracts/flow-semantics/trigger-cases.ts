// What comes of the flows of `triggers.ts`, as SEMANTICS has it.
import type { Case } from './case.js';
import type { Upstream } from './triggers.js';
import type { How } from './tasks.js';

/** The rules in plain words over counts: not the code under test. */
const isMet: Record<string, (n: { good: number; bad: number; skipped: number }) => boolean | 'skip'> = {
  allSuccessful: ({ bad }) => bad === 0,
  allFailed: ({ good }) => good === 0,
  anySuccessful: ({ good }) => good > 0,
  anyFailed: ({ bad }) => bad > 0,
  allFinished: () => true,
  notAllSkipped: ({ good, bad, skipped }) => (skipped === good + bad ? 'skip' : bad === 0),
  'some successful: 2': ({ good }) => good >= 2,
  'some successful: at most 1': ({ good }) => good <= 1,
  'some failed: half': ({ good, bad }) => bad >= (good + bad) / 2,
  'some failed: 1': ({ bad }) => bad === 1,
};

const stateFor = (rule: string, upstream: readonly Upstream[], skips: boolean): string => {
  if (upstream.length === 0) return 'Completed';
  const skipped = upstream.filter((one) => one === 'skip').length;
  if (skips && skipped > 0) return 'Skipped';
  const good = upstream.filter((one) => one === 'ok' || one === 'skip').length;
  const met = isMet[rule]?.({ good, bad: upstream.length - good, skipped });
  return met === 'skip' ? 'Skipped' : met ? 'Completed' : 'TriggerFailed';
};
const valueFor = (state: string, ran: unknown): unknown =>
  state === 'Completed' ? ran : state === 'Skipped' ? undefined : 'TRIGGER_FAILED';

const combinations: Upstream[][] = [
  [],
  ['ok'],
  ['fail'],
  ['skip'],
  ['unmet'],
  ['cancelled'],
  ['ok', 'ok'],
  ['ok', 'fail'],
  ['ok', 'skip'],
  ['fail', 'skip'],
  ['skip', 'skip'],
  ['fail', 'fail'],
  ['ok', 'fail', 'skip'],
];

const rules: Case[] = Object.keys(isMet).flatMap((rule) =>
  combinations.flatMap((upstream) =>
    [true, false].map((skips): Case => {
      const state = stateFor(rule, upstream, skips);
      const given = upstream.map((one) => (one === 'ok' ? 1 : 'none'));
      return {
        name: `${rule} of [${upstream.join(', ')}]${skips ? '' : ', skips counted'}`,
        flow: 'ruled',
        params: { rule, upstream, skips },
        value: { state, value: valueFor(state, given) },
      };
    }),
  ),
);

const rulesByOrder: Case[] = ['allSuccessful', 'allFailed', 'anyFailed', 'allFinished', 'notAllSkipped'].flatMap(
  (rule) =>
    ([['ok'], ['fail'], ['skip'], ['ok', 'fail'], ['unmet']] as Upstream[][]).map((upstream): Case => {
      const state = stateFor(rule, upstream, true);
      const value = { state, value: valueFor(state, 'ran') };
      return {
        name: `${rule} after [${upstream.join(', ')}]`,
        flow: 'ruled by order',
        params: { rule, upstream, skips: true },
        value,
      };
    }),
);

const itemLists: How[][] = [
  ['ok', 'ok', 'ok'],
  ['ok', 'fail', 'ok'],
  ['fail', 'fail', 'fail'],
  ['ok', 'skip', 'fail'],
  ['skip', 'skip'],
];
const rulesByMap: Case[] = ['allSuccessful', 'allFailed', 'anyFailed', 'allFinished', 'some failed: 1'].flatMap(
  (rule) =>
    itemLists.flatMap((items) =>
      ([false, 2] as const).map((batch): Case => {
        const state = stateFor(rule, items, false);
        const given = [items.map((one) => (one === 'ok' ? 'ok' : undefined))];
        return {
          name: `${rule} of a map of [${items.join(', ')}], batch ${batch}`,
          flow: 'ruled by map',
          params: { rule, items, skips: false, batch },
          value: { state, value: valueFor(state, given) },
        };
      }),
    ),
);
const rulesOfItems: Case[] = ['allSuccessful', 'allFailed', 'anyFailed', 'allFinished', 'notAllSkipped'].flatMap(
  (rule) =>
    [true, false].flatMap((skips) =>
      ([false, 2] as const).map((batch): Case => {
        const items: How[] = ['ok', 'fail', 'skip', 'ok'];
        return {
          name: `${rule} of each item, ${skips ? 'skipping' : 'skips counted'}, batch ${batch}`,
          flow: 'ruled items',
          params: { rule, items, skips, batch },
          value: items.map((item) => stateFor(rule, [item], skips)),
        };
      }),
    ),
);

const allowing: Case[] = [
  ...(
    [
      ['ok', 1],
      ['fail', 'Failed: RangeError'],
      ['skip', undefined],
      ['unmet', 'TriggerFailed: RunError'],
      ['cancelled', 'Cancelled: RunError'],
    ] as const
  ).flatMap(([upstream, value]): Case[] => [
    { name: `a failure allowed: ${upstream}`, flow: 'allowed', params: { upstream }, value },
    {
      name: `a failure allowed to a task: ${upstream}`,
      flow: 'allowed in task',
      params: { upstream },
      value: { state: 'Completed', value: [value === undefined ? 'none' : value, 1] },
    },
  ]),
  ...([false, 2] as const).map((batch): Case => ({
    name: `failures of a map allowed, batch ${batch}`,
    flow: 'allowed map',
    params: { items: ['ok', 'fail', 'skip', 'ok'], batch },
    value: ['ok', 'Failed: RangeError', undefined, 'ok'],
  })),
  { name: 'a part of a failure is the failure', flow: 'allowed part', value: 'Failed: RangeError' },
  { name: 'an ordering edge that allows failure', flow: 'allowed order', value: 'ran' },
];

const finalStates: Case[] = [
  {
    name: 'a task that nobody looks at fails the flow',
    flow: 'returns despite failure',
    error: { code: 'TASK_FAILED' },
    tasks: { 'broken-0': 'Failed' },
  },
  { name: 'a failed future returned', flow: 'returns failed', error: { code: 'TASK_FAILED' } },
  { name: 'a failed future inside what is returned', flow: 'returns nested failed', error: { code: 'TASK_FAILED' } },
  { name: 'caught by try', flow: 'caught', value: 'caught', tasks: { 'broken-0': 'Failed' } },
  { name: 'caught by a handler that nobody waits for', flow: 'caught unawaited', value: 'value' },
  { name: 'handled by a rule', flow: 'handled by rule', value: ['none'] },
  {
    name: 'handled down a chain of unmet runs',
    flow: 'handled down a chain',
    value: ['none'],
    tasks: { 'inc-0': 'TriggerFailed', 'inc-1': 'TriggerFailed' },
  },
  { name: 'catching what was unmet deals with what failed', flow: 'not handled by unmet', value: 'value' },
  { name: 'TriggerFailed is a failure', flow: 'unmet is failure', error: { code: 'TRIGGER_FAILED' } },
  {
    name: 'a skipped value is undefined',
    flow: 'skipped returned',
    value: { value: undefined },
    tasks: { 'skipped-0': 'Skipped' },
  },
  {
    name: 'a flow that throws',
    flow: 'throws after a task',
    error: { code: 'FLOW_FAILED', cause: { name: 'SyntaxError', message: 'of the flow' } },
  },
  {
    name: 'on a throw what runs is cancelled, what waits too',
    flow: 'throws beside',
    error: { code: 'FLOW_FAILED' },
    tasks: { 'waits-0': 'Cancelled', 'good-0': 'Cancelled', 'good-1': 'Completed' },
  },
  { name: 'a handler that throws and is dropped', flow: 'floating handler of a task', error: { code: 'FLOW_FAILED' } },
  { name: 'a handler that throws and is looked at', flow: 'looked at handler', value: 'looked at' },
  {
    name: 'code that goes on by itself is waited for',
    flow: 'goes on by itself',
    error: { code: 'TASK_FAILED' },
    tasks: { 'inc-0': 'Completed' },
  },
  { name: 'the loser of a race, cancelled', flow: 'loser of a race', value: ['first', 'after all'] },
  { name: 'Promise.all', flow: 'promise all', value: [1, 2, 3] },
  { name: 'Promise.all with a failure', flow: 'promise all fails', error: { code: 'TASK_FAILED' } },
  { name: 'Promise.allSettled', flow: 'all settled', value: ['fulfilled', 'rejected', 'fulfilled'] },
  { name: 'finally', flow: 'finally runs', value: ['finally', 'caught'] },
];

const edges: Case[] = [
  { name: 'sequence', flow: 'in sequence', value: ['c', 'b', 'a'] },
  { name: 'stages', flow: 'in stages', value: ['d', ['b', 'c'], 'a'] },
  { name: 'before and after', flow: 'before and after each other', value: ['c', 'b', 'a'] },
  { name: 'after a failure', flow: 'after a failure', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'after a map', flow: 'after a map', value: ['after', 'Completed'] },
  { name: 'a map after a task', flow: 'a map after', value: { value: [2, 3], first: 'Completed' } },
  { name: 'a map after a failure', flow: 'a map after a failure', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'a cycle of one', flow: 'self cycle', error: { code: 'EDGE_CYCLE' } },
  { name: 'a cycle of three', flow: 'long cycle', error: { code: 'EDGE_CYCLE' } },
  { name: 'a cycle over data', flow: 'data cycle', error: { code: 'EDGE_CYCLE' } },
  { name: 'an edge too late', flow: 'edge too late', error: { code: 'LATE_EDGE' } },
  { name: 'an edge while upstream still runs', flow: 'edge while it waits', error: { code: 'LATE_EDGE' } },
  { name: 'maps in sequence', flow: 'sequence of maps', value: ['Failed', 'TriggerFailed'] },
];

export const triggerCases: Record<string, Case[]> = {
  'trigger rules': rules,
  'trigger rules over ordering edges': rulesByOrder,
  'trigger rules over a map': rulesByMap,
  'trigger rules for each item': rulesOfItems,
  'failures as values': allowing,
  'how a flow ends': finalStates,
  'ordering edges': edges,
};
