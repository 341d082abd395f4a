/**
 * Looks at every object of a value once, in the order in which it is encoded, and says how deep each lies. Pure. It does
 * not recurse, so that a value too deep for the encoder is measured and not overflown by.
 */
import { storedTag } from './result-ref.js';

export const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

const childrenOf = (value: object): Iterable<unknown> => {
  if (Array.isArray(value)) return value as unknown[];
  const tag = tagOf(value);
  if (tag === 'Map') return [...(value as Map<unknown, unknown>)].flat(1);
  if (tag === 'Set') return value as Set<unknown>;
  return tag === 'Object' ? (Object.values(value) as unknown[]) : [];
};

/** Calls `visit` with each object until it gives `true`; says whether it did. What stands in for stored values is not entered. */
export const walkValue = (root: unknown, visit: (value: object, depth: number) => boolean): boolean => {
  const seen = new Set<object>();
  const path: Iterator<unknown>[] = [[root].values()];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { value, done } = top.next() as IteratorResult<unknown, undefined>;
    if (done) path.pop();
    else if (typeof value === 'object' && value !== null && !seen.has(value)) {
      seen.add(value);
      if (visit(value, path.length)) return true;
      if (!(storedTag in value)) path.push(childrenOf(value)[Symbol.iterator]());
    }
  }
  return false;
};
