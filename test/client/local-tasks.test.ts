/** Local tasks as a run's view has them: of what a real history says, kept with a release. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import { runEvents } from '../../src/client/history-events.js';
import { localSummary, localTaskIn } from '../../src/core/local-summary.js';
import { RunFold } from '../../src/core/run-view/run-fold.js';
import type { RunView } from '../../src/core/run-view/run-view.js';

const viewOf = (name: string): RunView => {
  const file = join(import.meta.dirname, '../replay/histories/0.1.0', `${name}.json`);
  const history = proto.temporal.api.history.v1.History.fromObject(JSON.parse(readFileSync(file, 'utf8')) as object);
  const fold = new RunFold('run');
  for (const event of history.events) for (const one of runEvents(event)) fold.apply(one);
  return fold.view();
};

test('local tasks have their own ids and times', () => {
  const tasks = viewOf('localPairs').tasks.filter(({ name }) => name === 'inc_local');
  expect(tasks.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
    'inc_local-0 Completed',
    'inc_local-1 Completed',
    'inc_local-2 Completed',
  ]);
  for (const { startedAt, endedAt } of tasks) expect(endedAt!.getTime()).toBeGreaterThan(startedAt!.getTime());
});

test.each([
  { id: 'quick-0', title: undefined },
  { id: 'quick-12[345]', title: 'Straße: 7\nlinks' },
  { id: 'quick-3', title: 'quick-4' },
])('what is written of $id is read again', ({ id, title }) => {
  const index = /\[(\d+)\]/.exec(id)?.[1];
  expect(localTaskIn(localSummary(id, title), 'quick')).toEqual({
    id,
    ...(title === undefined ? {} : { title }),
    ...(index === undefined ? {} : { mapIndex: Number(index) }),
  });
});

test('other summaries are none of ours', () => {
  for (const summary of [undefined, 7, '', 'quick', 'quick-x', 'other-0', 'quick-0 and more'])
    expect(localTaskIn(summary, 'quick')).toBeUndefined();
});
