import { RunFold } from '../../src/core/run-view/run-fold.js';
import type { PendingTask, RunEvent } from '../../src/core/run-view/run-event.js';
import type { RunView, TaskView } from '../../src/core/run-view/run-view.js';
import type { State } from '../../src/core/state.js';

const at = (second: number): Date => new Date(second * 1_000);
const scheduled = (
  key: string,
  id: string,
  more: Partial<Extract<RunEvent, { kind: 'scheduled' }>> = {},
): RunEvent => ({
  kind: 'scheduled',
  at: at(Number(key)),
  key,
  what: 'task',
  id,
  name: id.replace(/-\d+(\[\d+\])?$/, ''),
  upstream: [],
  ...more,
});
const ended = (key: string, state: State, error?: string): RunEvent => ({
  kind: 'ended',
  at: at(Number(key) + 100),
  key,
  state,
  ...(error && { error }),
});
const view = (events: RunEvent[], pending?: PendingTask[]): RunView => {
  const fold = new RunFold('run');
  for (const event of events) fold.apply(event);
  return fold.view(pending);
};
const first = (events: RunEvent[], pending?: PendingTask[]): TaskView => view(events, pending).tasks[0] as TaskView;
const map = (width: number): RunEvent => ({
  kind: 'delta',
  at: at(1),
  delta: { kind: 'map', id: 'm-0', name: 'm', up: ['a-0'], width },
});
const child = (key: string, index: number): RunEvent => scheduled(key, `m-0[${index}]`, { name: 'm', mapIndex: index });

test('a run begins, runs and ends', () => {
  const started: RunEvent = { kind: 'run-started', at: at(0), flowName: 'f' };
  expect(view([started])).toEqual({ runId: 'run', flowName: 'f', state: 'Running', startedAt: at(0), tasks: [] });
  expect(view([started, { kind: 'run-ended', at: at(9), state: 'Failed', error: 'no' }])).toMatchObject({
    state: 'Failed',
    endedAt: at(9),
    error: 'no',
  });
});

test('what never left an event is cancelled with the end of the run', () => {
  const waits: RunEvent = { kind: 'delta', at: at(1), delta: { kind: 'pending', id: 'b-0', name: 'b', up: ['a-0'] } };
  expect(first([waits, { kind: 'run-ended', at: at(9), state: 'Failed', error: 'no' }])).toMatchObject({ state: 'Cancelled' }); // prettier-ignore
});

test('a task run goes from waiting to its end', () => {
  const events: RunEvent[] = [
    { kind: 'delta', at: at(0), delta: { kind: 'pending', id: 'b-0', name: 'b', up: ['a-0'] } },
  ];
  expect(first(events)).toMatchObject({ id: 'b-0', kind: 'task', state: 'Pending', upstream: ['a-0'] });
  events.push(scheduled('1', 'b-0', { upstream: ['a-0'], title: 'Bee' }));
  expect(first(events)).toMatchObject({ state: 'Pending', scheduledAt: at(1), title: 'Bee' });
  events.push({ kind: 'started', at: at(2), key: '1', attempt: 2 });
  expect(first(events)).toMatchObject({ state: 'Running', startedAt: at(2), attempt: 2 });
  events.push(ended('1', 'Completed'));
  expect(first(events)).toMatchObject({ state: 'Completed', endedAt: at(101) });
  expect(first(events)).not.toHaveProperty('error');
});

test('a failure keeps its message', () => {
  expect(first([scheduled('1', 'a-0'), ended('1', 'TimedOut', 'too slow')])).toMatchObject({
    state: 'TimedOut',
    error: 'too slow',
  });
});

test('what only the server knows of an activity under way goes before its events', () => {
  expect(
    first([scheduled('1', 'a-0')], [{ id: 'a-0', state: 'Retrying', attempt: 3, error: 'last', startedAt: at(5) }]),
  ).toMatchObject({ state: 'Retrying', attempt: 3, error: 'last', startedAt: at(5) });
});

