import { bundleErrorOf, createProject, type Files, removeProjects } from './flow-project.js';

afterAll(removeProjects);

interface Case {
  name: string;
  files: Files;
  /** Default: the first file. */
  entry?: string;
  keeps?: readonly (string | RegExp)[];
  drops?: readonly (string | RegExp)[];
  /** Files that do not get in at all. */
  absent?: readonly string[];
}

const flowOf = (body = ''): string => `export const main = flow('main', () => { ${body} });`;

const cases: Case[] = [
  {
    name: 'an inline body goes, with the import that only it used',
    files: {
      'flow.ts': `import { readFile } from 'node:fs/promises';
import { task, flow } from 'perdure';
const load = task('load', async (path: string) => readFile(path, 'utf8'));
${flowOf('return load("x")')}`,
    },
    keeps: [`task('load')`, `load("x")`],
    drops: ['node:fs', 'readFile'],
  },
  {
    name: 'aliased names of perdure are recognised',
    files: {
      'flow.ts': `import os from 'node:os';
import { task as t, flow as f } from 'perdure';
export const cpus = t('cpus', { retries: 2 }, () => os.cpus());
f('main', () => cpus());`,
    },
    keeps: [/t\('cpus', \{\s*retries: 2\s*\}\)/, `f('main'`],
    drops: ['node:os'],
  },
  {
    name: 'a namespace import of perdure is recognised',
    files: {
      'flow.mts': `import os from 'node:os';
import * as p from 'perdure';
export const cpus = p.task('cpus', () => os.cpus());
export const main = p.flow('main', () => cpus());`,
    },
    keeps: [`p.task('cpus')`],
    drops: ['node:os'],
  },
  {
    name: 'an alias held in a constant, and a destructured namespace, are recognised',
    files: {
      'flow.ts': `import os from 'node:os';
import * as p from 'perdure';
const { flow, task } = p;
const make = task;
export const cpus = make('cpus', () => os.cpus());
${flowOf('return cpus()')}`,
    },
    keeps: [`make('cpus')`],
    drops: ['node:os'],
  },
  {
    name: 'CommonJS: require, destructured and by member',
    files: {
      'package.json': '{ "name": "project" }',
      'flow.cjs': `const { task, flow } = require('perdure');
const p = require('perdure');
const fs = require('fs');
const { join } = require('node:path');
const read = task('read', (path) => fs.readFileSync(join('.', path)));
const size = p.task('size', (path) => fs.statSync(path).size);
const helper = () => fs.readdirSync('.');
module.exports = { main: flow('main', () => [read('x'), size('x')]), helper };`,
    },
    entry: 'flow.cjs',
    keeps: [`task('read')`, `p.task('size')`, `flow('main'`],
    drops: [`'fs'`, 'node:path', 'helper'],
  },
  {
    name: 'CommonJS in TypeScript: import = require and exports.x',
    files: {
      'flow.cts': `import perdure = require('perdure');
import fs = require('node:fs');
exports.read = perdure.task('read', () => fs.readFileSync('x'));
exports.unused = () => fs.readFileSync('y');
exports.main = perdure.flow('main', () => exports.read());`,
    },
    keeps: [`perdure.task('read')`, 'exports.read()'],
    drops: ['node:fs', 'unused'],
  },
  {
    name: 'task re-exported by the user’s own modules is followed',
    files: {
      'flow.ts': `import os from 'node:os';
import { task, flow } from './lib/index.js';
export const cpus = task('cpus', () => os.cpus());
${flowOf('return cpus()')}`,
      'lib/index.ts': `export * from './perdure.js';`,
      'lib/perdure.ts': `import { flow } from 'perdure'; export { task } from 'perdure'; export { flow };`,
    },
    keeps: [`task('cpus')`],
    drops: ['node:os'],
  },
  {
    name: 'of a namespace that is taken apart, only the parts come along',
    files: {
      'flow.ts': `import { task, flow } from 'perdure';
import * as all from './lib.js';
const { pure: first } = all;
export const main = flow('main', async () => {
  const { one } = all;
  const { lazy } = await import('./lib.js');
  return [one(), first(1), lazy];
});`,
      'lib.ts': `import fs from 'node:fs';
import { task } from 'perdure';
export const size = (path: string) => fs.statSync(path).size;
export const one = task('one', () => size('x'));
export const pure = (n: number) => n + 1;
export const lazy = 1;`,
    },
    keeps: ['pure: first', /one\s*\} = all/, /lazy\s*\} = await import/],
    drops: ['task('],
  },
  {
    name: 'bodies held in a variable, imported, a member and a call’s result all go',
    files: {
      'flow.ts': `import { task, flow } from 'perdure';
import { download } from './host.js';
import * as host from './host.js';
const body = async () => download('a');
const a = task('a', body);
const b = task('b', download);
const c = task('c', { retries: 1 }, host.api.upload);
const d = task('d', host.make());
${flowOf('return [a(), b(), c(), d()]')}`,
      'host.ts': `import fs from 'node:fs'; export const download = async (x: string) => fs.readFileSync(x); export const api = { upload: download }; export const make = () => download;`,
    },
    keeps: [`task('a')`, `task('b')`, `task('d')`],
    drops: ['download', 'host', 'body'],
    absent: ['host.ts'],
  },
  {
    name: 'a task made of a function takes its name',
    files: {
      'flow.ts': `import { task, flow } from 'perdure';
import fs from 'node:fs';
import { remote as far } from './host.js';
const one = task(async function first() { return fs.readFileSync('x'); });
const second = () => fs.readFileSync('y');
const two = task(second);
const three = task(far);
${flowOf('return [one(), two(), three()]')}`,
      'host.ts': `import fs from 'node:fs'; export function remote() { return fs.readFileSync('z'); }`,
    },
    keeps: [/task\(["']first["']\)/, /task\(["']second["']\)/, /task\(["']remote["']\)/],
    drops: ['fs', 'host.js'],
    absent: ['host.ts'],
  },
  {
    name: 'host-only options go, every other stays with what it references',
    files: {
      'flow.ts': `import { task, flow, someFailed } from 'perdure';
import { isNetworkError, waits, revert } from './host.js';
const attempts = 5;
const load = task('load', { retries: attempts, when: someFailed({ atLeast: 2 }), retryIf: isNetworkError, retryDelay: waits, undo: revert, cache: { key: () => revert() }, source: import.meta.url }, async () => 1);
${flowOf('return load()')}`,
      'host.ts': `import net from 'node:net'; export const isNetworkError = () => !!net; export const waits = ['1s']; export const revert = () => net;`,
    },
    keeps: ['attempts = 5', 'atLeast: 2', 'undo: true'],
    drops: ['retryIf', 'retryDelay', 'revert', 'cache', 'source', 'import.meta', './host.js'],
    absent: ['host.ts'],
  },
  {
    name: 'options in a constant, spread, frozen, and in another file are reached',
    files: {
      'flow.ts': `import { task, flow, type TaskOptions } from 'perdure';
import { slow } from './options.js';
import { isFatal } from './host.js';
const base = { retries: 1, retryIf: isFatal } as const;
const mine = Object.freeze({ ...base, tags: ['x'], retryDelay() { return isFatal(); } }) satisfies TaskOptions;
const a = task('a', mine, async () => 1);
const b = task('b', { ...base, timeout: 5 }, async () => 1);
const c = task('c', slow, async () => 1);
${flowOf('return [a(), b(), c()]')}`,
      'options.ts': `import { isFatal } from './host.js'; export const slow = { retries: 9, retryIf: isFatal };`,
      'host.ts': `import net from 'node:net'; export const isFatal = () => !!net;`,
    },
    keeps: ['retries: 1', `tags: ['x']`, 'timeout: 5', './options.js'],
    drops: ['retryIf', 'retryDelay', 'isFatal'],
    absent: ['host.ts'],
  },
  {
    name: 'a flow keeps its options but source',
    files: {
      'flow.ts': `import { flow } from 'perdure';
flow('main', { retries: 2, retryDelay: '5s', source: import.meta.url }, () => 1);`,
    },
    keeps: ['retries: 2', `retryDelay: '5s'`],
    drops: ['import.meta'],
  },
  {
    name: 'the script’s own part goes, with what only it used; the flow it runs stays',
    files: {
      'flow.ts': `import { flow, isMain as main, local } from 'perdure';
import { parseArgs } from 'node:util';
import chalk from 'chalk';
const options = parseArgs();
const pipeline = flow('main', () => 1);
const asScript = main(import.meta);
if (main(import.meta)) { const rows = await pipeline.run({}, { executor: local() }); console.log(chalk.green(rows), options); }
main(import.meta) && (await pipeline.run());
if (!asScript) console.log('imported'); else await pipeline.run();`,
    },
    keeps: [`flow('main'`, `console.log('imported')`],
    drops: ['chalk', 'await', 'local', 'import.meta', 'parseArgs', 'options'],
  },
  {
    name: 'require.main === module and import.meta.main are the same question',
    files: {
      'flow.cjs': `const { flow } = require('perdure');
const main = flow('main', () => 1);
if (require.main === module) { require('child_process').exec('x'); main.run(); }`,
      'other.mjs': `import { flow } from 'perdure';
const main = flow('main', () => 1);
if (import.meta.main) await main.run();`,
    },
    entry: 'flow.cjs',
    keeps: [`flow('main'`],
    drops: ['child_process', 'run()'],
  },
  {
    name: 'what only removed code used goes, transitively: functions, classes, constants, and calls on them',
    files: {
      'flow.ts': `import { task, flow } from 'perdure';
import pg, { types } from 'pg';
import { config } from 'dotenv';
import pino from 'pino';
config();
const log = pino();
const url = log.level + '/db';
const db = new pg.Pool({ url });
db.on('error', (error) => log.error(error));
class Store { constructor(readonly pool = db) {} }
const store = new Store();
function query(sql: string) { return store.pool.query(sql); }
enum Kind { a = 1 }
const rows = task('rows', async () => query('x' + Kind.a + types));
${flowOf('return rows()')}`,
    },
    keeps: [`task('rows')`],
    drops: ['pg', 'dotenv', 'pino', 'db', 'Store', 'query', 'Kind'],
  },
  {
    name: 'an exported helper that no flow needs goes, though other host code imports it',
    files: {
      'flow.ts': `import { task, flow } from 'perdure';
import fs from 'node:fs';
export async function extract() { return fs.readFileSync('x'); }
export const pool = new Map(fs.readdirSync('.').map((name) => [name, 1]));
export const extractTask = task('extract', extract);
${flowOf('return extractTask()')}`,
    },
    keeps: [`task('extract')`],
    drops: ['fs', 'function extract', 'pool'],
  },
  {
    name: 'a constant that a call of the user’s own function makes stays for what the call may do',
    files: {
      'flow.ts': `import { flow } from 'perdure';
import { register } from './registry.js';
export const entry = register('a');
${flowOf()}`,
      'registry.ts': `const names: string[] = []; export const register = (name: string) => names.push(name);`,
    },
    keeps: [`register('a')`],
  },
  {
    name: 'only the exports that flow code asks for come from a shared module',
    files: {
      'flow.ts': `import { flow } from 'perdure';
import { table, type Row } from './db.js';
import * as db from './db.js';
${flowOf('const row: Row = table; return [row, db.schema]')}`,
      'db.ts': `import pg from 'pg'; export interface Row { a: string } export const table = 'rows'; export const schema = 'main'; export const pool = new pg.Pool();`,
    },
    keeps: ['table', 'db.schema'],
    drops: ['type Row'],
  },
  {
    name: 'type-only imports go, written as such or not',
    files: {
      'flow.ts': `import type { A } from 'pg';
import { type B } from 'pg';
import { C } from 'pg';
import { flow } from 'perdure';
export type { A };
export interface D extends B { c: C }
export const main = flow('main', (params: D) => params as unknown as Array<C>);`,
    },
    drops: ['pg'],
  },
  {
    name: 'tasks in imported files are stripped there; re-exports lead to them',
    files: {
      'flow.ts': `export * from './tasks.js';
export { other as another } from './other.js';
import { flow } from 'perdure';
import { load } from './tasks.js';
${flowOf('return load()')}`,
      'tasks.ts': `import fs from 'node:fs'; import { task } from 'perdure'; export const load = task('load', () => fs.readFileSync('x'));`,
      'other.ts': `import fs from 'node:fs'; import { flow } from 'perdure'; export const other = flow('other', () => 1); export const read = () => fs.readFileSync('x');`,
    },
    keeps: ['./tasks.js', './other.js'],
  },
  {
    name: 'an entry of re-exports alone brings in the flows',
    files: {
      'index.ts': `export * from './a.js'; export { b } from './b.js'; import c from './c.js'; export default c; export * as d from './d.js';`,
      'a.ts': `import { flow } from 'perdure'; export const a = flow('a', () => 1);`,
      'b.ts': `import { flow } from 'perdure'; export const b = flow('b', () => 1);`,
      'c.ts': `import { flow } from 'perdure'; export default flow('c', () => 1);`,
      'd.ts': `import { flow } from 'perdure'; flow('d', () => 1);`,
    },
    keeps: ['./a.js', './b.js', './c.js', './d.js'],
  },
  {
    name: 'default exports: a task, a flow, a function as the body',
    files: {
      'flow.ts': `import { flow } from 'perdure'; import load from './load.js'; export default flow('main', () => load());`,
      'load.ts': `import { task } from 'perdure'; import body from './body.js'; export default task('load', body);`,
      'body.ts': `import fs from 'node:fs'; export default function body() { return fs.readFileSync('x'); }`,
    },
    keeps: ['export default flow'],
    absent: ['body.ts'],
  },
  {
    name: 'side-effect imports of the user’s own modules are followed',
    files: {
      'flow.ts': `import './setup.js'; import { flow } from 'perdure'; ${flowOf()}`,
      'setup.ts': `import fs from 'node:fs'; import { task } from 'perdure'; export const set = task('set', () => fs.readFileSync('x')); globalThis.ready = true;`,
    },
    keeps: [`import './setup.js'`],
  },
  {
    name: 'a maker of tasks: the body is not passed to it any more, in its file or in others',
    files: {
      'flow.ts': `import fs from 'node:fs';
import { flow, task } from 'perdure';
import { robust } from './robust.js';
const logged = (name: string, body: () => unknown) => { const start = fs.statSync('.'); return task(name, async () => [start, await body()]); };
const a = logged('a', () => fs.readFileSync('x'));
const b = robust('b', () => fs.readFileSync('y'));
${flowOf('return [a(), b()]')}`,
      'robust.ts': `import { withRetries } from './with-retries.js'; export function robust(name: string, body: () => unknown) { return withRetries(name, 5, body); }`,
      'with-retries.ts': `import { task } from 'perdure'; export const withRetries = (name: string, retries: number, body: () => unknown) => task(name, { retries }, body as never);`,
    },
    keeps: [`logged('a', undefined)`, `robust('b', undefined)`],
    drops: ['fs'],
  },
  {
    name: 'a flow made by the user’s own function stays, though only the script uses it',
    files: {
      'flow.ts': `import { isMain } from 'perdure';
import { daily } from './daily.js';
const report = daily('report', () => 1);
if (isMain(import.meta)) await report.run();`,
      'daily.ts': `import { flow } from 'perdure'; export const daily = (name: string, body: () => unknown) => flow(name, { retries: 3 }, body);`,
    },
    keeps: [`daily('report', () => 1)`],
  },
  {
    name: 'flows made in a loop stay, with what their bodies use',
    files: {
      'flow.ts': `import { flow } from 'perdure';
import { add } from './math.js';
export const flows = [1, 2].map((n) => flow('flow ' + n, () => add(n, 1)));`,
      'math.ts': `export const add = (a: number, b: number) => a + b;`,
    },
    keeps: ['./math.js', "flow('flow ' + n"],
  },
  {
    name: 'modules that import each other are read once each',
    files: {
      'flow.ts': `import { flow, task } from 'perdure'; import { b } from './other.js'; import fs from 'node:fs'; export const a = task('a', () => fs.statSync('x')); ${flowOf('return b()')}`,
      'other.ts': `import { task } from 'perdure'; import { a } from './flow.js'; import fs from 'node:fs'; export const b = task('b', () => fs.statSync('x')); export const twice = () => [a(), a()];`,
    },
    keeps: ['./other.js'],
    drops: ['node:fs'],
  },
  {
    name: 'a guarded global is no leak, and a shadowed name is no global',
    files: {
      'flow.ts': `import { flow } from 'perdure';
const onNode = typeof process !== 'undefined' && process.env.X;
const copy = (fetch: () => number) => fetch();
${flowOf('const crypto = 1; return [typeof Buffer, onNode, copy(() => crypto), Date.now(), Math.random(), setTimeout(() => {}, 1)]')}`,
    },
    keeps: ['Date.now()'],
  },
  {
    name: 'a package that makes tasks is stripped as well',
    files: {
      'flow.ts': `import { flow } from 'perdure'; import { ping } from 'shared-tasks'; ${flowOf('return ping()')}`,
      'node_modules/shared-tasks/package.json':
        '{ "name": "shared-tasks", "version": "1.0.0", "type": "module", "main": "index.js", "peerDependencies": { "perdure": "*" } }',
      'node_modules/shared-tasks/index.js': `import net from 'node:net'; import { task } from 'perdure'; export const ping = task('ping', () => net);`,
    },
    keeps: ['shared-tasks'],
  },
  {
    name: 'tsconfig paths lead to the user’s files',
    files: {
      'tsconfig.json': '{ "compilerOptions": { "paths": { "#lib/*": ["./lib/*"], "@tasks": ["./lib/tasks.ts"] } } }',
      'flow.ts': `import { flow } from 'perdure'; import { one } from '@tasks'; import { two } from '#lib/two.js'; ${flowOf('return [one(), two]')}`,
      'lib/tasks.ts': `import { task } from 'perdure'; import fs from 'node:fs'; export const one = task('one', () => fs.statSync('x'));`,
      'lib/two.ts': `export const two = 2;`,
    },
    keeps: ['@tasks', '#lib/two.js'],
  },
  {
    name: 'what tsc makes of a file, with its wrappers around require',
    files: {
      'package.json': '{ "name": "project" }',
      'flow.js': `"use strict";
var __importStar = (this && this.__importStar) || function (mod) { return mod; };
var __importDefault = (this && this.__importDefault) || function (mod) { return { "default": mod }; };
Object.defineProperty(exports, "__esModule", { value: true });
exports.helper = exports.pipeline = exports.load = void 0;
const perdure_1 = require("perdure");
const p = __importStar(require("perdure"));
const node_fs_1 = __importDefault(require("node:fs"));
exports.load = (0, perdure_1.task)("load", async () => node_fs_1.default.readFileSync("x"));
const size = p.task("size", async () => node_fs_1.default.statSync("x"));
const helper = () => node_fs_1.default.readdirSync(".");
exports.helper = helper;
exports.pipeline = (0, perdure_1.flow)("pipeline", () => [(0, exports.load)(), size()]);`,
    },
    entry: 'flow.js',
    keeps: [`(0, perdure_1.task)("load")`, `p.task("size")`, '"pipeline"'],
    drops: ['readFileSync', 'statSync', 'readdirSync'],
  },
  {
    name: 'flows made by assignment, in a namespace, in a static property',
    files: {
      'flow.cts': `import { flow } from 'perdure';
let late; late = flow('late', () => 1);
namespace Inner { export const a = flow('inner', () => 1); }
class Holder { static main = flow('held', () => 1); private x = 1; }
export = flow('exported', () => 1);`,
    },
    keeps: [`flow('late'`, `flow('inner'`, `flow('held'`, `flow('exported'`],
  },
  {
    name: 'names that TypeScript lets stand for a type and a value',
    files: {
      'flow.ts': `import { flow } from 'perdure';
export const Size = { a: 1 } as const; export type Size = keyof typeof Size;
interface Box { a: number } class Box { b = 1 }
function make(): number; function make(x: string): number; function make(x?: string) { return make.count; }
namespace make { export const count = 1; }
enum Kind { a } namespace Kind { export const all = [Kind.a]; }
declare const outside: string; declare function elsewhere(): void;
abstract class Base<T> { constructor(protected readonly value: T) {} abstract get(): T; declare extra: string; accessor more = 1; }
flow('main', function (this: void, size: Size = 'a') { return [Size[size], new Box(), make(), Kind.all, Base]; });`,
    },
    keeps: ['class Box', 'make.count', 'Kind.all', 'abstract class Base'],
  },
  {
    name: 'Node’s own way to ask whether the file is the program',
    files: {
      'flow.ts': `import { flow } from 'perdure';
import { fileURLToPath, pathToFileURL } from 'node:url';
const main = flow('main', () => 1);
if (process.argv[1] === fileURLToPath(import.meta.url)) await main.run();
if (import.meta.url === pathToFileURL(process.argv[1]!).href) { await main.run(); }`,
    },
    keeps: [`flow('main'`],
    drops: ['node:url', 'import.meta', 'process', 'run()'],
  },
  {
    name: 'JavaScript with JSX and decorators in the file is read',
    files: {
      'flow.jsx': `import { flow, task } from 'perdure'; import { render } from 'ink';
export const show = task('show', () => render(<div/>)); @sealed class Unused {} ${flowOf('return show()')}`,
    },
    drops: ['ink', '<div'],
  },
];

