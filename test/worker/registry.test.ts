/** The registry of workers believes nothing that is damaged, and says what is in its way. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from '../../src/dev-server/process-identity.js';
import { findProject, type Project } from '../../src/project/index.js';
import { type HostedWorker, otherWorkers, registerWorker } from '../../src/worker/registry.js';

let project: Project;
let folder: string;
beforeEach(() => {
  project = findProject(mkdtempSync(join(tmpdir(), 'perdure-registry-')));
  folder = join(project.stateDir, 'workers');
});
afterEach(() => rmSync(project.root, { recursive: true, force: true }));

const worker: HostedWorker = {
  ...{ kind: 'kept', address: '127.0.0.1:7233', namespace: 'default', taskQueues: ['q'] },
  ...{ entries: [], flows: [], loadedAt: 1 },
};
/** A live process that is not this one. */
const other = () => ({ pid: process.ppid, identity: identityOf(process.ppid) });
const enter = (name: string, content: unknown): void => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
};

test('of what is damaged no worker is believed, and the others are', () => {
  enter('1-kept.json', { process: other(), worker });
  for (const [i, damaged] of [null, 5, [], 'text', {}, { ...worker, entries: null }, { taskQueues: {} }].entries())
    enter(`2${i}-kept.json`, { process: other(), worker: damaged });
  for (const [i, text] of ['', '{"pro', 'null', '[]', '5', '\u0000\u0001', '{"__proto__":{"process":1}}'].entries())
    enter(`3${i}-kept.json`, text);
  mkdirSync(join(folder, '4-kept.json'));
  symlinkSync('/nowhere/at/all', join(folder, '5-kept.json'));
  expect(otherWorkers(project)).toEqual([worker]);
});

test('what is in the place of the folder is named', () => {
  mkdirSync(project.stateDir);
  writeFileSync(folder, 'no folder');
  expect(otherWorkers(project)).toEqual([]);
  expect(() => registerWorker(project, worker)).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIG', message: expect.stringContaining(`EEXIST on ${folder}`) }),
  );
});

test('a worker leaves though its entry cannot be removed', () => {
  const leave = registerWorker(project, worker);
  const [name = ''] = readdirSync(folder);
  rmSync(join(folder, name));
  mkdirSync(join(folder, name));
  expect(leave).not.toThrow();
});
