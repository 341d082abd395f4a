import { afterEach, describe, expect, test } from '@jest/globals';
import type { PoolEvent } from '../../../dist/worker/pool/task-pool.js';
import { removeStores, startBatches } from './run-batch.js';
import { closePools, failureOf, isAlive, type Ledger, startLedger } from './start-pool.js';

afterEach(async () => {
  await closePools();
  removeStores();
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const tens = (count: number): number[] => numbers(count).map((i) => i * 10);

const countOf = (ledger: Ledger, prefix: string): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const line of ledger.lines())
    if (line.startsWith(`${prefix} `)) {
      const i = Number(line.split(' ')[1]);
      counts.set(i, (counts.get(i) ?? 0) + 1);
    }
  return counts;
};
const repeated = (ledger: Ledger, prefix = 'start'): number[] =>
  [...countOf(ledger, prefix)].filter(([, count]) => count > 1).map(([i]) => i);

const lastPid = (): { onEvent: (event: PoolEvent) => void; pid: () => number } => {
  let last = 0;
  return { onEvent: (event) => event.kind === 'booted' && (last = event.pid!), pid: () => last };
};

describe('an item that ends its process', () => {
  test.each(['exit once', 'kill once'])('(%s) is run again, as are at most those beside it', async (how) => {
    const { run, valuesOf } = startBatches({ checkpointMs: 10 });
    const ledger = startLedger();
    const report = await run('deadly', [ledger.file, numbers(60), { 23: how }], {
      inputs: ['whole', 'items', 'whole'],
      concurrency: 4,
    });
    expect(report.ended).toBeUndefined();
    expect(await valuesOf(report)).toEqual(numbers(60));
    expect(countOf(ledger, 'start').get(23)).toBe(2);
  });

  test.each(['exit', 'kill'])('(%s) each time ends Crashed; all others complete', async (how) => {
    const { run, valuesOf, logOf } = startBatches();
    const ledger = startLedger();
    const report = await run('deadly', [ledger.file, numbers(30), { 11: how, 25: how }], {
      inputs: ['whole', 'items', 'whole'],
      concurrency: 5,
    });
    expect(report.ended).toEqual({ Crashed: 2 });
    expect(report.failures).toMatchObject([
      { index: 11, state: 'Crashed' },
      { index: 25, state: 'Crashed' },
    ]);
    expect(report.failures![0]!.message).toMatch(how === 'exit' ? /called process.exit\(3\)/ : /killed by SIGKILL/);
    const values = await valuesOf(report);
    expect(values.filter((_, i) => i !== 11 && i !== 25)).toEqual(numbers(30).filter((i) => i !== 11 && i !== 25));
    expect((await logOf(report)).attempts).toMatchObject({ 11: 4, 25: 4 });
    // Nothing beside them is repeated for ever: each death of the first, wide runs may repeat what was in flight.
    expect(
      Math.max(...[...countOf(ledger, 'start')].map(([i, count]) => (i === 11 || i === 25 ? 0 : count))),
    ).toBeLessThan(8);
  });

  test("with onCrash 'fail' ends Crashed with what was in flight beside it, and nothing runs twice", async () => {
    const { run, valuesOf } = startBatches();
    const ledger = startLedger();
    const report = await run('deadly_once', [ledger.file, numbers(30), { 11: 'kill' }], {
      inputs: ['whole', 'items', 'whole'],
      concurrency: 4,
    });
    expect(repeated(ledger)).toEqual([]);
    const { Crashed: crashed } = report.ended as { Crashed: number };
    expect(crashed).toBeGreaterThanOrEqual(1);
    expect(crashed).toBeLessThanOrEqual(4);
    expect(Object.keys(report.ended!)).toEqual(['Crashed']);
    const holes = report.segments[0]!.holes!;
    expect(holes).toContain(11);
    const values = await valuesOf(report);
    for (const i of numbers(30)) if (!holes.includes(i)) expect(values[i]).toBe(i);
    // Starts are written down before they happen: what was killed between the two has not run, and never will.
    const started = countOf(ledger, 'start');
    expect(numbers(30).filter((i) => !started.has(i) && !holes.includes(i))).toEqual([]);
  });
});

test('an item that spins beyond its time is found and ends TimedOut; all others complete', async () => {
  const { run, valuesOf } = startBatches();
  const ledger = startLedger();
  const report = await run('spins_at', [ledger.file, numbers(12), 7], {
    inputs: ['whole', 'items', 'whole'],
    concurrency: 6,
  });
  expect(report.ended).toEqual({ TimedOut: 1 });
  expect(report.failures).toMatchObject([{ index: 7, message: expect.stringContaining('1500 ms') }]);
  expect((await valuesOf(report)).filter((_, i) => i !== 7)).toEqual(numbers(12).filter((i) => i !== 7));
});