describe('what enters the sandbox', () => {
  test.each(cases)('$name', async ({ files, entry, keeps = [], drops = [], absent = [] }) => {
    const [first] = Object.keys(files).filter((name) => !name.endsWith('.json'));
    const name = entry ?? first ?? '';
    const { text } = await createProject(files).analyse(name);
    const code = text(name) ?? '';
    for (const kept of keeps) expect(code).toMatch(kept);
    for (const dropped of drops) expect(code).not.toMatch(dropped);
    for (const file of absent) expect(text(file)).toBeUndefined();
    for (const file of Object.keys(files)) expect(text(file) ?? '').not.toMatch(/node:|'fs'|'pg'/);
  });

  test('an import whose names all go is not left as a side effect', async () => {
    const project = createProject({
      'flow.ts': `import { read } from './host.js'; import { task, flow } from 'perdure'; export const load = task('load', read); flow('main', () => load());`,
      'host.ts': `import fs from 'node:fs'; export const read = () => fs.readFileSync('x');`,
    });
    const { text } = await project.analyse('flow.ts');
    expect(text('flow.ts')).not.toContain('host');
  });

  test('a body that is not stripped because nobody reads the module is no error', async () => {
    const project = createProject({
      'flow.ts': `import { flow, task } from 'perdure'; import { run } from './host.js'; const load = task('load', () => run()); flow('main', () => load());`,
      'host.ts': `import { task } from 'perdure'; export const run = (...args: never[]) => task(...args);`,
    });
    expect((await project.analyse('flow.ts')).text('host.ts')).toBeUndefined();
  });

  test('a body that cannot be told apart is an error with its place', async () => {
    const spread = createProject({
      'flow.ts': `import { task } from 'perdure';\nconst args = ['a', () => 1] as const;\nexport const a =\n  task(...args);`,
    });
    const error = await bundleErrorOf(spread.analyse('flow.ts'));
    expect([error.code, error.line, error.column]).toEqual(['BODY_NOT_STRIPPED', 4, 3]);
    const unnamed = createProject({
      'flow.ts': `import { task } from 'perdure';\nimport { make } from 'somewhere';\nexport const a = task(make());`,
    });
    const second = await bundleErrorOf(unnamed.analyse('flow.ts'));
    expect([second.code, second.line]).toEqual(['BODY_NOT_STRIPPED', 3]);
    expect(second.message).toContain('flow.ts:3');
  });
});
