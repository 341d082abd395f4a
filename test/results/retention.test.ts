/** What prune removes: the data of runs that nobody keeps, and never that of a run that somebody does. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore, createValues, prune, type ResultStore } from '../../src/results/index.js';

let root: string;
let store: ResultStore;
const long = `Bericht ${'ü'.repeat(100)}`;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'perdure-prune-'));
  store = createFileStore(root);
  const values = createValues(store);
  for (const runId of ['Data Pipeline/1', 'data pipeline/1', long])
    for (const taskRunId of ['a-0', 'b-0[1]']) await values.write({ runId, taskRunId, attempt: 1 }, 'x'.repeat(10_000));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const keys = async (): Promise<string[]> => {
  const found: string[] = [];
  for await (const { key } of store.list('runs/')) found.push(key);
  return found;
};
const day = 24 * 3_600_000;

test('runs are asked for by their own ids, and those that are gone lose all they have', async () => {
  const asked: string[] = [];
  const report = await prune(store, {
    keepRun: async (runId) => {
      asked.push(runId);
      return runId === 'Data Pipeline/1';
    },
  });
  expect(asked.sort()).toEqual([long, 'Data Pipeline/1', 'data pipeline/1'].sort());
  // The id of the long one is an object too.
  expect(report).toEqual({ runs: 2, cached: 0, objects: 5, bytes: 4 * 10_002 + Buffer.byteLength(long) });
  expect((await keys()).map((key) => key.split('/')[1])).toEqual(Array(2).fill(expect.stringMatching(/^Data/)));
});

test('by age, a run goes when its newest object is old', async () => {
  const [first = ''] = (await keys()).filter((key) => key.includes('data=20'));
  const old = Date.now() / 1_000 - 60;
  utimesSync(join(root, first), old, old);
  expect(await prune(store, { olderThanMs: 30_000 })).toMatchObject({ runs: 0 });
  for (const key of await keys()) if (key.includes('data=20')) utimesSync(join(root, key), old, old);
  expect(await prune(store, { olderThanMs: 30_000 })).toMatchObject({ runs: 1, objects: 2 });
  expect(await prune(store, { olderThanMs: day, nowMs: Date.now() + 2 * day })).toMatchObject({ runs: 2 });
  expect(await keys()).toEqual([]);
});

test('with both, neither an old run that is kept goes nor a young one that is gone', async () => {
  const keepRun = async (runId: string): Promise<boolean> => runId === long;
  expect(await prune(store, { olderThanMs: day, keepRun })).toMatchObject({ runs: 0 });
  expect(await prune(store, { olderThanMs: day, keepRun, nowMs: Date.now() + 2 * day })).toMatchObject({ runs: 2 });
  expect(await keys()).toHaveLength(3);
});

test('a folder that no run can be told of is left, unless by age', async () => {
  await store.put('runs/not~ours/t/1', new Uint8Array(1));
  const nobody = async (): Promise<boolean> => false;
  await prune(store, { keepRun: nobody });
  expect(await keys()).toEqual(['runs/not~ours/t/1']);
  expect(await prune(store, { keepRun: nobody, olderThanMs: day, nowMs: Date.now() + 2 * day })).toMatchObject({
    runs: 1,
  });
});

test('a run-id that says another run is not believed', async () => {
  const [idKey = ''] = (await keys()).filter((key) => key.endsWith('/run-id'));
  await store.put(idKey, new TextEncoder().encode('Data Pipeline/1'));
  const asked: string[] = [];
  await prune(store, { keepRun: async (runId) => Boolean(asked.push(runId)) });
  expect(asked).not.toContain(long);
  expect(asked).toHaveLength(2);
});

test('what is to be kept has to be said', async () => {
  await expect(prune(store, {})).rejects.toMatchObject({ name: 'ConfigError', code: 'BAD_CONFIG' });
});

test.each(['', 'null', '{"name":"a","from":[]}\nnull', '\u0000\u0001'])(
  'a document of the cache that holds %j does not keep the rest from being pruned',
  async (content) => {
    mkdirSync(join(root, 'cache/k/state'), { recursive: true });
    writeFileSync(join(root, 'cache/k/state/v000000000000001'), content);
    expect(await prune(store, { olderThanMs: day, nowMs: Date.now() + 40 * day })).toMatchObject({
      runs: 3,
      cached: 1,
    });
  },
);
