/** What bodies log, print, leave and read in secret, wherever they run. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PoolEvent, TaskPool, TaskPoolOptions } from '../../../dist/worker/pool/task-pool.js';
import { createFileStore, readArtifacts, readLog } from '../../../dist/results/index.js';
import { attempt, closePools, failureOf, startPool } from './start-pool.js';

let store: string;
beforeEach(() => {
  store = mkdtempSync(join(tmpdir(), 'perdure-notes-'));
});
afterEach(async () => {
  await closePools();
  rmSync(store, { recursive: true, force: true });
});

const isolations: TaskPoolOptions['isolation'][] = ['processes', 'threads', 'inline'];

describe.each(isolations)('with %s', (isolation) => {
  const output: string[] = [];
  const pool = (options: Partial<TaskPoolOptions> = {}): TaskPool =>
    startPool({
      ...{ isolation, store, size: 1, ...options },
      onEvent: (event: PoolEvent) => event.kind === 'output' && output.push(event.text),
    });
  const lines = async (): Promise<string[]> => {
    const said: string[] = [];
    const log = readLog(createFileStore(store), 'r1', { isOver: () => Promise.resolve(true) });
    for await (const { level, message, taskRunId, isPrint } of log)
      said.push(`${taskRunId} ${level}${isPrint ? ' print' : ''}: ${message}`);
    return said;
  };

  test('lines and artifacts are stored when the attempt is told to have ended, of neighbours each its own', async () => {
    const p = pool();
    await Promise.all([attempt(p, 'notes', ['a', 30]), attempt(p, 'notes', ['b', 10])]);
    expect((await lines()).sort()).toEqual([
      'notes-0 info print: printed a',
      'notes-0 info print: printed b',
      'notes-0 info: begun a',
      'notes-0 info: begun b',
    ]);
    const found = await readArtifacts(createFileStore(store), 'r1');
    expect(found.map(({ key, taskRunId }) => `${taskRunId} ${key}`)).toEqual(['notes-0 who']);
  });

  test('a task that leaves nothing opens no store and writes nothing', async () => {
    expect(await attempt(pool(), 'add', [1, 2])).toBe(3);
    await attempt(pool(), 'prints_plainly');
    expect(readdirSync(store)).toEqual([]);
  });

  test('a secret that was read is in no line, no error and no result', async () => {
    process.env['POOL_SECRET'] = 'pool-secret-value';
    try {
      const p = pool({ env: { ...process.env } });
      expect(await attempt(p, 'tells_secret', ['counts'])).toBe('pool-secret-value'.length);
      const thrown = await failureOf(attempt(p, 'tells_secret', ['throws'], { policy: { retries: 3 } }));
      expect(thrown.record).toMatchObject({ message: 'no ***', cause: { message: '***' } });
      expect(JSON.stringify(thrown.record)).not.toContain('pool-secret-value');
      const told = await failureOf(attempt(p, 'tells_secret', ['returns'], { policy: { retries: 3 } }));
      expect(told.record).toMatchObject({ name: 'AuthoringError', props: { code: 'SECRET_IN_RESULT' } });
      expect(told.verdict).toEqual({ retry: false });
      expect(new Set(await lines())).toEqual(new Set(['tells_secret-0 warn: warned of ***']));
      expect(output.join('')).not.toContain('pool-secret-value');
    } finally {
      delete process.env['POOL_SECRET'];
    }
  });

  test('a secret that nobody has fails the attempt by its name', async () => {
    const { record } = await failureOf(attempt(pool(), 'tells_secret', ['counts']));
    expect(record).toMatchObject({
      name: 'ConfigError',
      props: { code: 'SECRET_NOT_FOUND', details: { name: 'POOL_SECRET' } },
    });
  });
});
