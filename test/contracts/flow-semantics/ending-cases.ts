// What comes of the flows of `endings.ts`.
import type { Case } from './case.js';

const hooks: Case[] = [
  {
    name: 'after a task, told its value',
    flow: 'hooks of a task',
    value: 7,
    tasks: { 'hooked-0:onCompletion': 'Completed' },
    afterwards: ['hooked-0:onCompletion'],
  },
  {
    name: 'after a failure, told its error',
    flow: 'hooks of a failure',
    value: 'TASK_FAILED',
    tasks: { 'hooked-0:onFailure': 'Completed' },
    afterwards: ['hooked-0:onFailure'],
  },
  {
    name: 'once, after the last attempt',
    flow: 'hooks of a retry',
    value: 'then',
    afterwards: ['hooked late-0:onCompletion'],
  },
  {
    name: 'after what could not run',
    flow: 'hooks of what is unmet',
    value: 'TRIGGER_FAILED',
    afterwards: ['hooked unmet-0:onFailure'],
  },
  { name: 'none after a skip', flow: 'hooks of a skip', value: { value: undefined }, afterwards: [] },
  {
    name: 'after a cancellation',
    flow: 'hooks of a cancelled one',
    value: 'CANCELLED',
    afterwards: ['hooked-0:onCancellation'],
  },
  ...([false, 2] as const).map((batch): Case => ({
    name: `once for a map, batch ${batch}`,
    flow: 'hooks of a map',
    params: { batch },
    value: [1, 2, 3],
    tasks: { 'hooked item-0:onCompletion': 'Completed' },
    afterwards: ['hooked item-0:onCompletion'],
  })),
  {
    name: 'one that fails changes nothing',
    flow: 'hooks that fail',
    value: 1,
    tasks: { 'hooked badly-0:onCompletion': 'Failed', 'hooked badly-0:onCompletion.1': 'Completed' },
    afterwards: ['hooked badly-0:onCompletion', 'hooked badly-0:onCompletion.1'],
  },
  {
    name: 'of a flow that completes, in their order',
    flow: 'hooks of a flow',
    params: { how: 'ok' },
    value: 1,
    afterwards: ['flow:onCompletion', 'flow:onCompletion.1'],
  },
  ...(['fail', 'throw'] as const).map((how): Case => ({
    name: `of a flow that fails: ${how}`,
    flow: 'hooks of a flow',
    params: { how },
    error: { code: how === 'fail' ? 'TASK_FAILED' : 'FLOW_FAILED' },
    tasks: { 'flow:onFailure': 'Completed' },
    afterwards: ['flow:onFailure'],
  })),
  {
    name: 'of a flow that is cancelled',
    flow: 'hooks of a flow',
    params: { how: 'wait' },
    cancelWhenRunning: 'waits-0',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    tasks: { 'flow:onCancellation': 'Completed' },
    afterwards: ['flow:onCancellation'],
  },
  {
    name: 'of a flow with retries, after its last failure',
    flow: 'hooks of a retried flow',
    error: { code: 'TASK_FAILED' },
    afterwards: ['flow:onFailure'],
  },
];
const undo: Case[] = [
  {
    name: 'in reverse order, and hooks after it',
    flow: 'undone',
    error: { code: 'TASK_FAILED' },
    tasks: { 'book-0:undo': 'Completed', 'book-1:undo': 'Completed', 'book-2:undo': 'Completed' },
    afterwards: ['book-2:undo', 'book-1:undo', 'book-0:undo', 'flow:onFailure'],
  },
  {
    name: 'where the flow throws',
    flow: 'undone by a throw',
    error: { code: 'FLOW_FAILED' },
    afterwards: ['book-0:undo'],
  },
  { name: 'nothing where a failure was handled', flow: 'not undone', value: 'seat b', afterwards: [] },
  {
    name: 'nothing that failed or was cancelled',
    flow: 'only completed ones are undone',
    error: { code: 'TASK_FAILED' },
    afterwards: ['book-0:undo'],
  },
  {
    name: 'the children of a map',
    flow: 'map undone',
    error: { code: 'TASK_FAILED' },
    tasks: { 'book-1:undo': 'Completed', 'book-0:undo': { Completed: 3 } },
    afterwards: ['book-1:undo', 'book-0:undo'],
  },
  {
    name: 'of a run that is cancelled',
    flow: 'undone when cancelled',
    cancelWhenRunning: 'waits-0',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    afterwards: ['book-0:undo'],
  },
  {
    name: 'what fails to be undone is named, the rest is undone, with its retries',
    flow: 'undo fails',
    error: { code: 'UNDO_FAILED', details: { notUndone: ['stuck-0'], count: 1 }, cause: { code: 'TASK_FAILED' } },
    tasks: { 'undone late-0:undo': 'Completed', 'stuck-0:undo': 'Failed', 'book-0:undo': 'Completed' },
    afterwards: ['undone late-0:undo', 'stuck-0:undo', 'book-0:undo'],
  },
  {
    name: 'a child run that has completed stands',
    flow: 'a child stands',
    error: { code: 'TASK_FAILED' },
    afterwards: ['book-0:undo'],
  },
  { name: 'a child run that fails undoes its own', flow: 'a child undoes', value: 'FLOW_FAILED', afterwards: [] },
];
const transactions: Case[] = [
  {
    name: 'one that goes well',
    flow: 'transaction commits',
    value: [['seat a', 'seat b'], 'after'],
    afterwards: [],
  },
  {
    name: 'one that throws undoes its own',
    flow: 'transaction rolls back',
    value: ['SyntaxError', 'seat after'],
    afterwards: ['book-2:undo', 'book-1:undo'],
  },
  {
    name: 'one with a failure that nothing handled',
    flow: 'transaction fails',
    value: 'TASK_FAILED',
    afterwards: ['book-0:undo'],
  },
  { name: 'one that handles its failures', flow: 'transaction handles', value: 'value', afterwards: [] },
  {
    name: 'what runs is cancelled first',
    flow: 'transaction cancels',
    value: ['SyntaxError', 'Cancelled', 'Cancelled', 'Cancelled'],
    afterwards: ['book-0:undo'],
  },
  {
    name: 'an inner one is undone by itself',
    flow: 'transactions nested',
    params: { fails: 'inner' },
    value: 'value',
    afterwards: ['book-1:undo'],
  },
  {
    name: 'an inner one is undone with the outer one',
    flow: 'transactions nested',
    params: { fails: 'outer' },
    value: 'outer',
    afterwards: ['book-2:undo', 'book-1:undo', 'book-0:undo'],
  },
  {
    name: 'what it committed is the flow’s to undo',
    flow: 'transaction, then the flow fails',
    error: { code: 'TASK_FAILED' },
    afterwards: ['book-2:undo', 'book-1:undo', 'book-0:undo'],
  },
  {
    name: 'one that cannot be undone',
    flow: 'transaction cannot be undone',
    value: ['UNDO_FAILED', 'SyntaxError'],
    tasks: { 'stuck-0:undo': 'Failed' },
  },
];

const allCancelled = {
  ...Object.fromEntries([0, 1, 2].map((i) => [`good-${i}`, 'Cancelled'])),
  ...{ 'sleep-0': 'Cancelled', 'good-3': 'Cancelled', 'never-0': 'Cancelled' },
  ...{ 'waits-0': { Cancelled: 2 }, 'good-4': { Cancelled: 2 } },
};
const calledOff: Case[] = [
  {
    name: 'what waited is cancelled, with all that waited for it: the flow throws',
    flow: 'waiting, called off',
    params: { how: 'throw' },
    error: { code: 'FLOW_FAILED' },
    tasks: allCancelled,
  },
  {
    name: 'the run is cancelled',
    flow: 'waiting, called off',
    params: { how: 'wait' },
    cancelWhenRunning: 'sleep-1',
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    tasks: allCancelled,
  },
  {
    name: 'a transaction throws',
    flow: 'transaction calls off',
    value: Array.from({ length: 8 }, () => 'Cancelled'),
    tasks: allCancelled,
  },
];

export const endingCases: Record<string, Case[]> = { hooks, undo, transactions, 'what is called off': calledOff };
