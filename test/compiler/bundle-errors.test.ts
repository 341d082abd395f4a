import { bundleErrorOf, createProject, type Files, removeProjects } from './flow-project.js';

afterAll(removeProjects);

interface Case {
  name: string;
  code: string;
  files: Files;
  /** `file:line:column` of what has to change. */
  at: string;
  says?: readonly (string | RegExp)[];
  chain?: readonly string[];
}

const perdure = `import { task, flow } from 'perdure';`;
const globalCase = (name: string, code: string, column: number, says: string): Case => ({
  name: `\`${name}\` in a flow`,
  code: 'HOST_GLOBAL',
  files: { 'flow.ts': `${perdure}\nexport const main = flow('main', () => {\n  ${code}\n});` },
  at: `flow.ts:3:${column}`,
  says: [`\`${name}\``, says, 'flow.ts:3'],
});

const cases: Case[] = [
  globalCase('fetch', `return fetch('x');`, 10, 'into a task'),
  globalCase('process', 'return process.env.HOME;', 10, 'into a task'),
  globalCase('crypto', 'return crypto.randomUUID();', 10, 'in a task'),
  globalCase('structuredClone', 'return structuredClone({});', 10, 'JSON.parse'),
  globalCase('queueMicrotask', 'queueMicrotask(() => {});', 3, 'Promise.resolve'),
  globalCase('setInterval', 'setInterval(() => {}, 1);', 3, 'setTimeout'),
  globalCase('Buffer', `return Buffer.from('x');`, 10, 'into a task'),
  globalCase('performance', 'return globalThis.performance.now();', 10, 'into a task'),
  globalCase('__dirname', 'return __dirname;', 10, 'file system'),
  {
    name: 'a global that a function uses which the flow calls, in another file',
    code: 'HOST_GLOBAL',
    files: {
      'flow.ts': `${perdure}\nimport { load } from './load.js';\nexport const main = flow('main', () => load());`,
      'load.ts': `import { url } from './url.js';\nexport const load = () => url();`,
      'url.ts': `export const unused = () => process.pid;\nexport const url = () =>\n  fetch('x');`,
    },
    at: 'url.ts:3:3',
    says: ['flow.ts → load.ts → url.ts'],
    chain: ['flow.ts', 'load.ts', 'url.ts'],
  },
  {
    name: 'import.meta in a flow',
    code: 'HOST_GLOBAL',
    files: { 'flow.ts': `${perdure}\nexport const main = flow('main', () => import.meta.url);` },
    at: 'flow.ts:2:40',
    says: ['isMain(import.meta)'],
  },
  {
    name: 'a run that is not behind isMain',
    code: 'TOP_LEVEL_AWAIT',
    files: { 'flow.ts': `${perdure}\nconst main = flow('main', () => 1);\nawait main.run();` },
    at: 'flow.ts:3:1',
    says: ['isMain(import.meta)'],
  },
  {
    name: 'a builtin that the flow uses',
    code: 'HOST_IMPORT',
    files: {
      'flow.ts': `${perdure}\nimport { readFileSync } from 'fs';\nexport const main = flow('main', () => {\n  return readFileSync('x');\n});`,
    },
    at: 'flow.ts:2:1',
    says: [`'fs'`, 'line 4', 'into a task'],
    chain: ['flow.ts', 'fs'],
  },
  {
    name: 'a builtin that a CommonJS flow requires in its body',
    code: 'HOST_IMPORT',
    files: {
      'flow.cjs': `const { flow } = require('perdure');\nflow('main', () =>\n  require('node:os').cpus());`,
    },
    at: 'flow.cjs:3:3',
    says: [`'node:os'`],
  },
  {
    name: 'an option that drags host code in is named',
    code: 'HOST_IMPORT',
    files: {
      'flow.ts': `${perdure}\nimport os from 'node:os';\nexport const load = task('load', {\n  retries: os.cpus().length }, async () => 1);\nflow('main', () => load());`,
    },
    at: 'flow.ts:2:1',
    says: ["the option `retries` of task 'load'", 'line 4'],
  },
  {
    name: 'Temporal’s client in a flow',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `${perdure}\nimport { Client } from '@temporalio/client';\nflow('main', () => new Client());` },
    at: 'flow.ts:2:1',
    says: ['@temporalio/client'],
  },
  {
    name: 'another door of perdure’s in a flow',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `${perdure}\nimport { mockTask } from 'perdure/testing';\nflow('main', () => mockTask());` },
    at: 'flow.ts:2:1',
    says: ['perdure/testing'],
  },
  {
    name: 'what perdure has for scripts',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `import * as p from 'perdure';\np.flow('main', () => p.local());` },
    at: 'flow.ts:1:1',
    says: ['`local`', 'isMain(import.meta)'],
  },
  {
    name: 'what the sandbox’s stand-in for a builtin lacks',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `${perdure}\nimport util from 'node:util';\nflow('main', () => util.inspect({}));` },
    at: 'flow.ts:2:1',
    says: ['`inspect`', 'line 3'],
  },
  {
    name: 'import() of a path that is not in the text',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `${perdure}\nflow('main', (name: string) => import(name));` },
    at: 'flow.ts:2:32',
    says: ['import()'],
  },
  {
    name: 'a file that is not code',
    code: 'HOST_IMPORT',
    files: { 'flow.ts': `${perdure}\nimport sheet from './a.css';\nflow('main', () => sheet);`, 'a.css': 'a {}' },
    at: 'flow.ts:2:1',
    says: ['./a.css'],
  },
  {
    name: 'a module that is not there',
    code: 'IMPORT_NOT_FOUND',
    files: { 'flow.ts': `${perdure}\n\nimport { x } from './nowhere.js';\nflow('main', () => x);` },
    at: 'flow.ts:3:1',
    says: ['./nowhere.js'],
  },
  {
    name: 'a package imported for its side effects',
    code: 'SIDE_EFFECT_IMPORT',
    files: { 'flow.ts': `${perdure}\nimport 'some-polyfill';\nflow('main', () => 1);` },
    at: 'flow.ts:2:1',
    says: ['some-polyfill', 'await import'],
  },
  {
    name: 'a builtin imported for its side effects, in a file that another imports for its',
    code: 'SIDE_EFFECT_IMPORT',
    files: {
      'flow.ts': `${perdure}\nimport './setup.js';\nflow('main', () => 1);`,
      'setup.ts': `\nimport 'node:inspector';`,
    },
    at: 'setup.ts:2:1',
    chain: ['flow.ts', 'setup.ts', 'node:inspector'],
  },
  {
    name: 'text that does not parse',
    code: 'SYNTAX_ERROR',
    files: {
      'flow.ts': `${perdure}\nimport './broken.js';\nflow('main', () => 1);`,
      'broken.ts': `const a = 1;\nconst b = = 2;`,
    },
    at: 'broken.ts:2:11',
  },
];

