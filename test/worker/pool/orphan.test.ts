import { afterEach, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { closePools, isAlive, startLedger } from './start-pool.js';

const parents: ChildProcess[] = [];

afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL');
  await closePools();
});

const startParent = (ledger: string, mode: string): ChildProcess => {
  const script = fileURLToPath(new URL('./fixtures/parent.js', import.meta.url));
  const parent = spawn(process.execPath, [script, ledger, mode], { stdio: 'ignore' });
  parents.push(parent);
  return parent;
};

test.each(['spinning', 'waiting'])('a %s child ends when its parent is killed', async (mode) => {
  const ledger = startLedger();
  const parent = startParent(ledger.file, mode);
  await ledger.until('start');
  const pid = Number(ledger.lines()[0]!.split(' ')[1]);
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 5));
});

test('a child leaves the signals of the terminal to its parent', async () => {
  const ledger = startLedger();
  startParent(ledger.file, 'signals');
  await ledger.until('done');
  expect(ledger.lines().at(-1)).toBe('done survived');
});