test('what ended without an activity is there all the same', () => {
  expect(
    first([
      { kind: 'delta', at: at(3), delta: { kind: 'ended', id: 'b-0', name: 'b', up: ['a-0'], state: 'TriggerFailed' } },
    ]),
  ).toMatchObject({ id: 'b-0', kind: 'task', state: 'TriggerFailed', endedAt: at(3), upstream: ['a-0'] });
});

test('a child flow is a flow', () => {
  expect(first([scheduled('1', 'c-0', { what: 'flow' })])).toMatchObject({ kind: 'flow', name: 'c' });
});

test('children of a map are counted, those not yet scheduled as pending', () => {
  const events = [map(4), child('1', 0), child('2', 1), ended('1', 'Completed')];
  expect(view(events).tasks).toHaveLength(1);
  expect(first(events)).toMatchObject({
    kind: 'map',
    width: 4,
    state: 'Running',
    counts: { Completed: 1, Pending: 3 },
    upstream: ['a-0'],
  });
});

test('children that ended without an event are counted too', () => {
  expect(
    first([
      map(3),
      child('1', 0),
      ended('1', 'Completed'),
      {
        kind: 'delta',
        at: at(9),
        delta: { kind: 'children', id: 'm-0', name: 'm', up: [], state: 'TriggerFailed', count: 2 },
      },
    ]),
  ).toMatchObject({ state: 'Failed', counts: { Completed: 1, TriggerFailed: 2 } });
});

test('a map ends completed, failed or cancelled as its children did', () => {
  const of = (...states: State[]): State =>
    first([map(states.length), ...states.flatMap((state, i) => [child(String(i + 1), i), ended(String(i + 1), state)])])
      .state;
  expect(of('Completed', 'Completed')).toBe('Completed');
  expect(of('Completed', 'Failed')).toBe('Failed');
  expect(of('Completed', 'Crashed')).toBe('Failed');
  expect(of('Completed', 'Cancelled')).toBe('Cancelled');
  expect(first([map(0)])).toMatchObject({ state: 'Completed', width: 0 });
});

test('a map whose child runs again shows its last failure no more', () => {
  const view = first([map(1), child('1', 0)], [{ id: 'm-0[0]', state: 'Running', attempt: 2, error: 'flaky' }]);
  expect(view).toMatchObject({ state: 'Running', attempt: 2 });
  expect(view).not.toHaveProperty('error');
});

test('a map with a child that waits for its retry is retrying, and shows the failure', () => {
  expect(
    first([map(1), child('1', 0)], [{ id: 'm-0[0]', state: 'Retrying', attempt: 2, error: 'flaky' }]),
  ).toMatchObject({ state: 'Retrying', attempt: 2, error: 'flaky', counts: { Retrying: 1 } });
});

test('a map whose upstream failed has no width, and its own end', () => {
  expect(
    first([
      { kind: 'delta', at: at(1), delta: { kind: 'pending', id: 'm-0', name: 'm', up: ['a-0'] } },
      { kind: 'delta', at: at(2), delta: { kind: 'ended', id: 'm-0', name: 'm', up: ['a-0'], state: 'TriggerFailed' } },
    ]),
  ).toMatchObject({ state: 'TriggerFailed' });
});

test('events fed one by one give the same view as all at once, and asking changes nothing', () => {
  const events = [map(2), child('1', 0), child('2', 1), ended('1', 'Completed'), ended('2', 'Failed', 'x')];
  const fold = new RunFold('run');
  for (const event of events) {
    fold.apply(event);
    fold.view();
  }
  expect(fold.view()).toEqual(view(events));
});

test('an end of something unknown is ignored', () => {
  expect(view([ended('99', 'Completed')]).tasks).toEqual([]);
});

