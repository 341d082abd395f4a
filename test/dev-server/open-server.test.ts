import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ConnectionError } from '../../src/core/errors.js';
import { findServerBinary, inspectServer, runningServer, type DevServer } from '../../src/dev-server/index.js';
import { choosePorts } from '../../src/dev-server/ports.js';
import { inspectDatabase } from '../../src/dev-server/database.js';
import { serverArguments } from '../../src/dev-server/server-process.js';
import { readRecord, stateFiles, writeRecord } from '../../src/dev-server/server-record.js';
import { ensureStateDir, findProject, type Project } from '../../src/project/index.js';
import { isRunning, openServer, serversOf, temporaryProject, until } from './temporary-project.js';

const realBinary = async (): Promise<string> => {
  delete process.env['PERDURE_TEMPORAL_CLI'];
  return (await findServerBinary()).path;
};

const startWorkflow = async (server: DevServer, workflowId: string): Promise<void> => {
  const connection = await Connection.connect({ address: server.address });
  await new Client({ connection }).workflow.start('anything', { workflowId, taskQueue: 'none' });
  await connection.close();
};

const firstEventOf = async (server: DevServer, workflowId: string): Promise<number> => {
  const connection = await Connection.connect({ address: server.address });
  const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
  await connection.close();
  return events?.length ?? 0;
};

test('a server that is opened answers, writes ahead, keeps 30 days, listens on the loopback only, and is gone when closed', async () => {
  const project = temporaryProject();
  const server = await openServer(project, { ui: true });
  const files = stateFiles(project.stateDir);
  expect(server).toMatchObject({ kind: 'embedded', namespace: 'default', startedHere: true, restarts: 0 });
  expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(inspectDatabase(files.database)).toMatchObject({ wal: true });
  if (process.platform !== 'win32') expect(statSync(files.record).mode & 0o777).toBe(0o600);
  await until(() =>
    fetch(server.uiUrl ?? '').then(
      ({ ok }) => ok,
      () => false,
    ),
  );

  const found = await inspectServer(project);
  expect(found).toMatchObject({ state: 'running', retentionDays: 30, database: { wal: true, openIn: [server.pid] } });
  expect(found.server).toMatchObject({ pid: server.pid, mode: 'transient', users: [process.pid] });
  await startWorkflow(server, 'w1');

  await server.close();
  expect(isRunning(server.pid)).toBe(false);
  expect(await runningServer(project)).toBeUndefined();
  expect(await server.ended).toEqual({ kind: 'closed' });
  await server.close();
});

test('history is there when the next server opens on the project', async () => {
  const project = temporaryProject();
  const first = await openServer(project);
  await startWorkflow(first, 'survivor');
  await first.close();
  const second = await openServer(project);
  expect(second.pid).not.toBe(first.pid);
  expect(await firstEventOf(second, 'survivor')).toBeGreaterThan(0);
});

test('a server that is killed is brought back on the same ports with its history, as often as it takes', async () => {
  const project = temporaryProject();
  const lines: string[] = [];
  const server = await openServer(project, { onProgress: (line: string) => lines.push(line) });
  await startWorkflow(server, 'survivor');
  for (let kill = 1; kill <= 3; kill++) {
    const { pid } = server;
    process.kill(pid, 'SIGKILL');
    await until(() => server.restarts === kill);
    expect(server.pid).not.toBe(pid);
    expect(await firstEventOf(server, 'survivor')).toBeGreaterThan(0);
  }
  expect(lines.filter((line) => line.includes('died; starting it again'))).toHaveLength(3);
  expect(serversOf(project)).toEqual([server.pid]);
});

test('the path of the project may hold any character', async () => {
  const outer = temporaryProject();
  const root = join(outer.root, `a b#c?d%20e&f'ü`);
  mkdirSync(root);
  writeFileSync(join(root, 'package.json'), '{}');
  const project = findProject(root);
  const server = await openServer(project);
  expect(serversOf(project)).toEqual([server.pid]);
  expect(readdirSync(outer.root).sort()).toEqual([basename(root), 'package.json'].sort());
});

test('two holds in one process are one server, stopped with the second', async () => {
  const project = temporaryProject();
  const [one, two] = await Promise.all([openServer(project), openServer(project)]);
  expect(one.pid).toBe(two.pid);
  expect([one.startedHere, two.startedHere].sort()).toEqual([false, true]);
  await one.close();
  expect(isRunning(two.pid)).toBe(true);
  await two.close();
  expect(isRunning(two.pid)).toBe(false);
});

