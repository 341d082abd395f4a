/**
 * A result store by its URL: a folder, or a bucket. HOST. The URL holds no secrets: it is written into logs, and names
 * the store in histories.
 */
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../core/errors.js';
import { createFileStore } from './file-store.js';
import { checkKey } from './keys.js';
import { loadS3 } from './s3-client.js';
import { createMemoryStore, memoryObjects } from './memory-store.js';
import { createS3Store } from './s3-store.js';
import type { ResultStore } from './store.js';

const refuse = (url: string, says: string, cause?: unknown): never => {
  // What may be a secret is not repeated.
  const shown = url.replace(/\/\/[^/@]*@/, '//…@').replace(/\?.*$/s, '?…');
  throw new ConfigError(
    'BAD_CONFIG',
    `The result store ${JSON.stringify(shown)} cannot be opened: ${says}. Expected a folder, file:///folder, or s3://bucket/prefix?region=…&endpoint=…`,
    { ...(cause === undefined ? {} : { cause }), details: { store: shown } },
  );
};

/** A drive letter is no scheme. */
const schemeOf = (url: string): string | undefined => /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();

const folderOf = (url: string): string => {
  if (schemeOf(url) === undefined) return url;
  const path = url.slice('file:'.length);
  // `file:results` and `file:C:\results`, which are no URLs, are meant as paths.
  if (!path.startsWith('/') || !URL.canParse(url)) return path;
  try {
    return fileURLToPath(url);
  } catch (error) {
    return refuse(url, (error as Error).message, error);
  }
};

const bucketPattern = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const queryNames = new Set(['region', 'endpoint', 'forcePathStyle']);

const parseS3 = (url: string) => {
  if (!URL.canParse(url)) return refuse(url, 'it is not a URL');
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  if (username !== '' || password !== '')
    refuse(url, 'credentials do not belong there; the AWS SDK finds them in the environment or a profile');
  for (const name of searchParams.keys()) if (!queryNames.has(name)) refuse(url, `it does not know \`${name}\``);
  if (!bucketPattern.test(hostname) || port !== '') refuse(url, `${JSON.stringify(hostname)} is not a bucket's name`);
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  if (prefix.length > 200) refuse(url, 'its prefix is longer than 200 characters');
  try {
    if (prefix !== '') checkKey(prefix, url);
  } catch (error) {
    refuse(url, `the prefix ${JSON.stringify(prefix)} has characters that keys cannot have`, error);
  }
  const endpoint = searchParams.get('endpoint') ?? undefined;
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : ''))
    refuse(url, 'its endpoint is not an http(s) address');
  const region = searchParams.get('region') ?? undefined;
  return { bucket: hostname, prefix, endpoint, region, forcePathStyle: searchParams.get('forcePathStyle') };
};

const openS3 = async (url: string, maxBytes: { maxBytes?: number }): Promise<ResultStore> => {
  const { bucket, prefix, endpoint, region, forcePathStyle } = parseS3(url);
  const s3 = await loadS3();
  const client = new s3.S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    // A server of one's own seldom has a name for each bucket.
    forcePathStyle: forcePathStyle === null ? endpoint !== undefined : forcePathStyle === 'true',
    // We check every byte ourselves, and other servers than Amazon's do not know these checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return createS3Store(s3, client, { bucket, prefix, ...maxBytes });
};

/**
 * Opens a result store; nothing is made or asked before the first use.
 * @param url A folder, `file:///folder`, or `s3://bucket/prefix?region=…&endpoint=…&forcePathStyle=true`
 * @throws ConfigError BAD_CONFIG for anything else, and for S3 without the package `@aws-sdk/client-s3`
 */
export const openResultStore = async (url: string, options: { maxBytes?: number } = {}): Promise<ResultStore> => {
  const scheme = schemeOf(url);
  if (scheme === 's3') return openS3(url, options);
  if (scheme === 'memory') return createMemoryStore(memoryObjects(url), options);
  if (scheme !== undefined && scheme !== 'file') refuse(url, `it does not know \`${scheme}:\``);
  const folder = folderOf(url);
  if (folder === '') refuse(url, 'it names no folder');
  return createFileStore(folder, options);
};
