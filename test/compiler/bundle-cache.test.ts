import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBundle, writeBundle } from '../../src/compiler/bundle-cache.js';
import { recordInputs } from '../../src/compiler/bundle-inputs.js';
import { UsageError } from '../../src/core/errors.js';
import { createProject, type FlowProject, removeProjects, standIn } from './flow-project.js';

afterAll(removeProjects);

const flow = `import { flow } from 'perdure'; import { limit } from './limit.js'; flow('main', () => limit);`;
const newProject = (): FlowProject => createProject({ 'flow.ts': flow, 'limit.js': 'export const limit = 1;' });
const cacheOf = (project: FlowProject): string => join(project.root, '.perdure', 'bundles');
const filesIn = (project: FlowProject, ending: string): string[] =>
  readdirSync(cacheOf(project))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(cacheOf(project), name));

const folderInPlaceOf = (path: string): void => {
  rmSync(path);
  mkdirSync(join(path, 'inside'), { recursive: true });
};

describe('bundling again', () => {
  test('gives the same bundle from the cache, until one of its inputs is another', async () => {
    const project = newProject();
    const first = await project.bundle('flow.ts');
    expect(first.fromCache).toBe(false);
    const second = await project.bundle('flow.ts');
    expect(second).toEqual({ ...first, fromCache: true });
    expect(readFileSync(second.path, 'utf8') === second.code).toBe(true);

    // Touched, not changed.
    utimesSync(join(project.root, 'flow.ts'), new Date(), new Date());
    expect((await project.bundle('flow.ts')).fromCache).toBe(true);

    // As long as before, so that the size tells nothing.
    project.write({ 'limit.js': 'export const limit = 2;' });
    const third = await project.bundle('flow.ts');
    expect([third.fromCache, third.hash === first.hash]).toEqual([false, false]);

    // An import leads elsewhere now, though no file that went in has changed.
    project.write({ 'limit.ts': 'export const limit = 3;' });
    const fourth = await project.bundle('flow.ts');
    expect([fourth.fromCache, fourth.dependencies.some((file) => file.endsWith('limit.ts'))]).toEqual([false, true]);
    project.write({ 'tsconfig.json': '{}' });
    expect((await project.bundle('flow.ts')).fromCache).toBe(false);
  });

  test('misses when the cache is cut short, not ours, or half there; and mends it', async () => {
    const project = newProject();
    const { code, path } = await project.bundle('flow.ts');
    const [index = ''] = filesIn(project, '.json');
    const damages = [
      () => writeFileSync(index, readFileSync(index).subarray(0, 100)),
      () => writeFileSync(index, '{}'),
      () => writeFileSync(path, code.slice(0, -1)),
      () => writeFileSync(path, code.replace('main', 'mine')),
      () => rmSync(path),
      () => folderInPlaceOf(path),
      () => folderInPlaceOf(index),
    ];
    for (const damage of damages) {
      damage();
      const again = await project.bundle('flow.ts');
      expect([again.fromCache, again.code === code]).toEqual([false, true]);
      expect((await project.bundle('flow.ts')).fromCache).toBe(true);
    }
  });

  test('says which path is in the way where there can be no cache', async () => {
    const project = newProject();
    mkdirSync(join(project.root, '.perdure'));
    writeFileSync(cacheOf(project), 'no folder');
    await expect(project.bundle('flow.ts')).rejects.toMatchObject({
      code: 'BAD_CONFIG',
      message: expect.stringContaining(`EEXIST on ${cacheOf(project)}. Something else is in its place.`),
    });
  });

  test('by several at once gives each of them the whole bundle', async () => {
    const project = newProject();
    const all = await Promise.all([1, 2, 3].map(() => project.bundle('flow.ts')));
    expect(new Set(all.map(({ code }) => code)).size).toBe(1);
    expect((await project.bundle('flow.ts')).fromCache).toBe(true);
    expect(filesIn(project, '.tmp')).toEqual([]);
  });

  test('writes files for the user’s eyes only', async () => {
    const project = newProject();
    await project.bundle('flow.ts');
    const files = [...filesIn(project, '.json'), ...filesIn(project, '.js')];
    expect(files).toHaveLength(2);
    if (process.platform !== 'win32') for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('a hit loads neither webpack nor Babel nor the SDK', async () => {
    const project = newProject();
    await project.bundle('flow.ts');
    const door = new URL('../../src/compiler/index.ts', import.meta.url).href;
    const options = { projectRoot: project.root, cacheDir: cacheOf(project), sandbox: standIn };
    const script = `
      import { Module } from 'node:module';
      const { bundleFlows } = await import(${JSON.stringify(door)});
      const { fromCache } = await bundleFlows(['flow.ts'], ${JSON.stringify(options)});
      const loaded = Object.keys(Module._cache).filter((file) => /webpack|babel|temporalio|swc/.test(file));
      console.log(JSON.stringify({ fromCache, loaded }));`;
    const tsx = fileURLToPath(import.meta.resolve('tsx'));
    const said = execFileSync(process.execPath, ['--import', tsx, '--input-type=module', '-e', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(JSON.parse(said)).toEqual({ fromCache: true, loaded: [] });
  });

  test('a file that is not there is named', async () => {
    const project = newProject();
    const error = await project.bundle('flow.ts', 'nowhere.ts').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(join(project.root, 'nowhere.ts'));
  });
});

describe('the cache', () => {
  const facts = { hash: 'h', entries: [], dependencies: [], warnings: [] };

  test('keeps the two hundred that were used last, and no code without an index', () => {
    const project = newProject();
    const cacheDir = cacheOf(project);
    const inputs = { files: [], folders: [] };
    const hourAgo = new Date(Date.now() - 3_600_000);
    const age = (key: string, path: string): void => {
      utimesSync(join(cacheDir, `${key}.json`), hourAgo, hourAgo);
      utimesSync(path, hourAgo, hourAgo);
    };
    for (let n = 0; n < 201; n++) {
      const path = writeBundle(cacheDir, `key-${n}`, { ...facts, code: `code ${n}`, inputs });
      age(`key-${n}`, path);
      // Used again: the first is not the oldest any more.
      if (n === 10) expect(readBundle(cacheDir, 'key-0')?.code).toBe('code 0');
    }
    writeBundle(cacheDir, 'key-201', { ...facts, code: 'code 201', inputs });
    expect(readBundle(cacheDir, 'key-0')?.code).toBe('code 0');
    expect(readBundle(cacheDir, 'key-201')?.code).toBe('code 201');
    expect(filesIn(project, '.json')).toHaveLength(200);
    expect(filesIn(project, '.js')).toHaveLength(200);
  });

  test('does not record an input that was written while the bundle was made', () => {
    const project = newProject();
    const userFiles = [join(project.root, 'flow.ts')];
    const record = (startedAt: number): unknown =>
      recordInputs({ userFiles, otherFiles: [], projectRoot: project.root }, startedAt);
    const written = statSync(userFiles[0] ?? '').mtimeMs;
    expect(record(written - 1)).toBeUndefined();
    expect(record(written + 1)).toBeDefined();
  });
});
