/** Limits over several hosts of one store: never more than allowed, first come first served, nothing lost with the dead. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { leaseMs, type LimitState, takeTurn } from '../../../src/activities/limits/limit-state.js';
import { ComeBackLater, Limiter } from '../../../src/activities/limits/limiter.js';
import { createFileStore, type ResultStore } from '../../../src/results/index.js';

let folder: string;
let store: ResultStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perdure-limits-'));
  store = createFileStore(join(folder, 'results'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const host = (mostWaiting?: number): Limiter =>
  new Limiter({
    store: () => Promise.resolve(createFileStore(join(folder, 'results'))),
    ...(mostWaiting === undefined ? {} : { mostWaiting }),
  });
const api = (slots: number, key = '') => [{ rule: { name: 'api', slots }, key }];
const documentOf = async (): Promise<LimitState | undefined> => {
  const found = await store.document('limits/api/~/state');
  return found && (JSON.parse(Buffer.from(found.bytes).toString()) as LimitState);
};
const until = async (isTrue: () => Promise<boolean> | boolean): Promise<void> => {
  for (const end = Date.now() + 100_000; !(await isTrue()); await wait(5))
    if (Date.now() > end) throw new Error('it did not come to pass');
};

test('200 attempts of four hosts never hold more than 5 places, and all have their turn', async () => {
  const hosts = [host(), host(), host(), host()];
  let running = 0;
  let most = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const release = await hosts[i % 4]!.acquire(api(5), { sinceMs: i, mayReturn: false });
      most = Math.max(most, ++running);
      await wait(3);
      running -= 1;
      done += 1;
      release();
    }),
  );
  expect([done, most]).toEqual([200, 5]);
  await until(async () => Object.keys((await documentOf())?.hosts ?? {}).length === 0);
});

test('whoever came first has the next place, whichever host it waits on', async () => {
  const [a, b] = [host(), host()];
  const order: number[] = [];
  const first = await a.acquire(api(1), { sinceMs: 0, mayReturn: false });
  const through = [5, 1, 4, 2, 3].map(async (sinceMs) => {
    const release = await (sinceMs % 2 ? a : b).acquire(api(1), { sinceMs, mayReturn: false });
    order.push(sinceMs);
    release();
  });
  await until(async () => Object.values((await documentOf())?.hosts ?? {}).flatMap(({ waits }) => waits).length === 5);
  // Longer than a host trusts what it saw of the others.
  await wait(150);
  first();
  await Promise.all(through);
  expect(order).toEqual([1, 2, 3, 4, 5]);
});

test('keys of one limit are apart', async () => {
  const one = host();
  await one.acquire(api(1, 'tenant a'), { sinceMs: 0, mayReturn: false });
  await one.acquire(api(1, 'tenant b'), { sinceMs: 0, mayReturn: false });
});

test('waiting ends when the attempt is cancelled, and its turn goes to the next', async () => {
  const one = host();
  const first = await one.acquire(api(1), { sinceMs: 0, mayReturn: false });
  const controller = new AbortController();
  const cancelled = one.acquire(api(1), { sinceMs: 1, mayReturn: false, signal: controller.signal });
  const second = one.acquire(api(1), { sinceMs: 2, mayReturn: false });
  controller.abort(new Error('cancelled'));
  await expect(cancelled).rejects.toThrow('cancelled');
  first();
  (await second)();
});

test('of more than may wait here the one that came last is sent away with its place in line', async () => {
  const one = host(2);
  const first = await one.acquire(api(1), { sinceMs: 0, mayReturn: true });
  const waiting = [10, 30, 20].map((sinceMs) => one.acquire(api(1), { sinceMs, mayReturn: true }));
  await expect(waiting[1]).rejects.toMatchObject({ name: 'ComeBackLater', sinceMs: 30 });
  await expect(waiting[1]).rejects.toBeInstanceOf(ComeBackLater);
  first();
  (await waiting[0])!();
  (await waiting[2])!();
});

test('a rate lets so many begin in a second, evenly, over hosts', async () => {
  const hosts = [host(), host()];
  const starts: number[] = [];
  const begunAt = Date.now();
  await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await hosts[i % 2]!.acquire([{ rule: { name: 'api', perSecond: 20 }, key: '' }], {
        sinceMs: i,
        mayReturn: false,
      });
      starts.push(Date.now());
    }),
  );
  starts.sort((a, b) => a - b);
  // None before its time, however the process is held up; timers may be a little early.
  expect(starts.filter((at, k) => at < begunAt + 50 * k - 5)).toEqual([]);
});

test('places of a host that fell silent are free after its lease', () => {
  const dead: LimitState = { v: 1, hosts: { dead: { held: 5, waits: [1], untilMs: 1_000 + leaseMs } } };
  const mine = { host: 'me', held: 0, waits: [2], rule: { slots: 5 } };
  expect(takeTurn(dead, { ...mine, nowMs: 1_001 }).startsAtMs).toEqual([]);
  expect(takeTurn(dead, { ...mine, nowMs: 1_000 + leaseMs }).startsAtMs).toHaveLength(1);
  expect(leaseMs).toBeLessThan(30_000);
});

test('a place is left to who waited longer elsewhere, until that one is taken for dead', () => {
  const other: LimitState = { v: 1, hosts: { other: { held: 0, waits: [1], untilMs: 5_000 } } };
  const mine = { host: 'me', held: 0, waits: [2], rule: { slots: 1 } };
  expect(takeTurn(other, { ...mine, nowMs: 4_999 })).toMatchObject({ startsAtMs: [], othersWait: true });
  expect(takeTurn(other, { ...mine, nowMs: 5_000 }).startsAtMs).toHaveLength(1);
});
