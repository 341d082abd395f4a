// What comes of the flows of `maps.ts`.
import type { Case } from './case.js';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sumTo = (count: number): number => upTo(count).reduce((all, one) => all + one, 0);
type Batch = number | false | 'auto';
const batches: Batch[] = [false, 2, 'auto'];
/** The same case for each way to run a map. */
const each = (make: (batch: Batch) => Case): Case[] =>
  batches.map((batch) => {
    const { name, params, ...rest } = make(batch);
    return { ...rest, name: `${name}, batch ${batch}`, params: { ...(params as object), batch } };
  });

const settledEnds = [
  ['Completed', 'ok'],
  ['Failed', 'TASK_FAILED', 1, 'RangeError', 'told to'],
];

const widths: Case[] = [
  ...[0, 1, 2, 5].flatMap((width) =>
    each(() => ({ name: `of ${width}`, flow: 'mapped', params: { width }, value: upTo(width).map((n) => n + 1) })),
  ),
  ...[0, 1, 4].flatMap((width) =>
    each(() => ({
      name: `of ${width} of a future, reduced`,
      flow: 'mapped future',
      params: { width },
      value: sumTo(width) + width,
    })),
  ),
  ...[0, 1, 5].flatMap((width) =>
    each(() => ({
      name: `three in a chain of ${width}`,
      flow: 'chained',
      params: { width },
      value: sumTo(width) + 3 * width,
    })),
  ),
  {
    name: 'of 300, batched by itself',
    flow: 'mapped future',
    params: { width: 300, batch: 'auto' },
    value: sumTo(300) + 300,
    tasks: { 'inc-0': { Completed: 300 } },
  },
  { name: 'three of 300 in a chain', flow: 'chained', params: { width: 300, batch: 'auto' }, value: sumTo(300) + 900 },
  {
    name: 'an empty one has no children and goes on',
    flow: 'empty future',
    value: { value: [], next: 0, state: 'Completed' },
  },
];
const inputs: Case[] = [
  ...each(() => ({ name: 'two inputs', flow: 'two inputs of a map', value: [10, 21, 32] })),
  { name: 'unequal lengths, known at the call', flow: 'unequal known', error: { code: 'MAP_LENGTH_MISMATCH' } },
  { name: 'unequal lengths, known later', flow: 'unequal later', value: ['MAP_LENGTH_MISMATCH', 'Failed'] },
  ...each(() => ({ name: 'the shortest', flow: 'zip shortest', value: [10, 21] })),
  { name: 'the shortest is empty', flow: 'zip empty', value: [] },
  ...each(() => ({
    name: 'what every child gets whole',
    flow: 'whole arguments',
    value: [1, 2].map((n) => [n, [7, 8], 'text', 'future']),
  })),
  { name: 'unmapped of a future', flow: 'unmapped future', value: [11, 12] },
  { name: 'unmapped of what failed', flow: 'unmapped failed', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'unmapped of what was skipped', flow: 'unmapped skipped', value: [undefined, 'Skipped'] },
  ...each(() => ({ name: 'flatten', flow: 'flattened map', value: [1, 1, 2, 3] })),
  { name: 'flatten of values', flow: 'flattened value', value: [2, 3, 4] },
  { name: 'flatten of a map with a failure', flow: 'flattened failure', value: ['MAP_FAILED', 'Failed'] },
  ...each((batch) => ({ name: 'flatten of long lists', flow: 'flattened long lists', value: [sumTo(2_000) + 2_006, sumTo(2_000) + 3, 2_003], params: { batch } })), // prettier-ignore
  { name: 'futures among the items', flow: 'over futures', value: [2, 7, 8] },
  { name: 'a failed future among the items', flow: 'over a failed future', value: [2, 'TriggerFailed', 4] },
  { name: 'a set', flow: 'over a set', value: [2, 3, 4] },
  ...each(() => ({ name: 'a range', flow: 'over a range', value: 24 })),
  { name: 'no sequence', flow: 'over nothing', error: { code: 'NOTHING_TO_MAP' } },
  { name: 'a text is no sequence', flow: 'over a text', error: { code: 'NOTHING_TO_MAP' } },
  { name: 'a future that is no sequence', flow: 'over a number', value: ['NOTHING_TO_MAP', 'Failed'] },
  { name: 'a future that is null', flow: 'over null', value: 'NOTHING_TO_MAP' },
  { name: 'a future that failed', flow: 'over what failed', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'a future that was skipped', flow: 'over what was skipped', value: [undefined, 'Skipped'] },
  { name: 'an endless iterable', flow: 'endless', error: { code: 'NOTHING_TO_MAP' } },
];
const failures: Case[] = [
  ...([false, 6] as const).map((batch): Case => ({
    name: `what was done when a map is cancelled is done, batch ${batch}`,
    flow: 'half done',
    params: { batch },
    value: [0, 1, 2, 'Cancelled', 'Cancelled', 'Cancelled'],
    tasks: { 'half-0': { Completed: 3, Cancelled: 3 } },
  })),
  ...batches.flatMap((next) =>
    each(() => ({
      name: `what has no list keeps one place of a flatten, and the next in batches of ${next}`,
      flow: 'flattened slots',
      params: { next },
      value: [2, 3, 'TriggerFailed', 'Skipped', 4],
    })),
  ),
  ...each(() => ({
    name: 'a place of a flatten without a value, by a rule',
    flow: 'flattened, by a rule',
    value: ['got 1', 'got 2', 'got undefined', 'got undefined'],
  })),
  ...each(() => ({
    name: 'places among long lists',
    flow: 'flattened long slots',
    value: { Completed: 2_300, TriggerFailed: 1, Skipped: 1 },
  })),
  ...each(() => ({
    name: 'an item follows its own upstream only',
    flow: 'chained failures',
    value: [2, 'TriggerFailed', 4, 'TriggerFailed', 6, 'TriggerFailed'],
  })),
  ...each(() => ({
    name: 'an item skips with its own upstream',
    flow: 'chained skips',
    params: { skips: true },
    value: ['got ok', 'Skipped', 'got ok'],
  })),
  ...each(() => ({
    name: 'an item that runs after a skip',
    flow: 'chained skips',
    params: { skips: false },
    value: ['got ok', 'got undefined', 'got ok'],
  })),
  ...each(() => ({
    name: 'siblings of a failure go on',
    flow: 'failing map',
    params: { width: 5 },
    error: { code: 'MAP_FAILED', details: { width: 5, failed: 2, byState: { Failed: 2 }, failedIndexes: [1, 3] } },
    tasks: { 'odd fails-0': { Completed: 3, Failed: 2 } },
  })),
  ...each(() => ({
    name: 'a reduce of a map with failures',
    flow: 'failing map reduced',
    value: ['TRIGGER_FAILED', 'TriggerFailed'],
  })),
  ...each(() => ({ name: 'settled', flow: 'settled only', value: { Completed: 2, Failed: 1, Skipped: 1 } })),
  ...each(() => ({
    name: 'settled is data',
    flow: 'settled passed on',
    value: { here: settledEnds, there: settledEnds, back: settledEnds, each: [settledEnds] },
  })),
  ...each(() => ({ name: 'asCompleted gives each once', flow: 'as completed', value: upTo(7) })),
  ...each(() => ({
    name: 'as many failures as it bears',
    flow: 'tolerated',
    params: { width: 4, tolerate: 2 },
    value: [[0, undefined, 2, undefined], 'Completed'],
  })),
  ...each(() => ({
    name: 'a share of failures',
    flow: 'tolerated',
    params: { width: 4, tolerate: '50%' },
    value: [[0, undefined, 2, undefined], 'Completed'],
  })),
  ...each(() => ({
    name: 'more failures than it bears',
    flow: 'tolerated',
    params: { width: 4, tolerate: 1 },
    value: ['MAP_FAILED', 'Failed'],
  })),
  ...each(() => ({
    name: 'the first successes',
    flow: 'tolerated',
    params: { width: 6, firstSuccesses: 3 },
    value: [[0, 2, 4], 'Completed'],
  })),
  ...each(() => ({
    name: 'more successes than there are',
    flow: 'tolerated',
    params: { width: 4, firstSuccesses: 3 },
    value: ['MAP_FAILED', 'Failed'],
  })),
  ...each(() => ({
    name: 'borne failures leave holes',
    flow: 'tolerated and reduced',
    value: [[0, undefined, 2, undefined]],
  })),
];
const running: Case[] = [
  ...each(() => ({ name: 'one at a time', flow: 'one by one', value: [1, 2, 3, 4, 5] })),
  ...each(() => ({ name: 'items have retries of their own', flow: 'retried items', value: [1, 3, 2] })),
  ...each(() => ({ name: 'items that have no retry left', flow: 'exhausted items', value: [1, 2, 'Failed'] })),
  ...each(() => ({
    name: 'an item knows its place',
    flow: 'items of who',
    value: [0, 1, 2].map((i) => [`who-0[${i}]`, i]),
  })),
  { name: 'parts of a map', flow: 'map at', value: { first: 2, last: 4 } },
  { name: 'cancelled before it started', flow: 'map cancelled', value: ['CANCELLED', 'Cancelled'] },
  { name: 'over flows', flow: 'flows mapped', value: [2, 3] },
  { name: 'over flows that fail', flow: 'flows mapped fail', value: ['Failed', 2] },
];
const stored: Case[] = [
  ...each(() => ({ name: 'what a task yields', flow: 'from a generator', params: { count: 5 }, value: sumTo(5) + 5 })),
  ...[0, 5, 3_000].map((count): Case => ({
    name: `a stream of ${count}`,
    flow: 'streamed out',
    params: { count },
    value: sumTo(count),
  })),
  { name: 'an array as a stream', flow: 'streamed array', value: 10 },
  ...each(() => ({ name: 'a map as a stream', flow: 'streamed map', value: sumTo(20) + 20 })),
  {
    name: 'a dataset in flow code',
    flow: 'dataset returned',
    params: { count: 4 },
    value: { length: 4, isDataset: true, sum: 6, part: 3 },
  },
  ...each(() => ({ name: 'items of a stored array', flow: 'stored items', value: sumTo(20) })),
  { name: 'parts of a stored array', flow: 'stored parts', value: { id: 3, count: 20 } },
  ...each(() => ({ name: 'stored results of items', flow: 'stored results', value: [1, 2, 3] })),
];

export const mapCases: Record<string, Case[]> = {
  'widths of maps': widths,
  'inputs of maps': inputs,
  'failures in maps': failures,
  'items of maps': running,
  'stored sequences': stored,
};
