/**
 * What users get: the packed tarball, installed into an empty project, from which a flow in TypeScript and one in
 * JavaScript run and type-check.
 */
import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// An install of a few hundred packages.
jest.setTimeout(600_000);

const checkout = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  devDependencies: Record<string, string>;
};
let directory: string;
let packed: string[];

interface Outcome {
  status: number;
  stdout: string;
  output: string;
}
const run = (command: string, args: string[]): Promise<Outcome> =>
  new Promise((done) => {
    const env = { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1' };
    // npm is a command file on Windows.
    const shell = process.platform === 'win32';
    execFile(command, args, { cwd: directory, env, shell, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      done({ status, stdout, output: `${stdout}${stderr}` });
    });
  });
const succeed = async (command: string, args: string[]): Promise<string> => {
  const { status, stdout, output } = await run(command, args);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with status ${status}:\n${output}`);
  return stdout;
};
const write = (name: string, content: string): void => writeFileSync(join(directory, name), content);
const inPackage = (name: string): string => join(directory, 'node_modules', 'perdure', name);

beforeAll(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'perdure-pack-')));
  // dist is there: the tests run after a build. Its own scripts would build again beside other tests.
  const stdout = await succeed('npm', ['pack', checkout, '--json', '--ignore-scripts']);
  const [tarball] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  packed = tarball?.files.map(({ path }) => path) ?? [];
  write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }));
  const { typescript, zod, ...rest } = manifest.devDependencies;
  await succeed('npm', [
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    `./${tarball?.filename}`,
    `typescript@${typescript}`,
    `zod@${zod}`,
    `@types/node@${rest['@types/node']}`,
  ]);
  write(
    'typed.ts',
    `import { isMain, flow, task } from 'perdure';
import { z } from 'zod';

const double = task('double', { retries: 1 }, async (n: number) => n * 2);
const total = task('total', (numbers: number[]) => numbers.reduce((sum, n) => sum + n, 0));

export const typed = flow('Typed flow', { params: z.object({ upTo: z.number().default(3) }) }, ({ upTo }) =>
  total(double.map(Array.from({ length: upTo }, (_, i) => i + 1))),
);

if (isMain(import.meta)) {
  const value: number = await typed.run();
  console.log(value);
}
`,
  );
  write(
    'plain.js',
    `import { flow, task } from 'perdure';
import { cpus } from 'node:os';

const count = task('count', () => (cpus().length > 0 ? 1 : 0));
const add = task('add', (a, b) => a + b);

export const plain = flow('Plain flow', () => add(count(), 41));
`,
  );
  write(
    'wrong.ts',
    `import { flow, task } from 'perdure';
const double = task('double it', (n: number) => n * 2);
// @ts-expect-error a text is no number
export const wrong = flow('Wrong flow', () => double('1'));
`,
  );
});
afterAll(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));

test('the tarball holds the build, the licence, the README and the pages of the errors, and nothing else', () => {
  const foreign = packed.filter(
    (path) =>
      !/^(package\.json|LICENSE|README\.md)$/.test(path) &&
      !/^docs\/errors\/[A-Z_]+\.md$/.test(path) &&
      !/^dist\/.*\.c?(js|js\.map)$|^dist\/.*\.d\.c?ts$/.test(path),
  );
  expect(foreign).toEqual([]);
  expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/cli/main.js']));
});

test('nothing in it runs at install time, and nothing names the machine it was made on', () => {
  const installScripts = ['preinstall', 'install', 'postinstall', 'prepare'];
  expect(installScripts.filter((name) => name in manifest.scripts)).toEqual([]);
  const telling = packed.filter((path) => readFileSync(inPackage(path), 'utf8').includes(checkout));
  expect(telling).toEqual([]);
});

test('its source maps bring their sources along', () => {
  const maps = packed.filter((path) => path.endsWith('.map'));
  expect(maps.length).toBeGreaterThan(10);
  for (const path of maps) {
    const map = JSON.parse(readFileSync(inPackage(path), 'utf8')) as { sources: string[]; sourcesContent?: string[] };
    expect(map.sourcesContent).toHaveLength(map.sources.length);
  }
});

test.each([
  ['typed.ts', ['--param', 'upTo=4'], 'Typed flow', 20],
  ['plain.js', [], 'Plain flow', 42],
])('perdure run %s', async (file, args, flow, result) => {
  const stdout = await succeed('npx', ['--no-install', 'perdure', 'run', file, ...args, '--json']);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ flow, state: 'Completed', result });
});

test.each([
  ['nodenext', 'nodenext'],
  ['bundler', 'esnext'],
])('its types hold under moduleResolution %s', async (moduleResolution, module) => {
  mkdirSync(join(directory, moduleResolution), { recursive: true });
  write(
    `${moduleResolution}/tsconfig.json`,
    JSON.stringify({
      compilerOptions: { module, moduleResolution, target: 'es2023', strict: true, noEmit: true, types: ['node'] },
      files: ['../typed.ts', '../wrong.ts', '../mocked.ts'],
    }),
  );
  const { output } = await run(process.execPath, [
    join(directory, 'node_modules/typescript/bin/tsc'),
    '-p',
    moduleResolution,
    '--pretty',
    'false',
  ]);
  // Our own declarations are checked as well; those of the packages below are not ours.
  const complaints = output.split('\n').filter((line) => /error TS/.test(line));
  expect(complaints.filter((line) => !/^(\.\.\/)*node_modules\/(?!perdure\/)/.test(line))).toEqual([]);
});

test('the door of testing runs a flow in memory with a mock', async () => {
  write(
    'mocked.ts',
    `import { inline } from 'perdure';
import { mockTask, runGraph } from 'perdure/testing';
import { mockable, plain } from './mockable.js';

const mock = mockTask(mockable, (n) => n * 100);
const run = await plain.start({}, { executor: inline() });
const value: number = await run.result();
console.log(JSON.stringify({ value, calls: mock.calls, graph: await runGraph(run) }));
`,
  );
  write(
    'mockable.ts',
    `import { flow, task } from 'perdure';
export const mockable = task('mockable', (n: number) => n);
export const plain = flow('Plain flow', () => mockable(1));
`,
  );
  const stdout = await succeed(process.execPath, ['--import', './node_modules/tsx/dist/loader.mjs', 'mocked.ts']);
  expect(JSON.parse(stdout)).toEqual({
    value: 100,
    calls: [[1]],
    graph: 'Plain flow: Completed\n  mockable-0  Completed',
  });
});

test('only the doors can be imported', async () => {
  write('inside.mjs', `await import('perdure/dist/core/errors.js');\n`);
  const { status, output } = await run(process.execPath, ['inside.mjs']);
  expect(status).not.toBe(0);
  expect(output).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
});

test('the packages it needs are all named as its dependencies', () => {
  const inProject = new Set(readdirSync(join(directory, 'node_modules')));
  // A dev dependency would be here only if something needed it.
  expect(['jest', 'eslint', 'knip', 'prettier'].filter((name) => inProject.has(name))).toEqual([]);
});
