import { afterEach, expect, test } from '@jest/globals';
import type { PoolEvent } from '../../../dist/worker/pool/task-pool.js';
import { attempt, closePools, failureOf, isAlive, startLedger, startPool } from './start-pool.js';

afterEach(closePools);

const smallHeap = { ...process.env, NODE_OPTIONS: '--max-old-space-size=64' };

test.each([
  ['aborts', /was killed by SIGABRT/],
  ['kills', /was killed by SIGKILL/],
])('a body that %s its process crashes with that cause, and the next one runs', async (task, cause) => {
  const pool = startPool({ size: 1 });
  const { kind, record } = await failureOf(attempt(pool, task));
  expect(kind).toBe('crashed');
  expect(record.message).toMatch(cause);
  expect(await attempt(pool, 'add', [1, 2])).toBe(3);
});

test('running out of memory is recognised, and costs that attempt only', async () => {
  const pool = startPool({ size: 1, env: smallHeap });
  const { kind, record } = await failureOf(attempt(pool, 'eats_memory'));
  expect(kind).toBe('crashed');
  expect(record.message).toContain('ran out of memory');
  expect(await attempt(pool, 'add', [1, 2])).toBe(3);
});

test('bodies beside one that exits run again and are not charged', async () => {
  const pool = startPool({ size: 1 });
  const ledger = startLedger();
  const neighbours = ['a', 'b', 'c'].map((name) => attempt(pool, 'gate', [ledger.file, name, ledger.gate]));
  await ledger.until('start', 3);
  const exits = failureOf(attempt(pool, 'exits', ['', 1]));
  expect((await exits).kind).toBe('crashed');
  await ledger.until('start', 6);
  ledger.openGate();
  expect(await Promise.all(neighbours)).toEqual(['a', 'b', 'c']);
});

test('after a death that nobody owns, the suspects run alone; the culprit crashes, the others do not', async () => {
  const pool = startPool({ size: 1 });
  const ledger = startLedger();
  const neighbours = ['a', 'b'].map((name) => attempt(pool, 'gate', [ledger.file, name, ledger.gate]));
  await ledger.until('start', 2);
  let starts = 0;
  const culprit = failureOf(attempt(pool, 'kills', [], { onStarted: () => (starts += 1) }));
  await ledger.until('start', 3);
  ledger.openGate();
  expect(await Promise.all(neighbours)).toEqual(['a', 'b']);
  expect((await culprit).kind).toBe('crashed');
  expect(starts).toBe(2);
});

test('bodies beside one whose time is up run again and are not charged', async () => {
  const pool = startPool({ size: 1 });
  const ledger = startLedger();
  const neighbour = attempt(pool, 'gate', [ledger.file, 'a', ledger.gate]);
  await ledger.until('start');
  expect((await failureOf(attempt(pool, 'spins', [600_000], { policy: { timeoutMs: 50 } }))).kind).toBe('timedOut');
  await ledger.until('start', 2);
  ledger.openGate();
  expect(await neighbour).toBe('a');
});

test("a body with onCrash 'fail' shares its child with no other", async () => {
  const pool = startPool({ size: 1 });
  const ledger = startLedger();
  const shared = ['a', 'b'].map((name) => attempt(pool, 'gate', [ledger.file, name, ledger.gate]));
  const alone = attempt(pool, 'gate_once', [ledger.file, 'once', ledger.gate]);
  await ledger.until('start', 3);
  const pids = new Map(ledger.lines().map((line) => line.split(' ').slice(1) as [string, string]));
  expect(pids.get('a')).toBe(pids.get('b'));
  expect(pids.get('once')).not.toBe(pids.get('a'));
  ledger.openGate();
  expect(await Promise.all([...shared, alone])).toEqual(['a', 'b', 'once']);
});

test('a body that computes holds up no other that a free child could start', async () => {
  const pool = startPool({ size: 2 });
  const controller = new AbortController();
  await new Promise<void>((resolve) => {
    void failureOf(attempt(pool, 'spins', [600_000], { signal: controller.signal, onStarted: resolve }));
  });
  // Enough to be spread over both children, the computing one among them.
  const sums = await Promise.all(Array.from({ length: 40 }, (_, i) => attempt(pool, 'add', [i, 1])));
  expect(sums).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  controller.abort();
});

