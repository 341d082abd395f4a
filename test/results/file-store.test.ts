/** The file store keeps the contract, and what is of files alone: modes, links, killed writers, a folder of its own. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createFileStore, type ResultStore } from '../../src/results/index.js';
import { resultStoreContract } from '../contracts/result-store.js';

let base: string;
let root: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'perdure-store-'));
  root = join(base, 'results');
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const bytes = new TextEncoder().encode('some bytes');
const key = 'runs/r/t/1';
const writing = (): string[] => readdirSync(join(root, '.writing'));

describe('the contract', () => {
  resultStoreContract({
    open: (options) => createFileStore(root, options),
    spoil: async (at, content) => {
      const path = join(root, at);
      if (content === undefined) rmSync(path);
      else writeFileSync(path, content);
    },
  });
});

describe('files', () => {
  let store: ResultStore;
  beforeEach(() => {
    store = createFileStore(root);
  });

  const onlyPosix = process.platform === 'win32' ? test.skip : test;
  onlyPosix('are for their owner alone, and so are their folders', async () => {
    await store.put(key, bytes);
    const mode = (path: string): string => (statSync(join(root, path)).mode & 0o777).toString(8);
    expect(['', 'runs', 'runs/r', 'runs/r/t', '.writing'].map(mode)).toEqual(Array(5).fill('700'));
    expect(mode(key)).toBe('600');
  });

  test.each(['', '.writing'])("are written though somebody removed the store's folder '%s'", async (removed) => {
    await store.put(key, bytes);
    rmSync(join(root, removed), { recursive: true });
    expect(Buffer.from(await store.get(await store.put(key, bytes))).toString()).toBe('some bytes');
    expect(readdirSync(root)).toContain('.perdure-store');
  });

  test('are copied, and documents changed, though somebody removed the folder that writes begin in', async () => {
    const ref = await store.put(key, bytes);
    const remove = (): void => rmSync(join(root, '.writing'), { recursive: true });
    remove();
    expect(Buffer.from(await store.get(await store.copy(ref, `${key}-2`))).toString()).toBe('some bytes');
    remove();
    expect(await store.swap('limits/a', undefined, bytes)).toBeDefined();
  });

  test('are durable on request', async () => {
    const durable = createFileStore(root, { fsync: true });
    expect(Buffer.from(await durable.get(await durable.put(key, bytes))).toString()).toBe('some bytes');
  });

  test('are not made by reading', async () => {
    const ref = { store: 'file', key, bytes: 1, sha256: '00' };
    await expect(store.get(ref)).rejects.toMatchObject({ code: 'RESULT_MISSING' });
    await store.deletePrefix('runs/r/');
    expect(existsSync(root)).toBe(false);
  });

  test('no link leads out of the store, for reading, writing, listing or deleting', async () => {
    const ref = await store.put(key, bytes);
    const outside = join(base, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, '1'), bytes);
    rmSync(join(root, 'runs/r/t'), { recursive: true });
    symlinkSync(outside, join(root, 'runs/r/t'), 'junction');
    const refusal = { code: 'RESULT_CORRUPT', message: expect.stringContaining('symbolic link') };
    await expect(store.get(ref)).rejects.toMatchObject(refusal);
    await expect(store.put('runs/r/t/2', bytes)).rejects.toMatchObject(refusal);
    await expect(store.deletePrefix('runs/r/t/')).rejects.toMatchObject(refusal);
    await expect(store.list('runs/r/t/')[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
    await store.deletePrefix('runs/r/');
    expect(readdirSync(outside)).toEqual(['1']);
    expect(writing()).toEqual([]);
  });

  onlyPosix('an object that is a link is none', async () => {
    const ref = await store.put(key, bytes);
    rmSync(join(root, key));
    writeFileSync(join(base, 'secret'), bytes);
    symlinkSync(join(base, 'secret'), join(root, key));
    await expect(store.get(ref)).rejects.toMatchObject({ code: 'RESULT_CORRUPT' });
  });

  test('a folder with files of others is not taken for a store', async () => {
    mkdirSync(join(root, 'runs/r'), { recursive: true });
    writeFileSync(join(root, 'runs/r/precious'), 'mine');
    await expect(store.put(key, bytes)).rejects.toMatchObject({ name: 'ConfigError', code: 'BAD_CONFIG' });
    await expect(store.deletePrefix('runs/r/')).rejects.toMatchObject({ code: 'BAD_CONFIG' });
    expect(existsSync(join(root, 'runs/r/precious'))).toBe(true);
  });

  test('what the system refuses is STORE_FAILED, with the path', async () => {
    await store.put(key, bytes);
    await expect(store.put(`${key}/below-a-file`, bytes)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining(join(root, 'runs/r/t/1')),
      details: expect.objectContaining({ key: `${key}/below-a-file`, runId: 'r', taskRunId: 't' }),
    });
    expect(writing()).toEqual([]);
  });
});

const onlyUnix = process.platform === 'win32' ? test.skip : test;
onlyUnix('a write for which there is no space names the folder and what to do, and leaves nothing', () => {
  const writer = resolve(import.meta.dirname, 'fixtures/limited-writer.ts');
  const line = `ulimit -f 16; exec "$0" --import tsx "$1" "$2"`;
  const output = execFileSync('sh', ['-c', line, process.execPath, writer, root], {
    env: { ...process.env, NODE_OPTIONS: '', TSX_DISABLE_CACHE: '1' },
    encoding: 'utf8',
  });
  const { code, message } = JSON.parse(output) as { code: string; message: string };
  expect(code).toBe('STORE_FAILED');
  expect(message).toContain(`could not be written in ${root}: EFBIG`);
  expect(message).toContain('The disk, or your share of it, is full. Free some space and run again.');
  expect(writing()).toEqual([]);
  expect(existsSync(join(root, 'runs'))).toBe(false);
});

describe('a writer that is killed', () => {
  const writer = resolve(import.meta.dirname, 'fixtures/killed-writer.ts');
  const killed = async (): Promise<void> => {
    const child = spawn(process.execPath, ['--import', 'tsx', writer, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
  };

  test('leaves no object, and its file is swept once it is surely dead', async () => {
    await killed();
    const [left = ''] = writing();
    expect(left).not.toBe('');
    const store = createFileStore(root);
    const listed: string[] = [];
    for await (const { key: at } of store.list('runs/')) listed.push(at);
    expect(listed).toEqual(['runs/r/t/before']);

    await store.put(key, bytes);
    expect(writing()).toEqual([left]);
    const earlier = Date.now() / 1000 - 120;
    utimesSync(join(root, '.writing', left), earlier, earlier);
    await createFileStore(root).put(key, bytes);
    expect(writing()).toEqual([]);
  });
});

test('the file of a living writer is not swept by another', async () => {
  const store = createFileStore(root);
  let during: string[] = [];
  const source = async function* (): AsyncIterable<Uint8Array> {
    yield bytes;
    const [own = ''] = writing();
    const earlier = Date.now() / 1000 - 3_600;
    utimesSync(join(root, '.writing', own), earlier, earlier);
    await createFileStore(root).put('runs/r/t/other', bytes);
    during = writing();
    yield bytes;
  };
  const ref = await store.put(key, source());
  expect(during).toHaveLength(1);
  expect((await store.get(ref)).byteLength).toBe(20);
});
