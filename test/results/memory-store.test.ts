/** The store in memory keeps the contract, and is found by its URL in its own process alone. */
import {
  createMemoryObjects,
  createMemoryStore,
  type MemoryObjects,
  openResultStore,
} from '../../src/results/index.js';
import { resultStoreContract } from '../contracts/result-store.js';

let objects: MemoryObjects;
beforeEach(() => {
  objects = createMemoryObjects();
});

describe('the contract', () => {
  resultStoreContract({
    open: (options) => createMemoryStore(objects, options),
    spoil: async (key, bytes) => {
      if (bytes === undefined) objects.byKey.delete(key);
      else objects.byKey.set(key, { bytes, modifiedMs: 0 });
    },
  });
});

test('what was written is a copy, and so is what is read', async () => {
  const store = createMemoryStore(objects);
  const given = new TextEncoder().encode('mine');
  const ref = await store.put('runs/r/t/1', given);
  given.fill(0);
  (await store.get(ref)).fill(0);
  expect(Buffer.from(await store.get(ref)).toString()).toBe('mine');
});

test('its URL opens it; one that this process does not have is refused', async () => {
  const ref = await createMemoryStore(objects).put('runs/r/t/1', new TextEncoder().encode('x'));
  expect((await (await openResultStore(objects.url)).get(ref)).byteLength).toBe(1);
  await expect(openResultStore('memory:elsewhere')).rejects.toMatchObject({ name: 'ConfigError', code: 'BAD_CONFIG' });
});

test('what is to outlast the others lies with those that do, and is read and changed there', async () => {
  const [kept, own] = [createMemoryStore(objects), createMemoryObjects({ outlasting: { prefix: 'cache/', objects } })];
  const store = createMemoryStore(own);
  const ref = await store.put('runs/r/t/1', new TextEncoder().encode('x'));
  const copy = await store.copy(ref, 'cache/k/values/v');
  expect(await store.swap('cache/k/state', undefined, new Uint8Array([1]))).toBeDefined();
  expect([...own.byKey.keys()]).toEqual(['runs/r/t/1']);
  expect((await kept.get(copy)).byteLength).toBe(1);
  expect((await kept.document('cache/k/state'))?.bytes).toEqual((await store.document('cache/k/state'))?.bytes);
  await store.deletePrefix('cache/k/');
  expect([...objects.byKey.keys()]).toEqual([]);
});
