import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchReport } from '../../dist/core/map-batch.js';
import { Stored, storedIn } from '../../dist/core/result-ref.js';
import { identityOf } from '../../src/dev-server/process-identity.js';
import { createFileStore, createValues } from '../../dist/results/index.js';
import { type Bench, startBench, type TestLedger } from './worker-process.js';

let bench: Bench;
const shared = 'stored';
beforeAll(async () => {
  bench = await startBench();
  await bench.startWorker(shared, { isKept: true });
});
afterEach(() => bench.clear());
afterAll(() => bench.stop());

const header = (id: string) => ({ v: 1 as const, id, store: true as const });
const call = async (name: string, args: unknown[], id = `${name}-0`): Promise<unknown> =>
  (await bench.call(shared, name, { args, header: header(id) })).result();
const values = () => createValues(createFileStore(bench.store));

test('a large result goes to the store for a caller that knows of it, and inline for another', async () => {
  const stored = await call('large', [100_000]);
  expect(stored).toBeInstanceOf(Stored);
  expect(await values().read(storedIn(stored)!)).toBe('x'.repeat(100_000));
  expect(await (await bench.call(shared, 'large', { args: [100_000] })).result()).toBe('x'.repeat(100_000));
  expect(await call('large', [100])).toBe('x'.repeat(100));
});

test('stored arguments are read for the body, at any depth', async () => {
  const big = await call('large', [100_000]);
  expect(await call('size', [big])).toBe(100_000);
  expect(await call('inner', [{ big, list: [0, { small: 7 }] }])).toEqual({ big: 100_000, small: 7 });
  expect(await call('inner', [{ big, list: [0, { small: big }] }])).toBeInstanceOf(Stored);
});

test('a generator writes a dataset, which a task with `stream` iterates; an array and a range it gets likewise', async () => {
  const numbers = await call('numbers', [25_000]);
  expect(storedIn(numbers)).toMatchObject({ kind: 'sequence', as: 'dataset', length: 25_000 });
  expect(await call('total', [numbers])).toBe((25_000 * 24_999) / 2);
  expect(await call('total', [[1, 2, 3]])).toBe(6);
  expect(await call('total', [new Stored({ kind: 'range', start: 1, length: 3, step: 1 })])).toBe(6);
});

const batch = (name: string, ledger: TestLedger, count: number) => ({
  args: [ledger.file, new Stored({ kind: 'range', start: 0, length: count, step: 1 }), ledger.gate],
  header: {
    ...header(`${name}-0[0-${count - 1}]`),
    batch: {
      map: `${name}-0`,
      start: 0,
      end: count,
      inputs: ['whole' as const, 'slice' as const, 'whole' as const],
      concurrency: 2,
    },
  },
  policy: { heartbeatTimeoutMs: 5_000 },
});

/** Positions that the records in the store say have ended. */
const savedIn = (runId: string, name: string): Set<number> => {
  const folder = join(bench.store, 'runs', runId, `${name}-0`);
  const saved = new Set<number>();
  if (!existsSync(folder)) return saved;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\d{8}-\w{64}$/.test(file),
  )) {
    const text = readFileSync(join(folder, entry), 'utf8');
    for (const at of (JSON.parse(text.slice(text.indexOf('\n') + 1)) as { done: { at: number[] } }).done.at)
      saved.add(at);
  }
  return saved;
};

/** Kills the worker of a batch that has come to half of its items at the most: item 150 and those after wait for the gate. */
const loseWorker = async (name: string, queue: string) => {
  const ledger = bench.startLedger();
  const worker = await bench.startWorker(queue);
  const handle = await bench.call(queue, name, batch(name, ledger, 300));
  while (savedIn(handle.workflowId, name).size < 100) await new Promise((resolve) => setTimeout(resolve, 10));
  const saved = savedIn(handle.workflowId, name);
  worker.kill('SIGKILL');
  // The children see that it is gone, and would go on with the batch until then.
  const children = new Set(ledger.lines().map((line) => Number(line.split(' ')[2])));
  while ([...children].some((pid) => identityOf(pid) !== undefined))
    await new Promise((resolve) => setTimeout(resolve, 10));
  ledger.openGate();
  await bench.startWorker(queue);
  const report = (await handle.result()) as BatchReport;
  const counts = new Map<number, number>();
  for (const line of ledger.lines().filter((one) => one.startsWith('start'))) {
    const i = Number(line.split(' ')[1]);
    counts.set(i, (counts.get(i) ?? 0) + 1);
  }
  const items = (await values().read({
    kind: 'sequence',
    as: 'array',
    length: 300,
    segments: report.segments,
  })) as unknown[];
  return { report, counts, items, saved };
};

test('after kill -9 of the worker its batch goes on in another, and no item that was written down is repeated', async () => {
  const { report, counts, items, saved } = await loseWorker('slow', 'lost');
  expect(report.ended).toBeUndefined();
  expect(items).toEqual(Array.from({ length: 300 }, (_, i) => i));
  const repeated = [...counts].filter(([, count]) => count > 1).map(([i]) => i);
  expect(counts.size).toBe(300);
  expect(repeated.filter((i) => saved.has(i))).toEqual([]);
  // 0 to 151 had started, and no more.
  expect(repeated.length).toBeLessThanOrEqual(152 - saved.size);
});

test("with onCrash 'fail' what ran when the worker was killed ends Crashed, and nothing runs twice", async () => {
  const { report, counts, items } = await loseWorker('slow_once', 'lost-once');
  expect([...counts.values()].every((count) => count === 1)).toBe(true);
  const holes = new Set(report.segments.flatMap((segment) => segment.holes ?? []));
  // Starts are written down before they happen: what was killed between the two has not run, and never will.
  expect(items.map((_, i) => i).filter((i) => !counts.has(i) && !holes.has(i))).toEqual([]);
  expect(holes.size).toBeGreaterThanOrEqual(1);
  expect(holes.size).toBeLessThanOrEqual(2);
  expect(report.ended).toEqual({ Crashed: holes.size });
  items.forEach((item, i) => holes.has(i) || expect(item).toBe(i));
});
