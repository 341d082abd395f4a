/** What a test says of a run: its task runs, its graph, and what it expects of them; in memory. */
import { inline } from '../../src/index.js';
import { assertTaskRuns, failAttempts, mockTask, restoreTasks, runGraph, taskRuns } from '../../src/testing/index.js';
import { batched, clean, counted, outer, pipeline, rows, total } from './flows.js';

const executor = inline();
afterEach(restoreTasks);

const ended = async (flow: Pick<typeof pipeline, 'start'>) => {
  const run = await flow.start({}, { executor });
  await run.result().catch(() => undefined);
  return run;
};

test('the task runs of a run, items one by one, without times', async () => {
  mockTask(rows, () => [1, 2, 3]);
  failAttempts(clean, 1, { mapIndex: 1 });
  failAttempts(clean, 'all', { mapIndex: 2, with: new RangeError('bad row') });
  const run = await ended(pipeline);
  expect(await taskRuns(run)).toEqual([
    { id: 'rows-0', name: 'rows', state: 'Completed', attempts: 1 },
    { id: 'clean-0[0]', name: 'clean', state: 'Completed', attempts: 1, mapIndex: 0 },
    { id: 'clean-0[1]', name: 'clean', state: 'Completed', attempts: 2, mapIndex: 1 },
    { id: 'clean-0[2]', name: 'clean', state: 'Failed', attempts: 3, mapIndex: 2, error: 'bad row' },
    { id: 'total-0', name: 'total', state: 'TriggerFailed', attempts: 0 },
    { id: 'note-0', name: 'note', state: 'TriggerFailed', attempts: 0 },
  ]);
  expect(await taskRuns(run, total)).toEqual([{ id: 'total-0', name: 'total', state: 'TriggerFailed', attempts: 0 }]);
  expect(await taskRuns(run, 'nobody')).toEqual([]);
});

test('more items than a page has', async () => {
  mockTask(rows, () => Array.from({ length: 2_500 }, (_, i) => i));
  failAttempts(clean, 'all', { mapIndex: 2_345 });
  const items = await taskRuns(await ended(pipeline), clean);
  expect(items).toHaveLength(2_500);
  expect(items.filter(({ state }) => state === 'Failed')).toMatchObject([{ id: 'clean-0[2345]', mapIndex: 2_345 }]);
});

test('a map whose source failed is one run that never started', async () => {
  expect(await taskRuns(await ended(pipeline), clean)).toEqual([
    { id: 'clean-0', name: 'clean', state: 'TriggerFailed', attempts: 0 },
  ]);
});

test('the graph as text: the same at each run, the same in batches', async () => {
  mockTask(rows, () => [1, 2, 3, 4]);
  failAttempts(clean, 1, { mapIndex: 3 });
  const graph = await runGraph(await ended(pipeline));
  expect(graph).toBe(
    [
      'Pipeline: Completed',
      '  rows-0   Completed',
      '  clean-0  map of 4: 4 Completed, at most 2 attempts  <- rows-0',
      '  total-0  Completed  <- clean-0',
      '  note-0   Completed  <- total-0',
    ].join('\n'),
  );
  expect(await runGraph(await ended(pipeline))).toBe(graph);
  expect(await runGraph(await ended(batched))).toMatch(/clean-0 {2}map of 4: 4 Completed/);
});

test('flows in a flow are in the graph', async () => {
  mockTask(rows, () => [1]);
  expect(await runGraph(await ended(outer))).toBe(
    [
      'Outer: Completed',
      '  Counted-0   flow Completed',
      '  Pipeline-0  flow Completed',
      '  total-0     Completed  <- Counted-0, Pipeline-0',
    ].join('\n'),
  );
});

test('what is as expected passes; what is not is listed, all of it', async () => {
  mockTask(rows, () => [1, 2]);
  failAttempts(clean, 1, { mapIndex: 1 });
  const run = await ended(pipeline);
  await assertTaskRuns(run, { rows: 'Completed', clean: ['Completed', { attempts: 2 }], 'not called': [] });
  const error = (await assertTaskRuns(run, {
    rows: { state: 'Failed', error: 'no source' },
    clean: ['Completed', { state: 'Completed', attempts: 1 }],
    total: ['Completed', 'Completed'],
    'not called': 'Completed',
  }).catch((thrown: unknown) => thrown)) as Error;
  expect(error.name).toBe('AssertionError');
  expect(error.message).toBe(
    [
      `The task runs of 'Pipeline' are not as expected:`,
      '  rows-0: expected Failed: no source, got Completed after 1 attempt',
      '  clean-0[1]: expected Completed after 1 attempt, got Completed after 2 attempts',
      '  total: expected 2 runs, got 1 run (Completed after 1 attempt)',
      '  not called: expected 1 run, got no run',
    ].join('\n'),
  );
  expect(error.stack).toContain('run-facts.test.ts');
  await assertTaskRuns(await ended(counted), { attempts: 'Completed' });
});
