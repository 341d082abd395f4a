// What comes of the flows of `waits.ts`.
import type { Case, Step } from './case.js';

const open = (id: string, step: Omit<Step, 'when'>): Step => ({ when: { [id]: 'Paused' }, ...step });
const approve = (...given: unknown[]): Omit<Step, 'when'> => ({ do: 'approve', with: given });
const signal = (...given: unknown[]): Step => ({ do: 'signal', with: given });
const paused = (step: Omit<Step, 'when'>): Step => ({ when: { flow: 'Paused' }, ...step });

const approvals: Case[] = [
  {
    name: 'the answer is what the schema makes of it',
    flow: 'asks',
    steps: [open('publish-0', approve('publish', { n: '7' }))],
    said: ['publish-0'],
    value: { n: 7, to: ['ops'] },
    tasks: { 'publish-0': 'Completed' },
  },
  {
    name: 'a wrong answer is refused, and leaves it open',
    flow: 'asks',
    steps: [
      open('publish-0', approve('publish', { n: 7 })),
      { do: 'look', with: ['publish-0'] },
      approve('publish', { n: '7', to: [] }),
    ],
    said: ['BAD_ANSWER', ['Paused'], 'publish-0'],
    value: { n: 7, to: [] },
  },
  {
    name: 'one that is not open',
    flow: 'asks',
    steps: [open('publish-0', approve('other')), approve('publish', { n: '1', to: [] })],
    said: ['APPROVAL_NOT_OPEN', 'publish-0'],
    value: { n: 1, to: [] },
  },
  {
    name: 'without a schema, and without an answer',
    flow: 'asks for anything',
    steps: [open('one-0', approve('one', { any: new Date(0) })), open('two-0', approve('two'))],
    said: ['one-0', 'two-0'],
    value: [{ any: new Date(0) }, undefined],
  },
  {
    name: 'of two of one name the older is answered first',
    flow: 'asks twice',
    steps: [open('same-1', approve('same', 'a')), approve('same', 'b')],
    said: ['same-0', 'same-1'],
    value: ['a', 'b'],
  },
  {
    name: 'of two of one name, one by its id',
    flow: 'asks twice',
    steps: [open('same-1', approve('same-1', 'a')), approve('same', 'b')],
    said: ['same-1', 'same-0'],
    value: ['b', 'a'],
  },
  {
    name: 'an answer that is sent again counts once',
    flow: 'asks twice',
    steps: [
      open('same-1', approve('same', 'a', { id: 'x' })),
      approve('same', 'a', { id: 'x' }),
      approve('same', 'b', { id: 'y' }),
    ],
    said: ['same-0', 'same-0', 'same-1'],
    value: ['a', 'b'],
  },
  {
    name: 'tasks after it, by data and by order',
    flow: 'asks before a task',
    steps: [open('go-0', { do: 'look', with: ['inc-0', 'good-0'] }), approve('go', 1)],
    said: [['Pending', 'Pending'], 'go-0'],
    value: [2, 'after'],
  },
  { name: 'nobody in time', flow: 'asks in time', params: { how: 'fail' }, value: ['WAIT_TIMED_OUT', 'TimedOut'] },
  {
    name: 'nobody in time, where nothing is said of it',
    flow: 'asks in time',
    params: { how: 'undefined' },
    value: ['WAIT_TIMED_OUT', 'TimedOut'],
  },
  { name: 'a value for nobody', flow: 'asks in time', params: { how: 'value' }, value: ['nobody', 'Completed'] },
  { name: 'what depends on it', flow: 'asks in vain', value: ['TRIGGER_FAILED', 'TriggerFailed'] },
  { name: 'nobody in time, and nobody to catch it', flow: 'late, unhandled', error: { code: 'WAIT_TIMED_OUT' } },
  { name: 'given up', flow: 'asks and leaves', value: ['CANCELLED', 'Cancelled'] },
  {
    name: 'the run is cancelled meanwhile',
    flow: 'asks',
    steps: [open('publish-0', { do: 'cancel' })],
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
    tasks: { 'publish-0': 'Cancelled' },
  },
];
const signals: Case[] = [
  {
    name: 'kept, in order, each taken once',
    flow: 'listens',
    params: { count: 3 },
    steps: [open('begin-0', signal('go', 1)), signal('go', { two: new Set([2]) }), approve('begin'), signal('go', 3)],
    value: [1, { two: new Set([2]) }, 3],
  },
  {
    name: 'sent again they count once',
    flow: 'listens',
    params: { count: 2 },
    steps: [
      open('begin-0', signal('go', 1, { id: 'x' })),
      signal('go', 1, { id: 'x' }),
      signal('other', 9),
      signal('go', 2, { id: 'y' }),
      approve('begin'),
    ],
    value: [1, 2],
  },
  { name: 'of two names', flow: 'listens to two', steps: [signal('a', 1), signal('b', 2)], value: [2, 1] },
  {
    name: 'what the schema makes of it',
    flow: 'listens with a schema',
    steps: [signal('n', { n: '7' })],
    value: [{ n: 7, to: ['ops'] }, 'Completed'],
  },
  {
    name: 'what the schema refuses',
    flow: 'listens with a schema',
    steps: [signal('n', { n: 7 })],
    value: ['BAD_SIGNAL', 'Failed'],
  },
  { name: 'none in time', flow: 'listens in time', value: ['WAIT_TIMED_OUT', 'TimedOut', 7] },
  {
    name: 'those of a run are not those of its child',
    flow: 'listens in a child',
    steps: [signal('go', 'mine')],
    value: ['nothing', 'mine'],
  },
];
const sleeping: Case[] = [
  {
    name: 'and what comes after it',
    flow: 'sleeps',
    value: ['Pending', undefined, 'Completed', 'after'],
    tasks: { 'sleep-0': 'Completed' },
  },
  { name: 'one that lost a race', flow: 'sleep cancelled', value: ['task', 'CANCELLED', 'Cancelled'] },
  { name: 'as an argument', flow: 'sleep as upstream', value: ['none', 1] },
  { name: 'the shorter ends first', flow: 'sleeps in order', value: [20, 40, 60] },
];
const words: Case[] = [
  {
    name: 'given by its id',
    flow: 'needs a word',
    steps: [open('gated-0', approve('gated')), approve('gated-0')],
    said: ['APPROVAL_NOT_OPEN', 'gated-0'],
    value: [1],
  },
  {
    name: 'however its upstream ended',
    flow: 'needs a word after a failure',
    steps: [open('gated-0', approve('gated-0'))],
    value: ['none'],
    tasks: { 'broken-0': 'Failed' },
  },
  ...([false, 2] as const).map((batch): Case => ({
    name: `for a map as a whole, batch ${batch}`,
    flow: 'needs a word for a map',
    params: { batch },
    steps: [open('gated item-0', approve('gated item-0'))],
    said: ['gated item-0'],
    value: [2, 3, 4],
  })),
  { name: 'not given', flow: 'word not given', value: ['CANCELLED', 'Cancelled', 'none'] },
];
const pauses: Case[] = [
  {
    name: 'nothing starts until it is resumed',
    flow: 'pausable',
    said: [undefined, 'first-0', [undefined], undefined],
    steps: [
      open('first-0', { do: 'pause' }),
      paused(approve('first')),
      { when: { 'first-0': 'Completed' }, do: 'look', with: ['inc-0'] },
      { do: 'resume' },
    ],
    value: 2,
  },
  {
    name: 'paused, it can be cancelled',
    flow: 'pausable',
    steps: [open('first-0', { do: 'pause' }), paused({ do: 'cancel' })],
    error: { code: 'CANCELLED' },
    state: 'Cancelled',
  },
  {
    name: 'signals come all the same',
    flow: 'pausable while it waits for a task',
    steps: [{ do: 'pause' }, paused(signal('n', 1)), { do: 'resume' }],
    value: 3,
  },
  {
    name: 'what was called goes on after it',
    flow: 'pausable parent',
    steps: [open('first-0', { do: 'pause' }), paused(approve('first', 'yes')), { do: 'resume' }],
    value: ['yes', 2],
  },
];

export const waitCases: Record<string, Case[]> = {
  approvals,
  signals,
  sleep: sleeping,
  'the word for a task': words,
  pause: pauses,
};
