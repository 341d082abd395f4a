/**
 * Marks a task run's value as one that was found in the cache, on its way from the worker to the flow. Pure. In a history
 * it is a mark of the payload, beside a value like any other.
 */
export const cachedTag = Symbol.for('perdure.cached');
/** Metadata of such a payload. */
export const cachedMark = 'perdure-cached';

export class Cached {
  readonly [cachedTag] = true;
  constructor(readonly value: unknown) {}
}

export const isCached = (value: unknown): value is Cached =>
  typeof value === 'object' && value !== null && cachedTag in value;
