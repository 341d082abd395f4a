/** A project in a temporary directory, and what tests ask about processes. Removed after each test, servers included. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDevServer, type DevServer, type OpenDevServerOptions } from '../../src/dev-server/index.js';
import { findDatabaseUsers } from '../../src/dev-server/database.js';
import { identityOf } from '../../src/dev-server/process-identity.js';
import { stateFiles } from '../../src/dev-server/server-record.js';
import { findProject, type Project } from '../../src/project/index.js';

const made: Project[] = [];
const open: DevServer[] = [];

export const temporaryProject = (): Project => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-test-')));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'test', type: 'module' }));
  const project = findProject(root);
  made.push(project);
  return project;
};

/** Opens the project's server; closed after the test if the test has not. */
export const openServer = async (project: Project, options: Partial<OpenDevServerOptions> = {}): Promise<DevServer> => {
  const server = await openDevServer({ project, ui: false, ...options });
  open.push(server);
  return server;
};

/** Server processes on the project's database. */
export const serversOf = (project: Project): number[] =>
  findDatabaseUsers(stateFiles(project.stateDir).database).map(({ pid }) => pid);

export const isRunning = (pid: number): boolean => identityOf(pid) !== undefined;

/** Waits for a condition; fails with its source when it does not come true. */
export const until = async (condition: () => boolean | Promise<boolean>, withinMs = 100_000): Promise<void> => {
  for (const deadline = Date.now() + withinMs; !(await condition()); await sleep(10))
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${condition}`);
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
  for (const project of made.splice(0)) {
    for (const pid of serversOf(project)) process.kill(pid, 'SIGKILL');
    await until(() => serversOf(project).length === 0);
    rmSync(project.root, { recursive: true, force: true });
  }
});