test('ids with brackets in their names still belong to their own map', () => {
  const events: RunEvent[] = [
    { kind: 'delta', at: at(1), delta: { kind: 'map', id: 'odd [1] name-0', name: 'odd [1] name', up: [], width: 1 } },
    scheduled('1', 'odd [1] name-0[0]', { name: 'odd [1] name', mapIndex: 0 }),
    ended('1', 'Completed'),
  ];
  expect(view(events).tasks).toHaveLength(1);
  expect(first(events)).toMatchObject({ id: 'odd [1] name-0', state: 'Completed', counts: { Completed: 1 } });
});

const batch = (key: string, start: number, end: number): RunEvent =>
  scheduled(key, `m-0[${start}-${end - 1}]`, { name: 'm', batch: { map: 'm-0', start, end } });

test('a batch counts as its items, those without a value by their state, and moves as it reports', () => {
  const done: RunEvent = { ...(ended('2', 'Completed') as Extract<RunEvent, { kind: 'ended' }>), items: { Failed: 3 } };
  const events = [map(100), batch('2', 0, 40), batch('3', 40, 80), done];
  const running: PendingTask = { id: 'm-0[40-79]', state: 'Running', attempt: 2, itemsEnded: 10 };
  expect(first(events, [running])).toMatchObject({
    id: 'm-0',
    kind: 'map',
    state: 'Running',
    attempt: 2,
    counts: { Completed: 47, Failed: 3, Running: 30, Pending: 20 },
  });
  expect(first([map(40), batch('2', 0, 40), ended('2', 'Crashed', 'gone')])).toMatchObject({
    state: 'Failed',
    counts: { Crashed: 40 },
    error: 'gone',
  });
});

test('what waits is Paused and says for what; a sleep runs; the run itself can be paused', () => {
  const told = (second: number, delta: Extract<RunEvent, { kind: 'delta' }>['delta']): RunEvent => ({ kind: 'delta', at: at(second), delta }); // prettier-ignore
  const place = { id: 'ok-0', name: 'ok', up: ['a-0'] };
  const waiting = told(1, { kind: 'waiting', ...place, what: 'approval', until: 9_000, schema: { type: 'boolean' } });
  expect(first([waiting])).toEqual({
    ...{ id: 'ok-0', kind: 'wait', name: 'ok', state: 'Paused', upstream: ['a-0'], attempt: 1, startedAt: at(1) },
    waits: { for: 'approval', until: at(9), schema: { type: 'boolean' } },
  });
  const over = first([waiting, told(5, { kind: 'waited', ...place, state: 'TimedOut', error: 'nobody' })]);
  expect(over).toMatchObject({ state: 'TimedOut', endedAt: at(5), error: 'nobody' });
  expect(over.waits).toBeUndefined();
  expect(first([told(1, { kind: 'waiting', ...place, what: 'sleep' })]).state).toBe('Running');
  const manual = told(1, { kind: 'waiting', ...place, what: 'manual' });
  expect(first([manual])).toMatchObject({ kind: 'task', state: 'Paused' });
  expect(first([manual, told(2, { kind: 'waited', ...place, state: 'Pending' })]).state).toBe('Pending');
  const paused = told(1, { kind: 'run', state: 'Paused' });
  expect(view([paused]).state).toBe('Paused');
  expect(view([paused, told(2, { kind: 'run', state: 'Running' })]).state).toBe('Running');
  expect(view([paused, { kind: 'run-ended', at: at(3), state: 'Cancelled' }]).state).toBe('Cancelled');
});

test('a map that bears its failures is Completed, with its failed children counted and no error', () => {
  const events = [map(2), child('1', 0), child('2', 1), ended('1', 'Completed'), ended('2', 'Failed', 'no')];
  expect(first(events)).toMatchObject({ state: 'Failed', error: 'no' });
  const borne: RunEvent = { kind: 'delta', at: at(200), delta: { kind: 'borne', id: 'm-0', name: 'm', up: ['a-0'] } };
  const { state, error, counts } = first([...events, borne]);
  expect({ state, error, counts }).toEqual({
    state: 'Completed',
    error: undefined,
    counts: { Completed: 1, Failed: 1 },
  });
});
