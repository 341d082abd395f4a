/** Whatever stands in the place of a file of the server's state: it opens all the same, or says which path and what to do. */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspectServer } from '../../src/dev-server/index.js';
import { thisProcess } from '../../src/dev-server/process-identity.js';
import { stateFiles } from '../../src/dev-server/server-record.js';
import { ensureStateDir } from '../../src/project/index.js';
import { openServer, serversOf, temporaryProject } from './temporary-project.js';

const texts = ['', '{"ser', 'null', '[]', '5', '\u0000\u0001\u0002', '{"__proto__":{"server":{"pid":1}}}'];

test('records that hold anything else are not believed, and are made again', async () => {
  const project = temporaryProject();
  const { record, databaseRecord, leases } = stateFiles(ensureStateDir(project));
  mkdirSync(leases);
  for (const [i, text] of [...texts, JSON.stringify({ pid: process.pid })].entries()) {
    for (const path of [record, databaseRecord, join(leases, `${i}.json`)]) writeFileSync(path, text);
    await inspectServer(project);
    await (await openServer(project)).close();
    expect([text, existsSync(record), serversOf(project)]).toEqual([text, false, []]);
  }
});

test('a folder among the leases, and a link to nowhere, are no users', async () => {
  const project = temporaryProject();
  const { leases } = stateFiles(ensureStateDir(project));
  mkdirSync(join(leases, 'folder.json'), { recursive: true });
  symlinkSync('/nowhere/at/all', join(leases, 'link.json'));
  await (await openServer(project)).close();
  expect(serversOf(project)).toEqual([]);
});

test.each(['record', 'databaseRecord', 'log'] as const)(
  'a folder in the place of the %s is named, and no server is left',
  async (name) => {
    const project = temporaryProject();
    const path = stateFiles(ensureStateDir(project))[name];
    mkdirSync(path);
    await expect(openServer(project)).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining(`${path}. Something else is in its place. Move that away`),
    });
    expect(serversOf(project)).toEqual([]);
    rmSync(path, { recursive: true });
    await (await openServer(project)).close();
  },
);

test('a file in the place of the folder of leases is named, and no server is left', async () => {
  const project = temporaryProject();
  const { leases } = stateFiles(ensureStateDir(project));
  writeFileSync(leases, JSON.stringify(thisProcess()));
  await expect(openServer(project)).rejects.toMatchObject({
    code: 'BAD_CONFIG',
    message: expect.stringContaining(`EEXIST on ${leases}.`),
  });
  expect(serversOf(project)).toEqual([]);
});