test('a body that begins to compute later gives back what it has not started', async () => {
  const pool = startPool({ size: 2 });
  await Promise.all([attempt(pool, 'spins', [30]), attempt(pool, 'spins', [30])]);
  const controller = new AbortController();
  const running = failureOf(attempt(pool, 'spins_later', [600_000], { signal: controller.signal }));
  const ends: unknown[] = [];
  for (let i = 0; i < 20; i++) {
    ends.push(await attempt(pool, 'add', [i, 0]));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(ends).toHaveLength(20);
  controller.abort();
  expect((await running).kind).toBe('cancelled');
});

test('an attempt given to a child that computes for nobody is taken back, runs elsewhere, and runs once', async () => {
  const pool = startPool({ size: 2 });
  await Promise.all([attempt(pool, 'spins', [30]), attempt(pool, 'spins', [30])]);
  const ledger = startLedger();
  ledger.openGate();
  await attempt(pool, 'leaves_spinning', [20_000]);
  // Both children have nothing to do by the book: one of these goes to the one that computes.
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) expect(await attempt(pool, 'gate', [ledger.file, name, ledger.gate])).toBe(name);
  await ledger.until('start', names.length);
  await pool.kill();
  expect(ledger.lines().filter((line) => line.startsWith('start'))).toHaveLength(names.length);
});

test('an attempt that the only child does not come to has another child started for it', async () => {
  const pool = startPool({ size: 2 });
  await attempt(pool, 'leaves_spinning', [60_000]);
  expect(await attempt(pool, 'add', [1, 2])).toBe(3);
});

test('children that compute for nobody and do not come to an end are replaced', async () => {
  for (const size of [1, 2]) {
    const pool = startPool({ size });
    await Promise.all(Array.from({ length: size }, () => attempt(pool, 'spins', [30])));
    await Promise.all(Array.from({ length: size }, () => attempt(pool, 'leaves_spinning', [3_600_000])));
    expect(await Promise.all([1, 2, 3].map((n) => attempt(pool, 'add', [n, 0])))).toEqual([1, 2, 3]);
  }
  // So is one for bodies that must be alone.
  const pool = startPool({ size: 1 });
  const alone = { policy: { onCrash: 'fail' } } as const;
  await attempt(pool, 'leaves_spinning', [3_600_000], alone);
  expect(await attempt(pool, 'add', [4, 0], alone)).toBe(4);
});

test('children that computed for nobody are given work again once they are through', async () => {
  const pool = startPool({ size: 2 });
  await Promise.all([attempt(pool, 'spins', [30]), attempt(pool, 'spins', [30])]);
  await Promise.all([attempt(pool, 'leaves_spinning', [300]), attempt(pool, 'leaves_spinning', [300])]);
  expect(await Promise.all([1, 2, 3].map((n) => attempt(pool, 'add', [n, 0])))).toEqual([1, 2, 3]);
});

test('as many children boot as the load asks for', async () => {
  const booted: unknown[] = [];
  const onEvent = (event: PoolEvent): void => {
    if (event.kind === 'booted') booted.push(event.pid);
  };
  const pool = startPool({ size: 8, bodiesPerChild: 1, onEvent });
  const ledger = startLedger();
  const running = ['a', 'b'].map((name) => attempt(pool, 'gate', [ledger.file, name, ledger.gate]));
  await ledger.until('start', 2);
  expect(new Set(ledger.lines().map((line) => line.split(' ')[2])).size).toBe(2);
  // One more may have been started for a child that was slow to begin.
  expect(booted.length).toBeLessThan(8);
  ledger.openGate();
  await Promise.all(running);
});

test('an attempt that still waits for a child is cancelled at once', async () => {
  const pool = startPool({ size: 1, bodiesPerChild: 1 });
  const ledger = startLedger();
  const first = attempt(pool, 'gate', [ledger.file, 'a', ledger.gate]);
  await ledger.until('start');
  const controller = new AbortController();
  const waiting = failureOf(attempt(pool, 'add', [1, 2], { signal: controller.signal }));
  controller.abort();
  expect((await waiting).kind).toBe('cancelled');
  ledger.openGate();
  expect(await first).toBe('a');
});

test('what bodies print reaches the pool, not stdout', async () => {
  const printed: string[] = [];
  const onEvent = (event: PoolEvent): void => {
    if (event.kind === 'output') printed.push(event.text);
  };
  const pool = startPool({ onEvent });
  await attempt(pool, 'prints');
  await pool.close();
  expect(printed.join('')).toContain('to stdout\n');
  expect(printed.join('')).toContain('to stderr\n');
});

test('an error after the end of its body is printed and harms nobody', async () => {
  const printed: string[] = [];
  const onEvent = (event: PoolEvent): void => {
    if (event.kind === 'output') printed.push(event.text);
  };
  const pool = startPool({ size: 1, onEvent });
  const pid = await attempt(pool, 'pid');
  await attempt(pool, 'stray_after_end');
  while (!printed.join('').includes('too late')) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await attempt(pool, 'pid')).toBe(pid);
});

test('close and kill leave no process behind', async () => {
  for (const end of ['close', 'kill'] as const) {
    const pool = startPool();
    const pid = (await attempt(pool, 'pid')) as number;
    const spinning = failureOf(attempt(pool, 'spins', [600_000]));
    await pool[end]({ graceMs: 0 });
    expect((await spinning).kind).toBe('released');
    expect(isAlive(pid)).toBe(false);
  }
});
