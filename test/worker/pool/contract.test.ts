import { afterEach, describe, expect, test } from '@jest/globals';
import type { TaskPool, TaskPoolOptions } from '../../../dist/worker/pool/task-pool.js';
import { attempt, closePools, failureOf, fixture, startLedger, startPool } from './start-pool.js';

afterEach(closePools);

const isolations: TaskPoolOptions['isolation'][] = ['processes', 'threads', 'inline'];

describe.each(isolations)('with %s', (isolation) => {
  const pool = (options: Partial<TaskPoolOptions> = {}): TaskPool => startPool({ isolation, ...options });

  test('says what the files declare', async () => {
    const { tasks, flows } = await pool().ready;
    expect(tasks.find(({ name }) => name === 'throws')?.policy).toMatchObject({
      retries: 2,
      retryDelaysMs: [100, 200],
    });
    expect(flows).toMatchObject([{ name: 'with params', hasParams: true }]);
  });

  test('gives the value of a body, with what structured clone keeps', async () => {
    const p = pool();
    expect(await attempt(p, 'add', [1, 2])).toBe(3);
    expect(await attempt(p, 'echo', [undefined])).toBeUndefined();
    const { at, map, bytes } = (await attempt(p, 'dates')) as Record<string, unknown>;
    expect(Object.prototype.toString.call(at)).toBe('[object Date]');
    expect([...(map as Map<number, Set<bigint>>).get(1)!]).toEqual([2n]);
    expect([...(bytes as Uint8Array)]).toEqual([1, 2]);
  });

  test('takes no notice of what a body sends by the channel to its parent', async () => {
    // In place, that channel is the one of the program that these tests are.
    if (isolation === 'inline') return;
    const p = pool();
    for (const value of [null, 'ready', { type: 'ready' }]) expect(await attempt(p, 'sends', [value])).toBe('sent');
    expect(await attempt(p, 'add', [1, 2])).toBe(3);
  });

  test('does not share arguments and results with the body', async () => {
    const value = { rows: [1] };
    const result = await attempt(pool(), 'echo', [value]);
    expect(result).toEqual(value);
    expect(result).not.toBe(value);
  });

  test('keeps the name, message, cause, stack and properties of what a body throws', async () => {
    const { kind, record, verdict } = await failureOf(attempt(pool(), 'throws'));
    expect(kind).toBe('failed');
    expect(record).toMatchObject({
      name: 'RowError',
      message: 'bad row',
      cause: { name: 'TypeError', message: 'no digits' },
      props: { row: 7 },
    });
    expect(record.stack).toContain('tasks.js');
    expect(verdict).toEqual({ retry: true, delayMs: 100 });
  });

  test('takes a thrown text as an error with that message', async () => {
    const { record } = await failureOf(attempt(pool(), 'throws_text'));
    expect(record).toMatchObject({ name: 'Error', message: 'just text' });
  });

  test.each([
    ['the delays follow the list', 'throws', [], 1, { retry: true, delayMs: 200 }],
    ['retries run out', 'throws', [], 2, { retry: false }],
    ['NonRetryableError ends it', 'non_retryable', [], 0, { retry: false }],
    ['RetryableError brings its delay', 'retry_after', [], 0, { retry: true, delayMs: 3_000 }],
    ['retryIf lets an error pass', 'retry_if', ['go on'], 0, { retry: true, delayMs: 0 }],
    ['retryIf ends it', 'retry_if', ['stop'], 0, { retry: false }],
    ['retryDelay may be a function', 'delay_fn', [], 1, { retry: true, delayMs: 2_000 }],
  ])('%s', async (_, task, args, charged, verdict) => {
    expect((await failureOf(attempt(pool(), task, args, { charged }))).verdict).toEqual(verdict);
  });

  test('a retryIf that throws ends the task run and says so', async () => {
    const { verdict } = await failureOf(attempt(pool(), 'retry_if_throws'));
    expect(verdict.retry).toBe(false);
    expect(verdict.note).toContain('broken condition');
  });

  test.each([
    ['function', 'a function', 'result.rows[0].save'],
    ['instance', 'an instance of RowError', 'result.total'],
    ['symbol', 'a symbol', 'result.get(k)'],
  ])('a result that holds a %s is NOT_SERIALIZABLE, with its path', async (kind, what, path) => {
    const { record, verdict } = await failureOf(attempt(pool(), 'not_data', [kind], { policy: { retries: 3 } }));
    expect(record.props).toMatchObject({ code: 'NOT_SERIALIZABLE', details: { path } });
    expect(record.message).toContain(what);
    expect(verdict.retry).toBe(false);
  });

  test('a body that obeys its signal is cancelled at once; one that returns has completed', async () => {
    // With one child an attempt is asked back after seconds only.
    const p = pool({ cancelGraceMs: 60_000, size: 1 });
    for (const task of ['obeys', 'obeys_with_value']) {
      const controller = new AbortController();
      const running = attempt(p, task, [], { signal: controller.signal, onStarted: () => controller.abort() });
      if (task === 'obeys') expect((await failureOf(running)).kind).toBe('cancelled');
      else expect(await running).toBe('CANCELLED');
    }
  });

  test('a body that ignores its signal is cancelled after the grace', async () => {
    const controller = new AbortController();
    const options = { signal: controller.signal, onStarted: () => controller.abort() };
    expect((await failureOf(attempt(pool(), 'ignores', [], options))).kind).toBe('cancelled');
  });

  test('an attempt past its time-out ends TimedOut and is retried by the policy', async () => {
    const p = pool();
    const timeout = { timeoutMs: 50, retries: 1, retryDelaysMs: [70] };
    for (const task of ['obeys', 'obeys_with_value', 'ignores']) {
      const { kind, record, verdict } = await failureOf(attempt(p, task, [], { policy: timeout }));
      expect(kind).toBe('timedOut');
      expect(record.message).toContain('50 ms');
      expect(verdict).toEqual({ retry: true, delayMs: 70 });
    }
  });

  test('a body that ended in time is not timed out because its worker was held up', async () => {
    // In place, what holds up the worker holds up the body.
    if (isolation === 'inline') return;
    const ledger = startLedger();
    ledger.openGate();
    const holdUp = (): void => {
      const heldUpTo = performance.now() + 500;
      while (performance.now() < heldUpTo || !ledger.lines().includes('end a'));
      // What the child says after that line is on its way.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    };
    // Timers are what comes next, before anything is read.
    const options = { policy: { timeoutMs: 250 }, onStarted: () => void setImmediate(holdUp) };
    expect(await attempt(pool(), 'gate', [ledger.file, 'a', ledger.gate], options)).toBe('a');
  });

  test('the delay after a time-out comes from the function of the task', async () => {
    const policy = { timeoutMs: 30 };
    const { kind, verdict } = await failureOf(attempt(pool(), 'delay_fn', [5_000], { policy, charged: 2 }));
    expect(kind).toBe('timedOut');
    expect(verdict).toEqual({ retry: true, delayMs: 3_000 });
  });

  test('checks parameters with the schema of the flow', async () => {
    const p = pool();
    await p.checkParams('with params', { year: 2020 });
    await expect(p.checkParams('with params', { year: 'x' })).rejects.toMatchObject({
      code: 'BAD_PARAMS',
      details: { issues: ['year: expected a number'] },
    });
  });

  test('close waits for what runs, then tells it to stop and gives it back', async () => {
    const patient = pool();
    const quick = attempt(patient, 'spins', [100]);
    await patient.ready;
    await patient.close({ graceMs: 60_000 });
    expect(await quick).toBe('spun');

    const p = pool();
    let started = (): void => undefined;
    const isRunning = new Promise<void>((resolve) => (started = resolve));
    const slow = failureOf(attempt(p, 'obeys', [], { onStarted: started }));
    await isRunning;
    await p.close({ graceMs: 0 });
    expect((await slow).kind).toBe('released');
    expect((await failureOf(attempt(p, 'add', [1, 2]))).kind).toBe('released');
  });

  test('a file that throws when it is loaded rejects ready and every attempt with that error', async () => {
    const p = pool({ sources: [fixture('broken.js')] });
    await expect(p.ready).rejects.toMatchObject({ name: 'TypeError', message: 'the configuration is missing' });
    await expect(p.ready).rejects.toMatchObject({ stack: expect.stringContaining('broken.js') });
    const run = { kind: 'task' as const, flowName: 'f', runId: 'r', tags: [] };
    const policy = (await startPool().ready).tasks[0]!.policy;
    const { record } = await failureOf(p.run({ taskName: 'fine', args: [], charged: 0, policy, run }));
    expect(record.cause).toMatchObject({ name: 'TypeError', message: 'the configuration is missing' });
  });
});

describe.each(['processes', 'threads'] as const)('with %s, in realms of their own', (isolation) => {
  test('a body knows its run, across awaits', async () => {
    expect(await attempt(startPool({ isolation }), 'who')).toEqual({
      kind: 'task',
      flowName: 'f',
      runId: 'r1',
      tags: ['t'],
      taskName: 'who',
      taskRunId: 'who-0',
      attempt: 1,
      retries: 0,
      hasSignal: true,
    });
  });

  test('a task declared in a body is refused', async () => {
    const pool = startPool({ isolation, sources: [fixture('late.js')] });
    const { record } = await failureOf(attempt(pool, 'declares'));
    expect(record).toMatchObject({ name: 'AuthoringError', props: { code: 'LATE_DEFINITION' } });
  });

  test('reads TypeScript, and its stacks lead to the lines of the source', async () => {
    const pool = startPool({ isolation, sources: [fixture('typed.ts')] });
    expect(await attempt(pool, 'typed', [1])).toBe(2);
    const { record } = await failureOf(attempt(pool, 'typed_throw', ['x']));
    expect(record.stack).toContain('typed.ts:9:');
  });

  test('process.exit costs its own attempt only, and is named', async () => {
    const pool = startPool({ isolation, size: 1 });
    const { kind, record } = await failureOf(attempt(pool, 'exits', ['', 3]));
    expect(kind).toBe('crashed');
    expect(record.message).toContain('called process.exit(3)');
    expect(await attempt(pool, 'add', [1, 2])).toBe(3);
  });

  test('a body that spins for ever is ended by its time-out and by cancellation', async () => {
    const pool = startPool({ isolation, size: 1 });
    const timedOut = await failureOf(attempt(pool, 'spins', [600_000], { policy: { timeoutMs: 50 } }));
    expect(timedOut.kind).toBe('timedOut');
    const controller = new AbortController();
    const options = { signal: controller.signal, onStarted: () => controller.abort() };
    expect((await failureOf(attempt(pool, 'spins', [600_000], options))).kind).toBe('cancelled');
  });

  test.each([
    ['stray_timer', 'from a timer'],
    ['stray_rejection', 'from a promise'],
  ])(
    'an error that nothing caught (%s) fails the attempt whose code it was, not its neighbours',
    async (task, text) => {
      const pool = startPool({ isolation, size: 1 });
      const neighbour = attempt(pool, 'spins_later', [50]);
      const { kind, record } = await failureOf(attempt(pool, task));
      expect(kind).toBe('failed');
      expect(record.message).toBe(text);
      expect(await neighbour).toBe('spun');
    },
  );

  test('a file that exits when it is loaded rejects ready with that cause', async () => {
    const { ready } = startPool({ isolation, sources: [fixture('exits-at-import.js')] });
    await expect(ready).rejects.toThrow(/exits-at-import\.js called process\.exit\(7\)/);
  });
});
