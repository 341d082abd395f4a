import { execFile } from 'node:child_process';
import { cpSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundleFlows } from '../../src/compiler/index.js';
import { withoutSourceMap } from '../../src/compiler/source-map.js';
import { createProject, loadBundle, removeProjects } from './flow-project.js';

afterAll(removeProjects);

const temporal = createRequire(createRequire(import.meta.url).resolve('@temporalio/worker'));
interface SourceMapConsumer {
  with<T>(
    map: object,
    url: null,
    use: (map: { originalPositionFor(at: object): { source: string; line: number } }) => T,
  ): Promise<T>;
}
const { SourceMapConsumer } = temporal('source-map') as { SourceMapConsumer: SourceMapConsumer };

/** The modules of a bundle, by name. */
const modulesIn = (code: string): string[] =>
  [...withoutSourceMap(code).matchAll(/^\/\*{3}\/ "(.+)"$/gm)].map((match) => match[1] ?? '');

const mapOf = (code: string): { sources: string[]; sourcesContent: (string | null)[]; file: string; names: string[] } =>
  JSON.parse(Buffer.from(code.slice(code.lastIndexOf('base64,') + 7), 'base64').toString());

/** Where the user wrote what stands at `needle` in the bundle. */
const originalOf = async (code: string, needle: string): Promise<string> => {
  const before = code.slice(0, code.indexOf(needle)).split('\n');
  const position = { line: before.length, column: before.at(-1)?.length ?? 0 };
  return SourceMapConsumer.with(mapOf(code), null, (map) => {
    const { source, line } = map.originalPositionFor(position);
    return `${source}:${line}`;
  });
};

const pipeline = `import { readFile } from 'node:fs/promises';
import { task, flow, isMain } from 'perdure';

interface Row { id: number }
export const extract = task('extract', async () => JSON.parse(await readFile('rows.json', 'utf8')) as Row[]);
export const load = task('load', { retries: 3 }, async (rows: Row[]) => rows.length);

export const pipeline = flow('Data Pipeline', (params: { limit: number }) => {
  if (params.limit < 0) {
    throw new RangeError('limit');
  }
  return load(extract());
});
if (isMain(import.meta)) await pipeline.run();
`;

