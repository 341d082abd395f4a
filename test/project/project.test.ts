import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.js';
import { ensureStateDir, findProject, readJsonFile, writeFileAtomic } from '../../src/project/index.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'perdure-test-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const packageAt = (path: string, json: unknown): void => {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'package.json'), typeof json === 'string' ? json : JSON.stringify(json));
};

describe('a project', () => {
  test('is the nearest directory upward with a package.json, from a file or a directory', () => {
    packageAt(directory, { name: 'outer' });
    packageAt(join(directory, 'apps', 'inner'), { name: 'inner' });
    mkdirSync(join(directory, 'apps', 'inner', 'src'));
    writeFileSync(join(directory, 'apps', 'inner', 'src', 'flow.ts'), '');
    expect(findProject(join(directory, 'apps', 'inner', 'src', 'flow.ts'))).toEqual({
      root: join(directory, 'apps', 'inner'),
      name: 'inner',
      stateDir: join(directory, 'apps', 'inner', '.perdure'),
      cacheDir: join(directory, 'apps', 'inner', '.perdure', 'cache'),
    });
    expect(findProject(join(directory, 'apps')).name).toBe('outer');
  });

  test.each([
    [{ name: '@acme/data-pipes' }, 'acme-data-pipes'],
    [{ name: 'größe ✨ 数据' }, 'größe-数据'],
    [{ name: '../../etc' }, 'etc'],
    [{ name: '///' }, 'project'],
    [{ name: 'x'.repeat(500) }, 'x'.repeat(100)],
  ])('%j is named %s', (json, name) => {
    packageAt(directory, json);
    expect(findProject(directory).name).toBe(name);
  });

  test.each([
    ['no name', {}],
    ['a broken package.json', '{"name":'],
    ['a name of another type', { name: 5 }],
  ])('with %s takes the name of its folder', (_, json) => {
    packageAt(join(directory, 'my flows'), json);
    expect(findProject(join(directory, 'my flows')).name).toBe('my-flows');
  });

  test('finding it writes nothing', () => {
    packageAt(directory, { name: 'p' });
    const { stateDir } = findProject(directory);
    expect(statSync(stateDir, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('the state directory', () => {
  test('is for the user alone, and keeps itself out of version control', () => {
    const project = findProject(directory);
    expect(ensureStateDir(project)).toBe(project.stateDir);
    ensureStateDir(project);
    expect(readFileSync(join(project.stateDir, '.gitignore'), 'utf8')).toBe('*\n');
    if (process.platform !== 'win32') expect(statSync(project.stateDir).mode & 0o777).toBe(0o700);
  });

  test('that cannot be made is BAD_CONFIG, with its path', () => {
    writeFileSync(join(directory, '.perdure'), 'a file, not a directory');
    const stateDir = join(directory, '.perdure');
    expect(() => ensureStateDir({ stateDir })).toThrow(ConfigError);
    expect(() => ensureStateDir({ stateDir })).toThrow(
      expect.objectContaining({
        code: 'BAD_CONFIG',
        message: expect.stringContaining(`EEXIST on ${stateDir}. Something else is in its place. Move that away`),
        details: { path: stateDir, errno: 'EEXIST' },
      }),
    );
  });
});

test('a file is replaced whole, readable by the user only, and leaves nothing beside it', () => {
  const path = join(directory, 'record.json');
  writeFileAtomic(path, '{"a":1}');
  writeFileAtomic(path, '{"a":2}');
  expect(readJsonFile(path)).toEqual({ a: 2 });
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => writeFileAtomic(join(directory, 'none', 'x'), '')).toThrow();
  rmSync(path);
  expect(readJsonFile(path)).toBeUndefined();
});

test('a file whose place is taken is BAD_CONFIG with its own path, and leaves nothing beside it', () => {
  const path = join(directory, 'record.json');
  mkdirSync(path);
  expect(() => writeFileAtomic(path, '{}')).toThrow(
    expect.objectContaining({ code: 'BAD_CONFIG', details: { path, errno: 'EISDIR' } }),
  );
  expect(readdirSync(directory)).toEqual(['record.json']);
  expect(readJsonFile(path)).toBeUndefined();
});

test.each(['', '{"a":1', 'null', '[1]', '5', '\u0000\u0001\u0002'])('a file that holds %j is no record', (content) => {
  const path = join(directory, 'record.json');
  writeFileSync(path, content);
  expect(readJsonFile(path)).toBeUndefined();
});
