/**
 * Plants one violation for each net in a copy of the sources, and expects the net to catch just that. A net that
 * catches nothing looks the same as code that does nothing wrong.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
let copy: string;

// One copy a test: what one of them plants can blunt another's net (a package's types bring in Node's).
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'perdure-nets-'));
  for (const part of [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.sandbox.json',
    'sandbox-globals.d.ts',
    '.dependency-cruiser.cjs',
  ])
    cpSync(join(root, part), join(copy, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
});
afterEach(() => rmSync(copy, { recursive: true, force: true }));

const tool = (path: string, args: string[]): Promise<{ status: number; stdout: string }> =>
  new Promise((done) => {
    const script = join(root, 'node_modules', path);
    execFile(
      process.execPath,
      [script, ...args],
      { cwd: copy, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } },
      (error, stdout) => done({ status: error ? 1 : 0, stdout }),
    );
  });

/** Adds the violation `code` to the end of a file of the copy. */
const plant = (file: string, code: string): void =>
  writeFileSync(join(copy, file), `${readFileSync(join(copy, file), 'utf8')}\n${code}\n`);

interface Cruise {
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

test('the layers catch a reach upwards, a chain to the host, a package of the host, and a cycle', async () => {
  plant('src/compiler/index.ts', `export * as planted from '../worker.js';`);
  plant('src/client.ts', `export * as planted from './worker.js';`);
  plant('src/worker.ts', `export * as planted from './client.js';`);
  plant('src/core/state.ts', `export * as planted from 'devalue';`);
  plant('src/authoring/named.ts', `export * as planted from '../project/index.js';`);
  plant('src/workflows/recorder.ts', `export * as planted from '@temporalio/client';`);
  plant('src/workflows/failures.ts', `export * as planted from 'node:fs';`);
  plant('src/project/project.ts', `export * as planted from 'prettier';`);
  plant('src/core/duration.ts', `export * as planted from './task-policy.js';`);
  plant('src/core/task-policy.ts', `export * as planted from './duration.js';`);

  const { stdout } = await tool('dependency-cruiser/bin/dependency-cruise.mjs', [
    'src',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
  ]);
  const { violations } = (JSON.parse(stdout) as Cruise).summary;
  const caught = violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);

  expect(caught).toEqual(
    expect.arrayContaining([
      'layer-compiler: src/compiler/index.ts → src/worker.ts',
      'layer-client: src/client.ts → src/worker.ts',
      'layer-worker: src/worker.ts → src/client.ts',
      'layer-authoring: src/authoring/named.ts → src/project/index.ts',
      expect.stringMatching(/^core-is-alone: src\/core\/state\.ts → .*devalue/),
      expect.stringMatching(/^sandbox-reaches-host: src\/authoring\/named\.ts → src\/project\//),
      // By a chain: task.ts imports named.ts, which now imports the host.
      expect.stringMatching(/^sandbox-reaches-host: src\/authoring\/task\.ts → src\/project\//),
      expect.stringMatching(
        /^sandbox-reaches-host: src\/workflows\/recorder\.ts → node_modules\/@temporalio\/client\//,
      ),
      expect.stringMatching(/^sandbox-reaches-host: src\/workflows\/failures\.ts → (node:)?fs$/),
      expect.stringMatching(/^not-a-dependency: src\/project\/project\.ts → node_modules\/prettier\//),
      expect.stringMatching(/^no-cycle: src\/core\/duration\.ts → src\/core\/task-policy\.ts/),
    ]),
  );
});

test("the sandbox's own type check catches names that the sandbox does not have", async () => {
  plant('src/core/run-view/run-view.ts', `export const planted = process.env;`);
  plant('src/authoring/flatten.ts', `export const planted = fetch('https://example.com');`);
  plant('src/workflows/recorder.ts', `export const alsoPlanted = Buffer.from('');`);

  const { status, stdout } = await tool('typescript/bin/tsc', ['-p', 'tsconfig.sandbox.json']);

  expect(status).not.toBe(0);
  expect(stdout).toMatch(/src\/core\/run-view\/run-view\.ts.*'process'/);
  expect(stdout).toMatch(/src\/authoring\/flatten\.ts.*'fetch'/);
  expect(stdout).toMatch(/src\/workflows\/recorder\.ts.*'Buffer'/);
});