test('a kept server says so while its keeper holds it, and goes on as a transient one for those who still use it', async () => {
  const project = temporaryProject();
  const user = await openServer(project);
  const keeper = await openServer(project, { keep: true });
  expect((await runningServer(project))?.mode).toBe('kept');
  await keeper.close();
  expect(await runningServer(project)).toMatchObject({ mode: 'transient', pid: user.pid });
});

test('a record of a process that has ended, or whose pid is another process now, is not believed', async () => {
  const project = temporaryProject();
  ensureStateDir(project);
  writeRecord(project.stateDir, {
    server: { pid: process.pid, identity: 'an earlier process' },
    ports: { grpc: 1, http: 2 },
    version: '1.9.1',
    mode: 'transient',
    startedAt: '',
  });
  expect(await runningServer(project)).toBeUndefined();
  expect((await inspectServer(project)).state).toBe('stale');
  const server = await openServer(project);
  expect(server.startedHere).toBe(true);
  expect(readRecord(project.stateDir)?.server.pid).toBe(server.pid);
});

test('a server whose record was deleted is adopted, not joined by a second one', async () => {
  const project = temporaryProject();
  const server = await openServer(project);
  writeFileSync(stateFiles(project.stateDir).record, 'not JSON');
  const other = await openServer(project);
  expect(other).toMatchObject({ pid: server.pid, address: server.address, startedHere: false });
});

test('a fixed port that is taken is an error that names it, and leaves nothing behind', async () => {
  const project = temporaryProject();
  const blocker = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => blocker.once('listening', resolve));
  const { port } = blocker.address() as { port: number };
  const opening = openServer(project, { port });
  await expect(opening).rejects.toMatchObject({
    code: 'SERVER_DID_NOT_START',
    message: expect.stringContaining(`Port ${port}`),
  });
  blocker.close();
  expect(serversOf(project)).toEqual([]);
  expect((await openServer(project, { port })).address).toBe(`127.0.0.1:${port}`);
});

test('a file that is no database is an error with the end of the log, and is left as it was', async () => {
  const project = temporaryProject();
  ensureStateDir(project);
  const { database } = stateFiles(project.stateDir);
  writeFileSync(database, 'no database, but dear to someone');
  const failure = await openServer(project).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConnectionError);
  expect(failure).toMatchObject({
    code: 'SERVER_DID_NOT_START',
    message: expect.stringMatching(
      /file is not a database.*\n.*temporal\.db is damaged, or is no database.*move these three away/s,
    ),
  });
  expect((await inspectServer(project)).advice.join()).toContain('temporal.db is damaged');
  expect(readFileSync(database, 'utf8')).toBe('no database, but dear to someone');
  expect(await runningServer(project)).toBeUndefined();
});

test('a database of a newer server is refused before it is touched', async () => {
  const project = temporaryProject();
  await (await openServer(project)).close();
  const files = stateFiles(project.stateDir);
  writeFileSync(files.databaseRecord, JSON.stringify({ serverVersion: '1.99.0' }));
  const before = statSync(files.database).mtimeMs;
  await expect(openServer(project)).rejects.toMatchObject({
    code: 'SERVER_DID_NOT_START',
    message: expect.stringMatching(/written by Temporal server 1\.99\.0.*Nothing was changed/s),
  });
  expect(statSync(files.database).mtimeMs).toBe(before);
});

test('a database whose first server was killed while it laid it out is begun anew', async () => {
  const project = temporaryProject();
  const files = stateFiles(ensureStateDir(project));
  const binary = await realBinary();
  const ports = await choosePorts({ ui: false, preferUsual: false });
  writeFileSync(files.databaseRecord, JSON.stringify({ serverVersion: '1.32.0', state: 'begun' }));
  const first = spawn(binary, serverArguments({ ports, databaseFile: files.database }), { stdio: 'ignore' });
  await until(() => existsSync(files.database));
  first.kill('SIGKILL');
  await until(() => serversOf(project).length === 0);

  const lines: string[] = [];
  const server = await openServer(project, { onProgress: (line: string) => lines.push(line) });
  expect(lines.join()).toContain('begun anew');
  await startWorkflow(server, 'kept');
  await server.close();
  expect(await firstEventOf(await openServer(project), 'kept')).toBeGreaterThan(0);
});

test('an ephemeral server leaves no file and no process, and its end is told', async () => {
  const project = temporaryProject();
  const server = await openServer(project, { ephemeral: true });
  const stateDir = join(server.logFile, '..');
  await startWorkflow(server, 'gone');
  process.kill(server.pid, 'SIGKILL');
  // It cannot be brought back with what it held: the watch gives up and says so.
  expect(await server.ended).toMatchObject({ kind: 'lost', error: { code: 'SERVER_UNREACHABLE' } });
  await server.close();
  expect(statSync(stateDir, { throwIfNoEntry: false })).toBeUndefined();
  expect(statSync(project.stateDir, { throwIfNoEntry: false })).toBeUndefined();
});

