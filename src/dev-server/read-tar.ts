/** One file out of a tar archive in memory. Pure. Reads the plain `ustar` headers that release archives have. */
import { ConnectionError } from '../core/errors.js';

const blockBytes = 512;

/** The bytes of the first regular file whose last path segment is `name`. */
export const readTarEntry = (archive: Uint8Array, name: string): Uint8Array => {
  for (let at = 0; at + blockBytes <= archive.byteLength;) {
    const header = archive.subarray(at, at + blockBytes);
    const path = text(header.subarray(0, 100));
    if (path === '') break;
    const size = Number.parseInt(text(header.subarray(124, 136)), 8);
    const start = at + blockBytes;
    if (!Number.isSafeInteger(size) || size < 0 || start + size > archive.byteLength) break;
    const isRegular = header[156] === 0 || header[156] === 0x30;
    if (isRegular && path.split('/').pop() === name) return archive.subarray(start, start + size);
    at = start + Math.ceil(size / blockBytes) * blockBytes;
  }
  throw new ConnectionError('SERVER_BINARY_NOT_FOUND', `the archive holds no file named ${name}`);
};

const text = (field: Uint8Array): string => {
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
};