describe('what is refused, and where', () => {
  test.each(cases)('$code: $name', async ({ files, code, at, says = [], chain }) => {
    const project = createProject(files);
    const error = await bundleErrorOf(project.analyse(Object.keys(files)[0] ?? ''));
    const file = error.file?.slice(project.root.length + 1);
    expect([error.code, `${file}:${error.line}:${error.column}`]).toEqual([code, at]);
    for (const text of says) expect(error.message).toMatch(text);
    if (chain) expect(error.details['importChain']).toEqual(chain);
    expect(error.message).not.toContain(project.root);
  });

  test('module syntax in a file that package.json makes CommonJS says what to change', async () => {
    const project = createProject({
      'package.json': '{ "name": "project", "type": "commonjs" }',
      'flow.js': `${perdure}\nexport const main = flow('main', () => 1);`,
    });
    const error = await bundleErrorOf(project.bundle('flow.js'));
    expect([error.code, error.line]).toEqual(['SYNTAX_ERROR', 1]);
    expect(error.message).toMatch(/"type": "module" there, or name the file flow\.mjs/);
  });

  test('host-only effects are left out with a warning', async () => {
    const project = createProject({
      'flow.ts': `import 'dotenv/config';\nimport 'reflect-metadata';\n${perdure}\nflow('main', () => 1);`,
      'node_modules/reflect-metadata/package.json': '{ "name": "reflect-metadata", "version": "1.0.0" }',
      'node_modules/reflect-metadata/index.js': '',
    });
    const { text, warnings } = await project.analyse('flow.ts');
    expect(text('flow.ts')).not.toContain('dotenv');
    expect(text('flow.ts')).toContain('reflect-metadata');
    expect(warnings).toEqual([expect.stringContaining(`flow.ts:1 import 'dotenv/config'`)]);
  });
});

describe('what only webpack meets', () => {
  const pack = (name: string, code: string): Files => ({
    [`node_modules/${name}/package.json`]: `{ "name": "${name}", "version": "1.0.0", "main": "index.js" }`,
    [`node_modules/${name}/index.js`]: code,
  });

  test('a package that needs a builtin: the user’s import is named, and the way there', async () => {
    const project = createProject({
      'flow.ts': `${perdure}\nimport { query } from './db.js';\nflow('main', () => query());`,
      'db.ts': `\nimport pg from 'pretend-pg';\nexport const query = () => pg.query();`,
      ...pack('pretend-pg', `exports.query = require('pretend-socket');`),
      ...pack('pretend-socket', `module.exports = require('net');`),
    });
    const error = await bundleErrorOf(project.bundle('flow.ts'));
    expect([error.code, error.file, error.line]).toEqual(['HOST_IMPORT', `${project.root}/db.ts`, 2]);
    expect(error.details['importChain']).toEqual([
      'flow.ts',
      'db.ts',
      'node_modules/pretend-pg/index.js',
      'node_modules/pretend-socket/index.js',
      'net',
    ]);
    expect(error.message).toContain('pretend-pg');
  });

  test('a package that lacks one of its own modules', async () => {
    const project = createProject({
      'flow.ts': `${perdure}\nimport { x } from 'half';\nflow('main', () => x);`,
      ...pack('half', `exports.x = require('missing-half');`),
    });
    const error = await bundleErrorOf(project.bundle('flow.ts'));
    expect([error.code, error.line]).toEqual(['IMPORT_NOT_FOUND', 2]);
    expect(error.message).toContain('missing-half');
  });

  test('a name that perdure does not have', async () => {
    const project = createProject({
      'flow.ts': `import { flow, nope } from 'perdure';\nflow('main', () => nope());`,
    });
    const error = await bundleErrorOf(project.bundle('flow.ts'));
    expect([error.code, error.line]).toEqual(['IMPORT_NOT_FOUND', 1]);
    expect(error.message).toContain('`nope`');
  });

  test('a name that the user’s own module does not export', async () => {
    const project = createProject({
      'flow.ts': `${perdure}\nimport { nothing } from './empty.js';\nflow('main', () => nothing);`,
      'empty.ts': 'export const something = 1;',
    });
    const error = await bundleErrorOf(project.bundle('flow.ts'));
    expect([error.code, error.line]).toEqual(['IMPORT_NOT_FOUND', 2]);
    expect(error.message).toContain('`nothing`');
  });
});