test('a child killed from outside repeats no item that was written down', async () => {
  const { onEvent, pid } = lastPid();
  const { run, valuesOf } = startBatches({ checkpointMs: 40, onEvent });
  const ledger = startLedger();
  let saved = 0;
  const options = {
    inputs: ['whole', 'items', 'whole'] as never,
    concurrency: 2,
    onProgress: (p: { saved: number }) => (saved = p.saved),
  };
  const running = run('slow', [ledger.file, numbers(150), { gateAt: 120, gate: ledger.gate }], options);
  await ledger.until('start 121');
  while (saved < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  const safe = saved;
  process.kill(pid(), 'SIGKILL');
  ledger.openGate();
  const report = await running;
  expect(await valuesOf(report)).toEqual(tens(150));
  expect(report.ended).toBeUndefined();
  expect(repeated(ledger).length).toBeLessThanOrEqual(150 - safe);
  expect(repeated(ledger).every((i) => i >= 100)).toBe(true);
});

describe('when the worker is lost', () => {
  const lose = async (
    task: string,
    checkpointMs: number,
  ): Promise<{ ledger: Ledger; folder: string; saved: number }> => {
    const { run, pool, folder } = startBatches({ checkpointMs });
    const ledger = startLedger();
    let saved = 0;
    const running = failureOf(
      run(task, [ledger.file, numbers(150), { gateAt: 120, gate: ledger.gate }], {
        inputs: ['whole', 'items', 'whole'],
        concurrency: 3,
        onProgress: (progress) => (saved = progress.saved),
      }),
    );
    await ledger.until('start 122');
    while (saved < 110) await new Promise((resolve) => setTimeout(resolve, 5));
    await pool.kill();
    await running;
    return { ledger, folder, saved };
  };
  const goOn = (task: string, { ledger, folder }: { ledger: Ledger; folder: string }) => {
    ledger.openGate();
    const bench = startBatches({}, folder);
    const args = [ledger.file, numbers(150), { gateAt: 120, gate: ledger.gate }];
    return {
      ...bench,
      running: bench.run(task, args, { inputs: ['whole', 'items', 'whole'], concurrency: 3, attempt: 2 }),
    };
  };

  test('the next attempt goes on from what was written down', async () => {
    const lost = await lose('slow', 40);
    const { running, valuesOf } = goOn('slow', lost);
    expect(await valuesOf(await running)).toEqual(tens(150));
    expect(repeated(lost.ledger).every((i) => i >= 100)).toBe(true);
    expect(repeated(lost.ledger).length).toBeLessThanOrEqual(150 - lost.saved);
  });

  test("with onCrash 'fail' what was running ends Crashed, what was not runs once, and no result is lost", async () => {
    const lost = await lose('slow_once', 40);
    const { running, valuesOf } = goOn('slow_once', lost);
    const report = await running;
    expect(repeated(lost.ledger)).toEqual([]);
    const holes = report.segments[0]!.holes!;
    expect(holes).toContain(120);
    expect(holes.length).toBeLessThanOrEqual(3);
    expect(report.ended).toEqual({ Crashed: holes.length });
    expect(report.failures![0]!.message).toContain('lost with its worker');
    const values = await valuesOf(report);
    for (const i of numbers(150)) if (!holes.includes(i)) expect(values[i]).toBe(i * 10);
  });

  test('a batch that had got through is not run again', async () => {
    const { run, folder, pool } = startBatches({ checkpointMs: 20 });
    const ledger = startLedger();
    const args = [ledger.file, numbers(40), { ms: 10 }];
    const options = { inputs: ['whole', 'items', 'whole'] as never, concurrency: 2 };
    const report = await run('slow', args, options);
    await pool.kill();
    const again = startBatches({}, folder);
    expect(await again.run('slow', args, { ...options, attempt: 2 })).toEqual(report);
    expect(repeated(ledger)).toEqual([]);
  });
});

test('a worker that shuts down writes down what has ended; the next attempt repeats only what was running', async () => {
  const { run, pool, folder } = startBatches({ checkpointMs: 60_000, cancelGraceMs: 60_000 });
  const ledger = startLedger();
  const args = [ledger.file, numbers(200), { gateAt: 20, gate: ledger.gate }];
  const options = { inputs: ['whole', 'items', 'whole'] as never, concurrency: 2 };
  const running = failureOf(run('slow', args, options));
  await ledger.until('start 21');
  await pool.close({ graceMs: 0 });
  ledger.openGate();
  expect((await running).kind).toBe('released');
  const again = startBatches({}, folder);
  const report = await again.run('slow', args, { ...options, attempt: 2 });
  expect(await again.valuesOf(report)).toEqual(tens(200));
  expect(repeated(ledger, 'end')).toEqual([]);
});

test('attempts that were charged are not forgotten with the process', async () => {
  const { onEvent, pid } = lastPid();
  const { run } = startBatches({ checkpointMs: 10, onEvent });
  const ledger = startLedger();
  let records = 0;
  const options = {
    // The kill falls into the first delay.
    policy: { retries: 2, retryDelaysMs: [6_000, 10] },
    onProgress: (p: { records: number }) => (records = p.records),
  };
  const running = run('flaky', [ledger.file, [9]], options);
  while (records === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  const first = pid();
  process.kill(first, 'SIGKILL');
  const report = await running;
  expect(isAlive(first)).toBe(false);
  expect(report.failures).toMatchObject([{ index: 0, attempts: 3, message: 'failure 3' }]);
  expect(countOf(ledger, 'start').get(9)).toBe(3);
});
