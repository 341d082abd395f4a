import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, isAlive, killProcess, thisProcess } from '../../src/dev-server/process-identity.js';
import { lockHolder, takeLock, tryLock } from '../../src/dev-server/state-lock.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'perdure-test-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('one holds it, others wait their turn, and each turn is alone', async () => {
  let inside = 0;
  let turns = 0;
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const lock = await takeLock(directory);
      expect(++inside).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      inside--;
      turns++;
      lock.release();
    }),
  );
  expect(turns).toBe(5);
  expect(readdirSync(directory)).toEqual(['server.lock.5']);
  expect(lockHolder(directory)).toBeUndefined();
});

test('a live holder is waited for so long, then named', async () => {
  const lock = tryLock(directory);
  expect(lockHolder(directory)).toEqual(thisProcess());
  await expect(takeLock(directory, { waitMs: 30 })).rejects.toMatchObject({
    code: 'SERVER_STATE_IN_USE',
    message: expect.stringContaining(`Process ${process.pid} `),
  });
  await expect(takeLock(directory, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
  lock?.release();
  expect(tryLock(directory)).toBeDefined();
});

test.each([
  ['of a process that is gone', { pid: 2 ** 22 + 1, identity: 'x' }],
  ['of an earlier process with the pid of a live one', { pid: process.pid, identity: 'x' }],
  ['that names nobody', null],
])('a lock %s is taken over', (_, holder) => {
  writeFileSync(join(directory, 'server.lock.3'), JSON.stringify({ holder }));
  expect(tryLock(directory)).toBeDefined();
  expect(readdirSync(directory)).toEqual(['server.lock.4']);
});

test.each([
  ['a folder in the place of the last one', () => mkdirSync(join(directory, 'server.lock.3'))],
  ['a file cut short', () => writeFileSync(join(directory, 'server.lock.3'), '{"hol')],
  ['a number that no count reaches', () => writeFileSync(join(directory, `server.lock.${'9'.repeat(20)}`), '')],
])('%s is in nobody’s way', (_, damage) => {
  damage();
  const lock = tryLock(directory);
  expect(lock).toBeDefined();
  lock?.release();
  expect(tryLock(directory)).toBeDefined();
});

test('releasing twice does not free the lock of the next holder', () => {
  const first = tryLock(directory);
  first?.release();
  const second = tryLock(directory);
  first?.release();
  expect(tryLock(directory)).toBeUndefined();
  second?.release();
});

test('a process is known by its pid and its start together', () => {
  expect(isAlive(thisProcess())).toBe(true);
  expect(identityOf(process.pid)).toBe(thisProcess().identity);
  expect(killProcess({ pid: process.pid, identity: 'another' })).toBe(false);
  expect(identityOf(-1)).toBeUndefined();
});
