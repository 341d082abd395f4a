/**
 * Whether a result is too large for one Temporal payload. Host. Most results are far too small to ask: a bound that
 * costs a look at each value decides those, and only what the bound cannot clear is turned into JSON here, once more
 * than the SDK will.
 */

/** Bytes of the JSON at most; stops counting beyond `limit`. */
const boundOf = (root: unknown, limit: number): number => {
  let bytes = 0;
  const pending: unknown[] = [root];
  while (pending.length > 0 && bytes <= limit) {
    const value = pending.pop();
    // One UTF-16 unit is six bytes at most, as \u0000.
    if (typeof value === 'string') bytes += value.length * 6 + 3;
    else if (typeof value !== 'object' || value === null) bytes += 26;
    else if (ArrayBuffer.isView(value)) bytes += value.byteLength * 40 + 2;
    else if (value instanceof Map || value instanceof Set) {
      bytes += 64;
      for (const [key, item] of value.entries()) pending.push(key, item);
    } else if (Array.isArray(value)) {
      bytes += 3;
      // A long array is over the bound anyway: do not copy it.
      if (value.length * 2 > limit) return limit + 1;
      for (const item of value) pending.push(item);
    } else {
      bytes += 64;
      for (const [key, item] of Object.entries(value)) {
        bytes += key.length * 6 + 4;
        pending.push(item);
      }
    }
  }
  return bytes;
};

/** The bytes of `value` as JSON when they are more than `limit`. */
export const bytesOver = (value: unknown, limit: number): number | undefined => {
  if (boundOf(value, limit) <= limit) return undefined;
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    // Not plain JSON: the payload converter knows what to do with it, or says why not.
    return undefined;
  }
  if (json === undefined) return undefined;
  const bytes = Buffer.byteLength(json);
  return bytes > limit ? bytes : undefined;
};
