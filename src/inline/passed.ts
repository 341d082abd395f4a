/**
 * Values on their way between flow code and bodies of a run in memory: encoded and decoded as they would be on Temporal,
 * so that nothing is shared, and that what could not travel is refused. HOST.
 */
import { Cached, isCached } from '../core/cached.js';
import { checkPayloadBytes, payloadText } from '../core/payload-text.js';
import { maxOffloadedBytes } from '../core/protocol.js';
import { decodeText } from '../core/text-codec.js';

/** Encodes `value` once; each call of what it gives decodes it anew. @throws PayloadError */
export const encoded = (value: unknown): (() => unknown) => {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'number')
    return () => value;
  const { text, format } = payloadText(value);
  // A character is three bytes at most: few texts have to be measured.
  if (text.length * 3 > maxOffloadedBytes) checkPayloadBytes(Buffer.byteLength(text));
  return () => decodeText(text, format);
};

/** A copy of `value` as it arrives; one that was found in the cache stays marked as such. @throws PayloadError */
export const passed = (value: unknown): unknown =>
  isCached(value) ? new Cached(encoded(value.value)()) : encoded(value)();
