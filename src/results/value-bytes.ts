/**
 * Values as the bytes of an object, and back: JSON text as it is, other text and raw bytes after a line that says so.
 * HOST. Written to disks and buckets: what is declared here stays readable for good.
 */
import { decodeText, encodeText, type TextFormat } from '../core/text-codec.js';
import { tagOf } from '../core/walk-value.js';

// No JSON text starts with it.
const devalueLine = '#devalue\n';
const bytesLine = '#bytes\n';

export const isRawBytes = (value: unknown): value is Uint8Array => tagOf(value) === 'Uint8Array';

export interface EncodedValue {
  bytes: Uint8Array;
  format: TextFormat | 'bytes';
}

/** @throws AuthoringError NOT_SERIALIZABLE with the path; RangeError when no string is long enough */
export const encodeValue = (value: unknown): EncodedValue => {
  if (isRawBytes(value)) return { bytes: Buffer.concat([Buffer.from(bytesLine), value]), format: 'bytes' };
  const { text, format } = encodeText(value);
  return { bytes: Buffer.from(format === 'json' ? text : devalueLine + text), format };
};

/** Throws whatever its parser does for bytes that `encodeValue` did not write. */
export const decodeValue = (bytes: Uint8Array): unknown => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // A copy, so that what is kept of it keeps nothing else.
  if (startsWith(buffer, bytesLine)) return new Uint8Array(buffer.subarray(bytesLine.length));
  return startsWith(buffer, devalueLine)
    ? decodeText(buffer.toString('utf8', devalueLine.length), 'devalue')
    : decodeText(buffer.toString(), 'json');
};

/** Whether what stands in for other stored values may be inside: JSON text has none. */
export const mayRefer = (bytes: Uint8Array): boolean => startsWith(bytes, devalueLine);

const startsWith = (bytes: Uint8Array, line: string): boolean => {
  for (let i = 0; i < line.length; i++) if (bytes[i] !== line.charCodeAt(i)) return false;
  return true;
};
