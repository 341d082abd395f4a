/** The S3 store keeps the contract on a real server, and says what is wrong where the server refuses or is not there. */
import { jest } from '@jest/globals';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createValues, openResultStore, type ResultStore } from '../../src/results/index.js';
import { loadS3 } from '../../src/results/s3-client.js';
import { resultStoreContract } from '../contracts/result-store.js';
import { type S3Server, spoilObject, startS3Server } from '../support/s3-server.js';

// The first time on a machine the server is built from its sources.
const buildTime = 15 * 60_000;
jest.setTimeout(60_000);

let server: S3Server;
let url: string;
let prefix: string;
let count = 0;
const before = { ...process.env };

beforeAll(async () => {
  server = await startS3Server();
  Object.assign(process.env, server.environment);
}, buildTime);
afterAll(async () => {
  process.env = before;
  // Absent when it could not be started, which has been said by then.
  await (server as S3Server | undefined)?.stop();
});
beforeEach(() => {
  prefix = `team/test-${++count}`;
  url = `s3://${server.bucket}/${prefix}?endpoint=${encodeURIComponent(server.endpoint)}&region=us-east-1`;
});

describe('the contract', () => {
  resultStoreContract({
    // versitygw's folders have no compare-and-swap: see docs/guide/limits.md for the servers that do.
    hasLooseConditions: true,
    open: (options) => openResultStore(url, options),
    spoil: async (key, bytes) => spoilObject(server, `${prefix}/${key}`, bytes),
  });
});

describe('on a server', () => {
  let store: ResultStore;
  beforeEach(async () => {
    store = await openResultStore(url);
  });
  afterEach(() => store.close());

  test('the store is named by its bucket and prefix, whatever the endpoint', () =>
    expect(store.id).toBe(`s3://results/${prefix}`));

  test('objects lie under the prefix, and no other store lists or deletes them', async () => {
    await store.put('runs/a/t/1', new Uint8Array(3));
    expect(existsSync(join(server.folder, prefix, 'runs/a/t/1'))).toBe(true);
    const other = await openResultStore(url.replace(prefix, `${prefix}-b`));
    await other.deletePrefix('runs/a/');
    for await (const found of other.list('runs/')) throw new RangeError(found.key);
    expect(existsSync(join(server.folder, prefix, 'runs/a/t/1'))).toBe(true);
    await other.close();
  });

  test('more objects than one answer lists are all listed, and all deleted', async () => {
    const keys = Array.from({ length: 1_050 }, (_, i) => `runs/a/t/${String(i).padStart(4, '0')}`);
    for (let i = 0; i < keys.length; i += 50)
      await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, new Uint8Array(1))));
    const listed: string[] = [];
    for await (const { key } of store.list('runs/')) listed.push(key);
    expect(listed).toEqual(keys);
    await store.deletePrefix('runs/a/');
    for await (const found of store.list('runs/')) throw new RangeError(found.key);
  });

  test('values of several segments come back', async () => {
    const values = createValues(store);
    const place = { runId: 'Run 1', taskRunId: 'rows-0[3]', attempt: 1 };
    const rows = Array.from({ length: 25_000 }, (_, i) => ({ i, at: new Date(i) }));
    expect(await values.resolve(await values.write(place, rows))).toEqual(rows);
  });

  test('an upload that was begun and is not finished leaves no object', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const source = async function* (): AsyncIterable<Uint8Array> {
      yield new Uint8Array(20 * 1024 * 1024);
      await held;
    };
    const writing = store.put('runs/a/t/1', source());
    const uploads = join(server.folder, '.sgwtmp');
    while (!existsSync(uploads) || readdirSync(uploads, { recursive: true }).length < 3)
      await new Promise((resolve) => setTimeout(resolve, 20));
    for await (const found of store.list('runs/')) throw new RangeError(found.key);
    release();
    expect((await writing).bytes).toBe(20 * 1024 * 1024);
  });

  test('a bucket that is not there, or is not ours, is STORE_FAILED and says so', async () => {
    const key = 'runs/r/t/1';
    const absent = await openResultStore(url.replace('s3://results', 's3://no-such-bucket'));
    await expect(absent.put(key, new Uint8Array(1))).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringContaining('s3://no-such-bucket'),
      details: expect.objectContaining({ key, runId: 'r', taskRunId: 't' }),
    });
    const ref = { store: absent.id, key, bytes: 1, sha256: '' };
    await expect(absent.get(ref)).rejects.toMatchObject({ code: 'STORE_FAILED' });
    await absent.close();

    process.env['AWS_SECRET_ACCESS_KEY'] = 'wrong';
    try {
      const stranger = await openResultStore(url);
      await expect(stranger.put(key, new Uint8Array(1))).rejects.toMatchObject({ code: 'STORE_FAILED' });
      await stranger.close();
    } finally {
      process.env['AWS_SECRET_ACCESS_KEY'] = server.environment['AWS_SECRET_ACCESS_KEY'];
    }
  });
});

test('without the package, a store in S3 says what to install', async () => {
  await expect(loadS3(() => Promise.reject(new TypeError('not found')))).rejects.toMatchObject({
    name: 'ConfigError',
    code: 'BAD_CONFIG',
    message: expect.stringContaining('npm install @aws-sdk/client-s3'),
  });
});