describe('a bundle', () => {
  test('evaluates as Temporal does it, and has its flows by their free names', async () => {
    const project = createProject({
      'flow.ts': pipeline,
      'more.mts': `import { flow } from 'perdure'; flow('naïve “名前”', () => 'mts'); flow('second', () => 2);`,
      'old.cjs': `const { flow } = require('perdure'); exports.old = flow('old', () => 'cjs');`,
    });
    const { code, entries, warnings } = await project.bundle('flow.ts', 'more.mts', 'old.cjs');
    const flows = loadBundle(code);
    expect(Object.keys(flows).sort()).toEqual(['Data Pipeline', '__tasks', 'naïve “名前”', 'old', 'second']);
    expect(flows.__tasks).toEqual({ extract: null, load: { retries: 3 } });
    expect(flows['Data Pipeline']?.({ limit: 1 })).toEqual({ task: 'load', args: [{ task: 'extract', args: [] }] });
    expect(flows['old']?.()).toBe('cjs');
    expect(entries.map(({ file }) => file)).toEqual(
      ['flow.ts', 'more.mts', 'old.cjs'].map((file) => join(project.root, file)),
    );
    expect(warnings).toEqual([]);
  });

  test('with perdure’s own sandbox build, as it is shipped', async () => {
    const project = createProject({ 'flow.ts': pipeline });
    const { code } = await bundleFlows(['flow.ts'], {
      projectRoot: project.root,
      cacheDir: join(project.root, 'cache'),
    });
    const { 'Data Pipeline': workflow } = loadBundle(code);
    expect(typeof workflow).toBe('function');
    expect(modulesIn(code)).toContain('perdure/workflows/sandbox-entry.js');
    expect(modulesIn(code).filter((name) => /^perdure\/(?!workflows|authoring|core|compiler)/.test(name))).toEqual([]);
  });

  test('leads back to the user’s lines', async () => {
    const project = createProject({ 'src/flow.ts': pipeline });
    const { code } = await project.bundle('src/flow.ts');
    expect(await originalOf(code, `throw new RangeError('limit')`)).toBe('src/flow.ts:10');
    expect(await originalOf(code, 'return load(extract())')).toBe('src/flow.ts:12');
    const { sources, sourcesContent, file, names } = mapOf(code);
    // Temporal would print the callee's name for the caller's frame.
    expect(names).toEqual([]);
    expect(sourcesContent[sources.indexOf('src/flow.ts')]).toBe(pipeline);
    // What packages look like inside is no user's concern, and every worker would load it.
    expect(sourcesContent.filter((text) => text !== null)).toHaveLength(1);
    expect(file).toMatch(/^flows-[0-9a-f]{16}\.js$/);
  });

  test('is the same bytes wherever the project lies, and in whatever order its files are named', async () => {
    const files = {
      'flow.ts': pipeline,
      'lib/b.ts': `import { flow } from 'perdure'; export const b = flow('b', () => 1);`,
    };
    const [one, two] = [createProject(files), createProject(files)];
    const first = await one.bundle('flow.ts', 'lib/b.ts');
    const second = await two.bundle('lib/b.ts', 'flow.ts');
    expect(second.code === first.code).toBe(true);
    expect(first.code).not.toContain(one.root);
    expect(Buffer.from(first.code.slice(first.code.lastIndexOf('base64,') + 7), 'base64').toString()).not.toContain(
      one.root,
    );
    expect(second.entries.map((entry) => entry.hash).reverse()).toEqual(first.entries.map((entry) => entry.hash));
  });

  test('gives a file’s flows one identity, alone or with others, whatever their tasks’ bodies are', async () => {
    const shared = `import fs from 'node:fs'; import { task } from 'perdure'; export const a = task('a', () => fs.statSync('a')); export const limit = 5; export const unit = 'm';`;
    const project = createProject({
      'one.ts': `import { flow } from 'perdure'; import { a, limit } from './shared.js'; flow('one', () => [a(), limit]);`,
      'two.ts': `import { flow } from 'perdure'; import { unit } from './shared.js'; flow('two', () => unit);`,
      'shared.ts': shared,
    });
    const identityOf = async (...files: string[]): Promise<string | undefined> =>
      (await project.bundle(...files)).entries[0]?.hash;
    const alone = await identityOf('one.ts');
    expect(await identityOf('one.ts', 'two.ts')).toBe(alone);
    project.write({ 'shared.ts': `\n// a comment\n${shared.replace(`statSync('a')`, `statSync('b').size`)}` });
    expect(await identityOf('one.ts')).toBe(alone);
    project.write({ 'shared.ts': shared.replace('limit = 5', 'limit = 6') });
    expect(await identityOf('one.ts')).not.toBe(alone);
  });

  test('holds zod, JSON, classes, enums, CommonJS packages and tsconfig paths where flow code uses them', async () => {
    const project = createProject({
      'tsconfig.json': '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      'flow.ts': `import { z } from 'zod';
import { flow } from 'perdure';
import sizes from './sizes.json' with { type: 'json' };
import { Window, Kind } from '@lib/window.js';
import plain from 'plain';
import { URL as Url } from 'node:url';
const params = z.object({ limit: z.coerce.number().default(3) });
flow('main', { params }, async (input) => {
  const { lazy } = await import('./lib/lazy.js');
  return [params.parse(input).limit, sizes.small, new Window(2).double, Kind.wide, plain.name, lazy, new Url('a:b').href];
});`,
      'sizes.json': '{ "small": 1 }',
      'lib/window.ts': `export enum Kind { narrow, wide } export class Window { static unit = 'm'; constructor(private readonly size: number) {} get double(): number { return this.size * 2; } }`,
      'lib/lazy.ts': `export const lazy = 'later';`,
      'node_modules/plain/package.json': '{ "name": "plain", "version": "1.0.0" }',
      'node_modules/plain/index.js': `exports.name = 'plain';`,
    });
    const zod = dirname(realpathSync(fileURLToPath(import.meta.resolve('zod/package.json'))));
    cpSync(zod, join(project.root, 'node_modules/zod'), { recursive: true });
    const { code } = await project.bundle('flow.ts');
    const flows = loadBundle(code);
    expect(await flows['main']?.({ limit: '7' })).toEqual([7, 1, 4, 1, 'plain', 'later', 'a:b']);
  });

  test('keeps decorated classes and JSX as the tsconfig has them', async () => {
    const project = createProject({
      'tsconfig.json':
        '{ "compilerOptions": { "experimentalDecorators": true, "jsx": "react-jsx", "jsxImportSource": "tiny" } }',
      'flow.tsx': `import { flow } from 'perdure';
const seen: string[] = [];
const mark = (target: { name: string }) => { seen.push(target.name); };
@mark class Report { title = 'x'; }
flow('main', () => [new Report().title, seen, <b>{'text'}</b>]);`,
      'node_modules/tiny/package.json':
        '{ "name": "tiny", "version": "1.0.0", "exports": { "./jsx-runtime": "./jsx-runtime.js" } }',
      'node_modules/tiny/jsx-runtime.js': `exports.jsx = (type, props) => type + ':' + props.children;`,
    });
    const flows = loadBundle((await project.bundle('flow.tsx')).code);
    expect(flows['main']?.()).toEqual(['x', ['Report'], 'b:text']);
  });

  test('holds JSX also where webpack by itself reads TypeScript, as it does on newer versions of Node', async () => {
    const project = createProject({
      'flow.tsx': `import { flow } from 'perdure';
const React = { createElement: (type: string) => type };
flow('main', () => <b />);`,
      'node-22.cjs': `require('node:module').stripTypeScriptTypes ??= (code) => code;`,
    });
    const door = new URL('../../dist/compiler/index.js', import.meta.url).href;
    const program = `import { bundleFlows } from '${door}';
console.log((await bundleFlows(['flow.tsx'], { projectRoot: process.cwd(), cacheDir: 'cache' })).hash);`;
    const args = ['--require', './node-22.cjs', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: project.root });
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
  });

  test('is made in folders whose names have characters that mean something in a request', async () => {
    const folder = "a b#c%41'ü";
    const project = createProject({
      [`${folder}/tsconfig.json`]: '{ "compilerOptions": { "paths": { "@lib/*": ["./lib/*"] } } }',
      [`${folder}/flow.ts`]: `import { one } from '@lib/one.js';
import { flow } from 'perdure';
flow('main', () => one);`,
      [`${folder}/lib/one.ts`]: 'export const one: number = 1;',
    });
    const { code, dependencies } = await project.bundle(`${folder}/flow.ts`);
    expect(loadBundle(code)['main']?.()).toBe(1);
    expect(dependencies).toContain(join(project.root, folder, 'lib/one.ts'));
  });

  test('keeps the React that classic JSX uses without naming it', async () => {
    const project = createProject({
      'flow.tsx': `import { flow } from 'perdure';
const React = { createElement: (type: string) => type };
flow('main', () => <b />);`,
    });
    expect(loadBundle((await project.bundle('flow.tsx')).code)['main']?.()).toBe('b');
  });

  test('keeps standard decorators and accessors, where the tsconfig does not ask for the legacy ones', async () => {
    const project = createProject({
      'flow.ts': `import { flow } from 'perdure';
const loud = (method: () => string, _: ClassMethodDecoratorContext) => function (this: Report) { return method.call(this) + '!'; };
class Report { accessor title = 'x'; @loud text() { return this.title; } }
flow('main', () => new Report().text());`,
    });
    expect(loadBundle((await project.bundle('flow.ts')).code)['main']?.()).toBe('x!');
  });

  test('of a trivial flow holds nothing but the user’s module, perdure and Temporal’s workflow side', async () => {
    const project = createProject({ 'flow.ts': pipeline });
    const { code } = await project.bundle('flow.ts');
    const modules = modulesIn(code);
    expect(modules).toContain('flow.ts');
    const allowed =
      /^(flow\.ts|perdure\/.+|node_modules\/(@temporalio\/(workflow|common|proto|worker\/lib\/workflow\/module-overrides)|long|ms|nexus-rpc|protobufjs|@protobufjs)\/.+)$/;
    const ignored = /__temporal_custom_(payload|failure)_converter/;
    expect(modules.filter((name) => !allowed.test(name) && !ignored.test(name))).toEqual([]);
    expect(modules.some((name) => name.startsWith('/') || name.includes('..'))).toBe(false);
    // Budget: what every worker loads before its first flow.
    expect(withoutSourceMap(code).length).toBeLessThan(600_000);
    expect(code.length).toBeLessThan(800_000);
  });
});
