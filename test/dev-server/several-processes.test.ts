import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDevServer, runningServer } from '../../src/dev-server/index.js';
import { readDatabaseRecord, readRecord } from '../../src/dev-server/server-record.js';
import { ensureStateDir } from '../../src/project/index.js';
import { startUser } from './start-user.js';
import { isRunning, serversOf, temporaryProject, until } from './temporary-project.js';

test('processes that open at once share one server, and the last one to leave stops it', async () => {
  const project = temporaryProject();
  const users = [1, 2, 3].map(() => startUser(project, 'stay'));
  const opened = await Promise.all(users.map(({ opened }) => opened));
  expect(new Set(opened.map(({ pid }) => pid)).size).toBe(1);
  expect(opened.filter(({ startedHere }) => startedHere)).toHaveLength(1);
  expect(serversOf(project)).toEqual([opened[0]?.pid]);
  expect((await runningServer(project))?.users.sort()).toEqual(users.map(({ pid }) => pid).sort());
  for (const [index, user] of users.entries()) {
    expect(isRunning(opened[0]?.pid ?? 0)).toBe(true);
    expect(await user.close()).toBe(0);
    expect(serversOf(project)).toHaveLength(index === users.length - 1 ? 0 : 1);
  }
});

test('a server left behind by a killed process is adopted by the next, which stops it', async () => {
  const project = temporaryProject();
  const killed = startUser(project, 'stay');
  const { pid } = await killed.opened;
  await killed.kill();
  expect(serversOf(project)).toEqual([pid]);
  const lines: string[] = [];
  const server = await openDevServer({ project, onProgress: (line) => lines.push(line) });
  expect(server).toMatchObject({ pid, startedHere: false });
  expect(lines.join()).toContain('Adopting');
  await server.close();
  expect(serversOf(project)).toEqual([]);
});

test('a killed server that several processes use comes back once', async () => {
  const project = temporaryProject();
  const other = startUser(project, 'stay');
  const { pid, address } = await other.opened;
  const server = await openDevServer({ project, ui: false });
  process.kill(pid, 'SIGKILL');
  await until(() => server.restarts === 1);
  expect(serversOf(project)).toEqual([server.pid]);
  expect(server.address).toBe(address);
  await server.close();
  expect(serversOf(project)).toHaveLength(1);
  await other.close();
  expect(serversOf(project)).toEqual([]);
});

test('one who opens while the server of others lies dead starts it on the ports that they know', async () => {
  const project = temporaryProject();
  const other = startUser(project, 'stay');
  const { pid, address } = await other.opened;
  // Frozen, the other cannot notice the death; the opener must not choose ports of its own.
  process.kill(other.pid, 'SIGSTOP');
  process.kill(pid, 'SIGKILL');
  await until(() => !isRunning(pid));
  const server = await openDevServer({ project, ui: false });
  expect(server).toMatchObject({ address, startedHere: true });
  process.kill(other.pid, 'SIGCONT');
  expect(await other.close()).toBe(0);
  expect(serversOf(project)).toEqual([server.pid]);
  await server.close();
});

test('a starter that is killed at any moment of the start leaves a server that is adopted with all its later history', async () => {
  const project = temporaryProject();
  for (const delayMs of [0, 40, 120]) {
    const killed = startUser(project, 'stay');
    await until(() => readRecord(project.stateDir) !== undefined);
    await sleep(delayMs);
    await killed.kill();
    const server = await openDevServer({ project, ui: false });
    expect(serversOf(project)).toEqual([server.pid]);
    expect(readDatabaseRecord(project.stateDir)?.state).toBe('used');
    await server.close();
    expect(serversOf(project)).toEqual([]);
  }
});

test('process.exit() with a server open leaves none', async () => {
  const project = temporaryProject();
  const user = startUser(project, 'exit');
  const { pid } = await user.opened;
  expect(await user.ended).toBe(0);
  await until(() => !isRunning(pid));
  expect(await runningServer(project)).toBeUndefined();
});

test('the lock of a dead process is taken over at once', async () => {
  const project = temporaryProject();
  ensureStateDir(project);
  const gone = startUser(temporaryProject(), 'close');
  await gone.ended;
  const holder = JSON.stringify({ holder: { pid: gone.pid, identity: 'whatever it was' } });
  writeFileSync(join(project.stateDir, 'server.lock.7'), holder);
  mkdirSync(join(project.stateDir, 'server-users'));
  writeFileSync(join(project.stateDir, 'server-users', `${gone.pid}-x.json`), '{"pid":1,"identity":"not any more"}');
  const server = await openDevServer({ project, ui: false });
  await server.close();
  expect(serversOf(project)).toEqual([]);
});

test('the last one to leave stops the server on a full disk too, and one that others use stays', async () => {
  const project = temporaryProject();
  const other = startUser(project, 'stay');
  const { pid } = await other.opened;
  expect(await startUser(project, 'full').ended).toBe(0);
  expect(serversOf(project)).toEqual([pid]);
  expect(await other.close()).toBe(0);
  expect(await startUser(project, 'full').ended).toBe(0);
  expect(serversOf(project)).toEqual([]);
});
