/**
 * Source: the archive that Temporal publishes with each release of its CLI. Host. Delivers bytes, trusts nothing.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ConnectionError } from '../core/errors.js';
import { megabytes, type BinarySource, type DownloadContext } from './binary-source.js';
import { pinnedVersion } from './pinned-binaries.js';
import { readTarEntry } from './read-tar.js';

const answerWithinMs = 8_000;
const stalledAfterMs = 20_000;

/** The release's own host first: it serves the file itself. The download service redirects to a mirror of it. */
export const releaseUrls = ({ os, arch }: NonNullable<DownloadContext['pinned']['release']>): string[] => [
  `https://github.com/temporalio/cli/releases/download/v${pinnedVersion}/temporal_cli_${pinnedVersion}_${os}_${arch}.tar.gz`,
  `https://temporal.download/cli/archive/v${pinnedVersion}?platform=${os}&arch=${arch}`,
];

export const officialRelease: BinarySource = {
  name: 'official release archive',
  async download(context) {
    const failures: string[] = [];
    const { release } = context.pinned;
    for (const url of release === undefined ? [] : releaseUrls(release)) {
      try {
        return readTarEntry(await promisify(gunzip)(await fetchBytes(url, context)), 'temporal');
      } catch (error) {
        context.signal?.throwIfAborted();
        failures.push(`${new URL(url).host}: ${reasonOf(error)}`);
      }
    }
    throw unavailable(failures.join('; '));
  },
};

const fetchBytes = async (url: string, { onProgress, signal }: DownloadContext): Promise<Uint8Array> => {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(unavailable('no answer')), answerWithinMs);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal });
    if (!response.ok || !response.body) throw unavailable(`HTTP status ${response.status}`);
    const total = Number(response.headers.get('content-length')) || undefined;
    const chunks: Uint8Array[] = [];
    let received = 0;
    let reported = 0;
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(unavailable('the download stalled')), stalledAfterMs);
      chunks.push(chunk);
      received += chunk.byteLength;
      if (received - reported >= 10e6) {
        reported = received;
        onProgress(`  ${megabytes(received)}${total ? ` of ${megabytes(total)}` : ''}`);
      }
    }
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
  }
};

const unavailable = (reason: string): ConnectionError => new ConnectionError('SERVER_BINARY_NOT_FOUND', reason);

const reasonOf = (error: unknown): string => {
  const { cause, message } = error as { cause?: { message?: string }; message?: string };
  return cause?.message ?? message ?? String(error);
};
