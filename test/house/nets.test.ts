/**
 * Plants one violation for each net in a copy of the sources, and expects the net to catch just that. A net that
 * catches nothing looks the same as code that does nothing wrong.
 */
import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
let copy: string;

// Each runs a tool over the whole of src, beside other tests.
jest.setTimeout(240_000);

// One copy a test: what one of them plants can blunt another's net (a package's types bring in Node's).
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'perdure-nets-'));
  for (const part of [
    'src',
    'package.json',
    'tsconfig.json',
    'tsconfig.sandbox.json',
    'sandbox-globals.d.ts',
    'tsconfig.test.json',
    'tsconfig.types.json',
    'test/types',
    '.dependency-cruiser.cjs',
    'eslint.config.js',
    'scripts/lint',
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

test('the lint rules catch bare errors, long files and functions, long parameter lists, bad names and missing comments', async () => {
  const lines = (count: number): string => 'void 0;\n'.repeat(count);
  const write = (file: string, code: string): void => writeFileSync(join(copy, 'src/core', file), code);
  write('bare-error.ts', `/** Planted. */\nexport const fail = (): never => {\n  throw new Error('x');\n};\n`);
  write('long-file.ts', `/** Planted. */\nexport {};\n${lines(300)}`);
  write('long-function.ts', `/** Planted. */\nexport const long = (): void => {\n${lines(60)}};\n`);
  write('parameters.ts', `/** Planted. */\nexport const f = (a: 1, b: 2, c: 3, d: 4): number => a + b + c + d;\n`);
  write('helpers.ts', `/** Planted. */\nexport {};\n`);
  write('camelCase.ts', `/** Planted. */\nexport {};\n`);
  write('no-comment.ts', `export {};\n/** Too late. */\n`);
  write('floating.ts', `/** Planted. */\nexport const f = (): void => {\n  Promise.resolve();\n};\n`);

  const { stdout } = await tool('eslint/bin/eslint.js', ['src/core', '--format', 'json']);
  const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string }[] }[];
  const caught = Object.fromEntries(
    results
      .filter(({ messages }) => messages.length > 0)
      .map(({ filePath, messages }) => [basename(filePath), messages.map(({ ruleId }) => ruleId)]),
  );

  expect(caught).toEqual({
    'bare-error.ts': ['no-restricted-syntax'],
    'long-file.ts': ['max-lines'],
    'long-function.ts': ['max-lines-per-function'],
    'parameters.ts': ['no-restricted-syntax'],
    'helpers.ts': ['house/file-name'],
    'camelCase.ts': ['house/file-name'],
    'no-comment.ts': ['house/opening-comment'],
    'floating.ts': ['@typescript-eslint/no-floating-promises'],
  });
});
