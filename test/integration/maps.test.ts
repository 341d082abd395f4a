/** Maps in batches and values in the store, on a real server: what comes of them, item by item. */
import { join } from 'node:path';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';

let project: FlowProject;
let outcomes: Record<string, unknown>;

beforeAll(async () => {
  project = createFlowProject({ ledger: '' }, [join(import.meta.dirname, 'maps')]);
  const { stdout, stderr, status } = await project.runScript('run-maps.ts', { LEDGER: join(project.root, 'ledger') });
  if (status !== 0) throw new Error(`the flows did not run: ${stderr}`);
  outcomes = JSON.parse(stdout) as Record<string, unknown>;
}, 240_000);
afterAll(() => project.remove());

test.each([
  ['batched', 24_995_000],
  ['ofDataset', 4_524_390],
  ['datasets', { one: { length: 5, part: [2, 3] }, sum: 9 }],
  ['failures', { done: 600, at: ['Completed', 'TriggerFailed'], value: 9 }],
  ['tolerant', [700, 5, 'undefined']],
  ['sizes', [0, 1, 32_896, 33_153, 2_001_000, 2_003_001]],
  ['passedOn', { sizes: [3_072_000, 3_072_000, 20_480], part: 'h' }],
  ['throughChild', 102_400],
  ['bigParam', [5_000_000, 5_000_000, 5_000_000]],
  ['returnsBig', 2_048_000],
  ['retriedItem', 500],
  ['poisoned', [[17, 'Crashed']]],
  ['halfDone', [0, 1, 2, 3, 4, ...Array.from({ length: 5 }, () => 'Cancelled')]],
])('%s', (name, value) => {
  expect(outcomes[name]).toEqual({ value });
});

test('a quorum gives as many values as were asked for', () => {
  expect((outcomes['quorum'] as { value: number[] }).value).toHaveLength(2);
});

test('a map over a part of a stored value has the part’s items', () => {
  expect(outcomes['flattened']).toEqual({ value: 160_800 });
});

test('the failure of a map in batches counts its items and names the first', () => {
  const { error } = outcomes['failing'] as { error: { code: string; message: string; details: object } };
  expect(error.code).toBe('MAP_FAILED');
  expect(error.message).toMatch(/100 of 700 .*\[6\] .*no 6; .*\[13\] .*no 13/);
  expect(error.details).toMatchObject({ failed: 100, byState: { Failed: 100 } });
});

test('items of a batch can be looked at with state, attempts, time and error', () => {
  expect(outcomes['items']).toEqual([
    { index: 5, state: 'Completed', attempts: 1, ms: expect.any(Number) },
    { index: 6, state: 'Failed', attempts: 1, ms: expect.any(Number), error: expect.objectContaining({ message: 'no 6' }) }, // prettier-ignore
    { index: 7, state: 'Completed', attempts: 1, ms: expect.any(Number) },
  ]);
  expect(outcomes['retried']).toMatchObject([{ attempts: 1 }, { index: 300, state: 'Completed', attempts: 2 }]);
});

test('an item that is tried again does not run its neighbours again', () => {
  const lines = project
    .read('ledger')
    .split('\n')
    .filter((line) => line.startsWith('once'));
  expect(lines).toHaveLength(501);
  expect(lines.filter((line) => line === 'once 300')).toHaveLength(2);
});

test('the view of the run counts items of batches', () => {
  expect(outcomes['view']).toEqual([
    { id: 'no seventh-0', counts: { Completed: 600, Failed: 100 } },
    { id: 'inc-0', counts: { Completed: 600, TriggerFailed: 100 } },
  ]);
});

test('reading a value that is too large for flow code says so', () => {
  expect(outcomes['sealedRead']).toMatchObject({ error: { code: 'RESULT_TOO_LARGE' } });
});
