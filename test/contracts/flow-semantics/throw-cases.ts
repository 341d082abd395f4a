// What comes of the flows of `throws.ts`.
import type { Case } from './case.js';

const told: Record<string, string> = {
  'no prototype': '{"a":1}',
  'plain object': 'of an object',
  'unreadable message': 'undefined',
  'endless causes': 'its own cause',
  megabytes: '… (3000000 characters)',
};

export const throwCases: Record<string, Case[]> = {
  'what a flow throws': Object.entries(told).flatMap(([what, message]): Case[] => [
    { name: what, flow: 'throwing', params: { what }, error: { code: 'FLOW_FAILED' } },
    { name: `${what}, to the flow that called it`, flow: 'calls what throws', params: { what }, value: message },
  ]),
  'what nothing can ask what it is': [
    { name: 'of a task', flow: 'one hostile', error: { code: 'TASK_FAILED' } },
    ...([false, 2] as const).map((batch): Case => {
      const value = ['Completed', 'Failed', 'Completed'];
      return { name: `of an item, batch ${batch}`, flow: 'hostile item', params: { batch }, value };
    }),
  ],
  'what an item throws': ([false, 2] as const).map((batch): Case => {
    const facts = [2, 'RangeError', 404, 'TypeError', 'why', 'deep'];
    return { name: `batch ${batch}`, flow: 'refused item', params: { batch }, value: [facts, facts] };
  }),
};