test('a server whose state the user removed is stopped all the same', async () => {
  const project = temporaryProject();
  const server = await openServer(project);
  rmSync(project.stateDir, { recursive: true });
  await server.close();
  expect(isRunning(server.pid)).toBe(false);
});

describe('with another server binary', () => {
  afterEach(() => void delete process.env['PERDURE_TEMPORAL_CLI']);

  /** The real server behind a script that changes its arguments. */
  const useChanged = async (project: Project, sedScript: string): Promise<string> => {
    const path = await realBinary();
    const script = join(project.root, 'temporal');
    writeFileSync(script, `#!/bin/sh\nexec "${path}" $(echo "$@" | sed '${sedScript}')\n`, { mode: 0o755 });
    return (process.env['PERDURE_TEMPORAL_CLI'] = script);
  };

  test('opening can be given up', async () => {
    const project = temporaryProject();
    const enough = AbortSignal.abort(new Error('no longer'));
    await expect(openServer(project, { signal: enough })).rejects.toThrow('no longer');
    // It never answers, so that the opening cannot be through before it is given up.
    const script = await useChanged(project, '');
    const silent = `if [ "$1" = server ]; then exec "${process.execPath}" -e 'setInterval(() => {}, 1000)' -- "$@"; fi\n`;
    writeFileSync(script, readFileSync(script, 'utf8').replace('\n', `\n${silent}`));
    const controller = new AbortController();
    const opening = openServer(project, { signal: controller.signal });
    await until(() => serversOf(project).length === 1);
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    expect(serversOf(project)).toEqual([]);
  });

  test('one that does not write ahead is stopped and refused', async () => {
    const project = temporaryProject();
    await useChanged(project, 's/journal_mode=wal/journal_mode=delete/');
    await expect(openServer(project)).rejects.toMatchObject({
      code: 'SERVER_DID_NOT_START',
      message: expect.stringContaining('is not in write-ahead mode'),
    });
    expect(serversOf(project)).toEqual([]);
    expect(await runningServer(project)).toBeUndefined();
  });

  test('one that does not know a flag says so in the error', async () => {
    const project = temporaryProject();
    await useChanged(project, 's/--sqlite-pragma/--no-such-flag/g');
    await expect(openServer(project)).rejects.toMatchObject({
      code: 'SERVER_DID_NOT_START',
      message: expect.stringContaining('unknown flag: --no-such-flag'),
    });
  });

  test('a port that is lost to another program between choice and start is chosen again', async () => {
    const project = temporaryProject();
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => blocker.once('listening', resolve));
    const { port } = blocker.address() as { port: number };
    const real = await realBinary();
    const script = await useChanged(project, 's/x/x/');
    // The first start is sent to the taken port, the ones after it where they were meant to go.
    const once = `if [ ! -e "${script}.once" ] && [ "$1" = server ]; then : > "${script}.once"; exec "${real}" $(echo "$@" | sed 's/--port [0-9]*/--port ${port}/'); fi\n`;
    writeFileSync(script, readFileSync(script, 'utf8').replace('\n', `\n${once}`));
    const server = await openServer(project);
    blocker.close();
    expect(readFileSync(`${script}.once`, 'utf8')).toBe('');
    expect(await runningServer(project)).toMatchObject({ pid: server.pid });
  });
});

test('a server that the user started on the database is never joined by a second one', async () => {
  const project = temporaryProject();
  ensureStateDir(project);
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    '0',
    '--db-filename',
    '.perdure/temporal.db',
  ];
  const port = (await choosePorts({ ui: false, preferUsual: false })).grpc;
  const theirs = spawn(
    await realBinary(),
    args.map((arg) => (arg === '0' ? String(port) : arg)),
    { cwd: project.root, stdio: 'ignore' },
  );
  await until(() => serversOf(project).length === 1);
  await expect(openServer(project)).rejects.toMatchObject({
    code: 'SERVER_STATE_IN_USE',
    message: expect.stringContaining(`process ${theirs.pid}`),
  });
  expect(serversOf(project)).toEqual([theirs.pid]);
});

test('inspecting a project without a server makes nothing in it', async () => {
  const project = temporaryProject();
  expect(await inspectServer(project)).toMatchObject({ state: 'stopped', advice: [], database: { exists: false } });
  expect(existsSync(project.stateDir)).toBe(false);
});
