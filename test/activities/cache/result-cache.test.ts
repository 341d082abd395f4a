/** The cache over several hosts of one store: computed once, taken over, never a wrong value. */
import { jest } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaseMs, parseState, stateKey } from '../../../src/activities/cache/cache-state.js';
import { ResultCache } from '../../../src/activities/cache/result-cache.js';
import { Guard, type GuardedCall } from '../../../src/activities/guard.js';
import { isCached } from '../../../src/core/cached.js';
import { storedIn } from '../../../src/core/result-ref.js';
import { createFileStore, createValues, prune, type Values } from '../../../src/results/index.js';

let folder: string;
let values: Values;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-cache-'));
  values = createValues(createFileStore(join(folder, 'results')));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const key = 'a'.repeat(64);
const place = { runId: 'run 2', taskRunId: 't-0', attempt: 1 };
const host = (): Guard =>
  new Guard({ values: () => Promise.resolve(createValues(createFileStore(join(folder, 'results')))) });
const call = (given: Partial<GuardedCall> = {}, refresh = false): GuardedCall => ({
  ...{ taskName: 't', runId: 'run 1', place, sinceMs: 0, mayReturn: false },
  guards: { limits: [], cache: {}, asks: true },
  keys: { limits: [], cache: { key, refresh } },
  ...given,
});
const expiring = (expiresMs: number): Partial<GuardedCall> => ({
  guards: { limits: [], cache: { expiresMs }, asks: true },
});
const never = (): Promise<never> => Promise.reject(new Error('the body ran'));
const plain = async (found: Promise<unknown>): Promise<unknown> => {
  const value = await found;
  return isCached(value) ? { cached: await values.resolve(value.value) } : value;
};

test('a value is found again by another host, and says so', async () => {
  expect(await plain(host().aroundBody(call(), async () => ({ at: new Date(5) })))).toEqual({ at: new Date(5) });
  expect(await plain(host().aroundBody(call(), never))).toEqual({ cached: { at: new Date(5) } });
  expect(await host().aroundBody(call({ place: undefined }), never)).toEqual({ at: new Date(5) });
});

test('of many at one time on several hosts one computes', async () => {
  const hosts = [host(), host(), host()];
  let bodies = 0;
  const run = async (): Promise<number> => {
    bodies += 1;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return 7;
  };
  const all = await Promise.all(Array.from({ length: 12 }, (_, i) => plain(hosts[i % 3]!.aroundBody(call(), run))));
  expect(bodies).toBe(1);
  expect(all.filter((value) => value === 7)).toHaveLength(1);
  expect(all.filter((value) => JSON.stringify(value) === '{"cached":7}')).toHaveLength(11);
});

test('a failure is not kept, and the next that waits computes', async () => {
  const one = host();
  let bodies = 0;
  const run = async (): Promise<number> => {
    if (++bodies === 1) throw new Error('not yet');
    return 1;
  };
  const ends = await Promise.allSettled([one.aroundBody(call(), run), host().aroundBody(call(), run)]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(bodies).toBe(2);
});

test('a large value outlives the run that made it and the cache that kept it', async () => {
  const own = { ...place, runId: 'run 1' };
  const big = Array.from({ length: 5_000 }, (_, i) => ({ i }));
  const made = await values.write(own, big);
  const nested = await values.write(own, { whole: made, text: 'x'.repeat(20_000) });
  await host().aroundBody(call(), () => Promise.resolve(nested));
  await values.store.deletePrefix('runs/run=201/');
  const found = await host().aroundBody(call(), never);
  expect(isCached(found) && storedIn(found.value)).toBeDefined();
  await values.store.deletePrefix('cache/');
  expect(await plain(Promise.resolve(found))).toEqual({ cached: { whole: big, text: 'x'.repeat(20_000) } });
});

test('what was spoiled in the store is computed anew', async () => {
  await host().aroundBody(call(), () => Promise.resolve('y'.repeat(20_000)));
  await values.store.deletePrefix(`cache/${key}/values/`);
  expect(await host().aroundBody(call(), () => Promise.resolve('new'))).toBe('new');
  expect(await plain(host().aroundBody(call(), never))).toEqual({ cached: 'new' });
});

test('an expired value is computed anew, by the expiry of whoever asks', async () => {
  await host().aroundBody(call(), () => Promise.resolve(1));
  const atMs = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => atMs + 5_000);
  expect(await plain(host().aroundBody(call(expiring(60_000)), never))).toEqual({ cached: 1 });
  expect(await host().aroundBody(call(expiring(4_000)), () => Promise.resolve(2))).toBe(2);
});

test('refresh computes anew and replaces', async () => {
  await host().aroundBody(call(), () => Promise.resolve('old'.repeat(5_000)));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await host().aroundBody(call({}, true), () => Promise.resolve('fresh'))).toBe('fresh');
  expect(await plain(host().aroundBody(call(), never))).toEqual({ cached: 'fresh' });
});

test('who waits takes over once the one that computes is taken for dead', async () => {
  const dead = new ResultCache(() => Promise.resolve(values));
  jest.spyOn(global, 'setInterval').mockReturnValueOnce(setTimeout(() => undefined, 0));
  const entered = await dead.enter({ key, taskName: 't', runId: 'dead' });
  expect(entered).toHaveProperty('computing');
  const state = parseState((await values.store.document(stateKey(key)))!.bytes);
  expect(state.lease!.untilMs - Date.now()).toBeLessThanOrEqual(leaseMs);
  expect(leaseMs).toBeLessThan(30_000);
  const atMs = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => atMs + leaseMs + 1);
  const waiting = host().aroundBody(call(), () => Promise.resolve('taken over'));
  expect(await waiting).toBe('taken over');
});

test('waiting for another’s value ends when the attempt is cancelled', async () => {
  const other = host();
  let finish: (value: number) => void = () => undefined;
  let computing: Promise<unknown> = Promise.resolve();
  await new Promise<void>((begun) => {
    computing = other.aroundBody(call(), () => (begun(), new Promise((resolve) => (finish = resolve))));
  });
  const controller = new AbortController();
  const waiting = host().aroundBody(call({ signal: controller.signal }), never);
  setTimeout(() => controller.abort(new Error('cancelled')), 30);
  await expect(waiting).rejects.toThrow('cancelled');
  finish(1);
  await computing;
});

test('a prune removes what expired and what nobody used for 30 days', async () => {
  await host().aroundBody(call(expiring(60_000)), () => Promise.resolve('z'.repeat(20_000)));
  const nowMs = Date.now();
  const keepRun = (): Promise<boolean> => Promise.resolve(true);
  expect(await prune(values.store, { keepRun, nowMs: nowMs + 10_000 })).toMatchObject({ cached: 0 });
  expect(await prune(values.store, { keepRun, nowMs: nowMs + 70_000 })).toMatchObject({ cached: 1 });
  await host().aroundBody(call(), () => Promise.resolve(1));
  const dayMs = 24 * 3_600_000;
  expect(await prune(values.store, { keepRun, nowMs: nowMs + 29 * dayMs })).toMatchObject({ cached: 0 });
  expect(await prune(values.store, { keepRun, nowMs: nowMs + 31 * dayMs })).toMatchObject({ cached: 1 });
});
