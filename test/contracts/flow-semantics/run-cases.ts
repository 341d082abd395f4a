// What comes of the flows of `runs.ts`.
import type { Case } from './case.js';
import { describe, type Kind, makers } from './values.js';

const attempts: Case[] = [
  { name: 'none needed', flow: 'attempts', params: { from: 1 }, value: [1, 'Completed'] },
  { name: 'two needed', flow: 'attempts', params: { from: 2 }, value: [2, 'Completed'] },
  { name: 'as many as there are', flow: 'attempts', params: { from: 6 }, value: [6, 'Completed'] },
  { name: 'one too many', flow: 'attempts', params: { from: 7 }, value: ['TASK_FAILED', 'Failed'] },
  { name: 'none for this call', flow: 'attempts', params: { from: 2, retries: 0 }, value: ['TASK_FAILED', 'Failed'] },
  { name: 'more for this call', flow: 'attempts', params: { from: 8, retries: 7 }, value: [8, 'Completed'] },
  { name: 'a list of delays', flow: 'delays', params: { from: 3 }, value: [3, 'Completed'] },
  { name: 'a list of delays, in vain', flow: 'delays', params: { from: 4 }, value: ['TASK_FAILED', 'Failed'] },
  { name: 'a computed delay', flow: 'delay computed', params: { kind: 'range' }, value: [2, 'Completed'] },
  {
    name: 'a computed delay that is none',
    flow: 'delay computed',
    params: { kind: 'type' },
    value: ['TASK_FAILED', 'Failed'],
  },
  { name: 'a condition that holds', flow: 'retry condition', params: { kind: 'range' }, value: [3, 'Completed'] },
  {
    name: 'a condition that does not',
    flow: 'retry condition',
    params: { kind: 'type' },
    value: ['TASK_FAILED', 'Failed'],
  },
  {
    name: 'a condition that throws',
    flow: 'condition broken',
    error: { code: 'TASK_FAILED', details: { attempt: 1 } },
  },
  {
    name: 'an error that is final',
    flow: 'final error',
    error: { code: 'TASK_FAILED', details: { attempt: 1 }, cause: { message: 'no use', cause: { message: 'why' } } },
  },
  { name: 'an error that says when', flow: 'retry after', params: { after: '5 ms' }, value: [2, 'Completed'] },
  {
    name: 'an error that says when, wrongly',
    flow: 'retry after',
    params: { after: 'soon' },
    value: ['TASK_FAILED', 'Failed'],
  },
  { name: 'a skip on the second attempt', flow: 'skip on retry', value: [undefined, 'Skipped'] },
  { name: 'a time-out', flow: 'times out', error: { code: 'TASK_TIMED_OUT' }, tasks: { 'slow-0': 'TimedOut' } },
  { name: 'a time-out is retried', flow: 'times out, then runs', value: ['ran', 'Completed'] },
  { name: 'a time-out that the condition ends', flow: 'times out for good', value: ['TASK_TIMED_OUT', 'TimedOut'] },
  { name: 'a time-out of one call', flow: 'timeout of a call', value: ['TASK_TIMED_OUT', 'TimedOut'] },
  {
    name: 'the time for all attempts',
    flow: 'out of total time',
    error: { code: 'TASK_TIMED_OUT' },
    tasks: { 'bounded-0': 'TimedOut' },
  },
  {
    name: 'a retry that would come too late',
    flow: 'out of total time by delay',
    error: { code: 'TASK_FAILED' },
    tasks: { 'bounded retries-0': 'Failed' },
  },
  { name: 'a local task', flow: 'local task', value: 3 },
  { name: 'a local task with retries', flow: 'local flaky', params: { from: 3 }, value: [3, 'Completed'] },
  {
    name: 'a local task with retries, in vain',
    flow: 'local flaky',
    params: { from: 4 },
    value: ['TASK_FAILED', 'Failed'],
  },
  {
    name: 'a local task that fails',
    flow: 'local fails',
    error: { code: 'TASK_FAILED', cause: { name: 'RangeError', message: 'near' } },
  },
  {
    name: 'an error counts its attempts',
    flow: 'exhausted task',
    error: { code: 'TASK_FAILED', details: { attempt: 2, taskName: 'flaky', taskRunId: 'flaky-0' } },
  },
  {
    name: 'an error in flow code',
    flow: 'error shown',
    value: {
      name: 'RunError',
      message: "The task 'broken' failed: shown",
      code: 'TASK_FAILED',
      taskName: 'broken',
      taskRunId: 'broken-0',
      attempt: 1,
      flowName: 'error shown',
      cause: ['RangeError', 'shown', 'the root of it'],
    },
  },
  {
    name: 'an error that leaves the flow',
    flow: 'error leaves',
    error: {
      code: 'TASK_FAILED',
      name: 'RunError',
      message: "The task 'broken' failed: leaves",
      cause: { name: 'RangeError', message: 'leaves', cause: { name: 'TypeError' } },
    },
  },
];
const who: Case[] = [
  {
    name: 'a task',
    flow: 'who runs',
    value: {
      kind: 'task',
      flowName: 'who runs',
      taskName: 'who',
      taskRunId: 'who-0',
      attempt: 1,
      mapIndex: undefined,
      tags: ['declared'],
    },
  },
  { name: 'tags of a call', flow: 'who is tagged', value: ['declared', 'called'] },
  {
    name: 'a flow with its tags',
    flow: 'who flows',
    tags: ['nightly'],
    value: { kind: 'flow', flowName: 'who flows', tags: ['nightly'] },
  },
  { name: 'a flow after an await', flow: 'who after await', value: 'who after await' },
  {
    name: 'ids do not follow names',
    flow: 'named calls',
    value: [1, 2],
    tasks: { 'good-0': 'Completed', 'good-1': 'Completed' },
  },
];
const kinds = Object.keys(makers) as Kind[];
const values: Case[] = [
  ...kinds
    .filter((kind) => kind !== 'cycle')
    .map((kind): Case => ({
      name: `${kind} as a result`,
      flow: 'value out',
      params: { kind },
      value: makers[kind](),
    })),
  { name: 'a cycle in flow code', flow: 'value out', params: { kind: 'cycle' }, error: { code: 'NOT_SERIALIZABLE' } },
  ...kinds.map((kind): Case => ({
    name: `${kind} from task to task`,
    flow: 'value on',
    params: { kind },
    value: describe(makers[kind]()),
  })),
  ...kinds
    .filter((kind) => kind !== 'cycle')
    .map((kind): Case => ({
      name: `${kind} through flow code`,
      flow: 'value through flow',
      params: { kind },
      value: describe(makers[kind]()),
    })),
  ...kinds
    .filter((kind) => kind !== 'cycle')
    .map((kind): Case => {
      const value = makers[kind]();
      return {
        name: `${kind} as a parameter`,
        flow: 'value in',
        params: { value },
        value: { given: describe(value), echoed: value === undefined ? 1 : value, own: value },
      };
    }),
  ...(['function', 'instance', 'symbol', 'deep', 'proto'] as const).map((kind): Case => ({
    name: `a result that is no data: ${kind}`,
    flow: 'bad value',
    params: { kind },
    error: { code: 'TASK_FAILED', cause: { name: 'AuthoringError' } },
  })),
  ...['function', 'symbol', 'instance', 'promise'].map((kind): Case => ({
    name: `an argument that is no data: ${kind}`,
    flow: 'bad argument',
    params: { kind },
    error: { code: 'NOT_SERIALIZABLE' },
  })),
  {
    name: 'an argument that is no data: a function in a map',
    flow: 'bad argument',
    params: { kind: 'function in a map' },
    value: ['NOT_SERIALIZABLE', 'Failed'],
  },
  ...(['text', 'json', 'sum'] as const).map((how): Case => ({
    name: `a future used as ${how}`,
    flow: 'coercion',
    params: { how },
    error: { code: 'FUTURE_COERCED' },
  })),
  { name: 'a value of the flow that is no data', flow: 'bad flow value', error: { code: 'NOT_SERIALIZABLE' } },
  { name: 'the body itself called in a flow', flow: 'fn in flow', error: { code: 'CALLED_INSIDE_FLOW' } },
  { name: 'parts', flow: 'parts of values', value: [7, 'b', 'b'] },
  { name: 'a part of null', flow: 'part of nothing', value: ['NO_SUCH_PART', 'Failed'] },
];
const mega = 1_200_000;
const big: Case[] = [
  ...[100, 9_000, 100_000, mega].flatMap((length): Case[] => [
    { name: `${length} characters returned`, flow: 'big value', params: { length }, value: 'x'.repeat(length) },
    { name: `${length} characters passed on`, flow: 'big passed', params: { length }, value: length },
    {
      name: `${length} characters awaited and passed on`,
      flow: 'big sealed, passed on',
      params: { length },
      value: length,
    },
    {
      name: `${length} characters awaited and returned`,
      flow: 'big sealed, returned',
      params: { length },
      value: { value: 'x'.repeat(length) },
    },
  ]),
  { name: 'read in flow code', flow: 'big awaited', params: { length: 100_000 }, value: 100_000 },
  {
    name: 'too large to be read in flow code',
    flow: 'big awaited',
    params: { length: mega },
    error: { code: 'RESULT_TOO_LARGE' },
  },
  { name: 'items too large to be read in flow code', flow: 'big read', error: { code: 'RESULT_TOO_LARGE' } },
  { name: 'the length of what cannot be read', flow: 'big length', value: 200 },
  { name: 'a part of what cannot be read', flow: 'big part', value: 150 },
  { name: 'an argument made in flow code', flow: 'big argument', value: 300_000 },
];
const cancellation: Case[] = [
  { name: 'before it started', flow: 'cancel unstarted', value: ['CANCELLED', 'Cancelled'] },
  {
    name: 'while it runs',
    flow: 'cancel running',
    value: ['CANCELLED', 'Cancelled'],
    tasks: { 'waits-0': 'Cancelled' },
  },
  { name: 'twice', flow: 'cancel twice', value: ['CANCELLED', 'Cancelled'] },
  { name: 'after its end', flow: 'cancel ended', value: [2, 'Completed'] },
  { name: 'what it still returns counts', flow: 'cancelled returns', value: ['after all', 'Completed'] },
  { name: 'unhandled, it fails the flow', flow: 'cancelled unhandled', error: { code: 'CANCELLED' } },
  { name: 'what depends on it', flow: 'depends on cancelled', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  {
    name: 'of the run',
    flow: 'cancelled from outside',
    cancelWhenRunning: 'waits-0',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    tasks: { 'waits-0': 'Cancelled', 'use-0': 'Cancelled' },
  },
  { name: 'of the run, caught', flow: 'cancelled, caught', cancelWhenRunning: 'waits-0', value: 'CANCELLED' },
  {
    name: 'of the run: what is called later does not start',
    flow: 'cancelled, then calls',
    cancelWhenRunning: 'waits-0',
    value: ['CANCELLED', 'Cancelled'],
  },
  {
    name: 'of a map',
    flow: 'cancelled map',
    cancelWhenRunning: 'waits-0',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    tasks: { 'waits-0': { Cancelled: 3 } },
  },
  { name: 'of a child run', flow: 'child cancelled', value: ['CANCELLED', 'Cancelled'] },
  {
    name: 'of a parent reaches the child',
    flow: 'cancelled parent',
    cancelWhenRunning: 'cancelled from outside-0',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
  },
];
const nested: Case[] = [
  { name: 'values', flow: 'parent', value: [2, 3] },
  {
    name: 'a failure',
    flow: 'parent of failure',
    value: [
      'FLOW_FAILED',
      "The flow 'child fails' failed: The task 'broken' failed: in the child",
      'RunError',
      "The task 'broken' failed: in the child",
      'Failed',
    ],
  },
  {
    name: 'a failure that nobody handles',
    flow: 'parent fails',
    error: { code: 'FLOW_FAILED', cause: { cause: { name: 'RangeError' } } },
    tasks: { 'child fails-0': 'Failed' },
  },
  {
    name: 'an error of its own',
    flow: 'parent of thrower',
    value: ["The flow 'child throws' failed: of the child", 'SyntaxError'],
  },
  {
    name: 'knows itself',
    flow: 'parent of knowing',
    tags: ['t'],
    value: { flowName: 'child knows itself', end: 'child knows itself-0', tags: ['t'] },
  },
  { name: 'a stored parameter', flow: 'parent of stored', value: 50_000 },
  { name: 'in a flow in a flow', flow: 'grandparent', value: [[2, 3]] },
  { name: 'after a failure', flow: 'child after', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'run() in a flow', flow: 'run inside', error: { code: 'CALLED_INSIDE_FLOW' } },
];
const options: Case[] = [
  { name: 'a schema with a default', flow: 'with schema', value: { n: 4, day: undefined } },
  {
    name: 'a schema that changes what it gets',
    flow: 'with schema',
    params: { n: '5', day: 'mon' },
    value: { n: 6, day: 'MON' },
  },
  { name: 'a schema in a child', flow: 'schema in child', error: { code: 'FLOW_FAILED' } },
  { name: 'retries of a flow, in vain', flow: 'retried flow', error: { code: 'TASK_FAILED' } },
  { name: 'a time-out of a flow', flow: 'timed out flow', error: { code: 'FLOW_TIMED_OUT' }, state: 'TimedOut' },
  { name: 'a time-out of a child', flow: 'child times out', value: ['FLOW_TIMED_OUT', 'TimedOut'] },
  { name: 'no value', flow: 'no value', value: undefined },
  { name: 'no task', flow: 'nothing called', params: { n: 4 }, value: 8 },
  { name: 'fifty futures in one argument', flow: 'sum of many', value: 1_275 },
];

export const runCases: Record<string, Case[]> = {
  attempts,
  'who is who': who,
  values,
  'large values': big,
  cancellation,
  'flows in flows': nested,
  'options of flows': options,
};
