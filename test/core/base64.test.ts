/** The sandbox has no Buffer: both ways give the same text and the same bytes. */
import { jest } from '@jest/globals';

test.each([0, 1, 2, 3, 4, 255, 256, 257])('%i bytes, with Buffer and without', async (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * 37) % 256);
  const native = await import('../../src/core/base64.js');
  const { Buffer } = globalThis;
  jest.resetModules();
  try {
    Reflect.deleteProperty(globalThis, 'Buffer');
    const plain = await import('../../src/core/base64.js');
    globalThis.Buffer = Buffer;
    const text = Buffer.from(bytes).toString('base64');
    expect(native.toBase64(bytes)).toBe(text);
    expect(plain.toBase64(bytes)).toBe(text);
    expect(native.fromBase64(text)).toEqual(bytes);
    expect(plain.fromBase64(text)).toEqual(bytes);
  } finally {
    globalThis.Buffer = Buffer;
  }
});
