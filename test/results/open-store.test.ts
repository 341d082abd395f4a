/** Which URLs are result stores; everything else is refused before anything is made. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openResultStore } from '../../src/results/index.js';

test('a path, a file URL and `file:` before a path are the same folder', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'perdure-open-')), 'a b');
  const ref = await (await openResultStore(folder)).put('runs/r/t/1', new Uint8Array(5));
  for (const url of [pathToFileURL(folder).href, `file:${folder}`]) {
    const store = await openResultStore(url);
    expect(store.id).toBe('file');
    expect((await store.get(ref)).byteLength).toBe(5);
  }
  rmSync(join(folder, '..'), { recursive: true });
});

test.each<[string, string]>([
  ['s3://bucket', 's3://bucket'],
  ['s3://bucket/', 's3://bucket'],
  ['s3://bucket/a/b/?region=eu-west-1', 's3://bucket/a/b'],
  ['s3://my.bucket-1/a?endpoint=http%3A%2F%2F127.0.0.1%3A9000', 's3://my.bucket-1/a'],
])('%s is the store %s', async (url, id) => {
  const store = await openResultStore(url);
  expect(store.id).toBe(id);
  await store.close();
});

test.each<[string, string]>([
  ['', 'names no folder'],
  ['file:', 'names no folder'],
  ['http://bucket/prefix', 'does not know `http:`'],
  ['s3://', 'bucket'],
  ['s3://Bad_Bucket/x', 'bucket'],
  ['s3://key:secret@bucket/x', 'credentials do not belong there'],
  ['s3://bucket/x?accessKeyId=1', 'does not know `accessKeyId`'],
  ['s3://bucket/x?endpoint=ftp://host', 'endpoint'],
  ['s3://bucket/a b', 'prefix'],
  ['s3://bucket/nul', 'prefix'],
])('%j is none: %s', async (url, says) => {
  const error: unknown = await openResultStore(url).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'ConfigError', code: 'BAD_CONFIG', message: expect.stringContaining(says) });
  expect(JSON.stringify(error) + String(error)).not.toContain('secret');
});
