/**
 * About how many bytes a value takes when it is encoded, from below, at the cost of a look. HOST. Decides where a
 * sequence is cut, and spares large values an encoding whose only use would be to learn that they are large.
 */
import { storedTag } from '../core/result-ref.js';

/** Bytes of what holds no other value; `undefined` for what does. */
const leafBytes = (value: unknown): number | undefined => {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 2;
  if (ArrayBuffer.isView(value)) return value.byteLength + 20;
  if (value instanceof ArrayBuffer) return value.byteLength + 20;
  return storedTag in value ? 200 : undefined;
};

/** Stops counting beyond `limit`, which also ends cycles. */
export const roughBytes = (root: unknown, limit: number): number => {
  const whole = leafBytes(root);
  if (whole !== undefined) return whole;
  let bytes = 0;
  const pending: object[] = [root as object];
  const add = (value: unknown): void => {
    const leaf = leafBytes(value);
    if (leaf === undefined) pending.push(value as object);
    else bytes += leaf;
  };
  for (let value = pending.pop(); value !== undefined && bytes <= limit; value = pending.pop()) {
    bytes += 3;
    if (Array.isArray(value)) {
      if (value.length * 2 > limit) return Math.max(bytes, value.length * 2);
      for (const item of value) add(item);
    } else if (value instanceof Map) {
      for (const entry of value) for (const part of entry) add(part);
    } else if (value instanceof Set) for (const item of value) add(item);
    else
      for (const key of Object.keys(value)) {
        bytes += key.length + 3;
        add((value as Record<string, unknown>)[key]);
      }
  }
  return bytes;
};
