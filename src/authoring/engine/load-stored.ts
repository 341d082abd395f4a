/**
 * Stored values on their way into flow code: read where they are small enough, else a sealed handle; what is only passed
 * on is not read at all. Pure; the runtime gives the reader.
 */
import { Dataset } from '../../core/dataset.js';
import { Range } from '../../core/range.js';
import { Stored, type StoredData, storedTag } from '../../core/result-ref.js';
import { sealed } from './sealed.js';

/** The value, or its bytes where they are more than flow code may have. */
export type ReadStored = (data: StoredData) => Promise<{ value?: unknown; bytes?: number }>;

export const loadStored = async (data: StoredData, read: ReadStored): Promise<unknown> => {
  if (data.kind === 'range') return new Range(data);
  // Never read here: it is passed on, or mapped over.
  if (data.kind === 'sequence' && data.as === 'dataset' && !data.picks?.length) return new Dataset(data);
  const { value, bytes } = await read(data);
  return bytes === undefined ? value : sealed(data, bytes);
};

const hasStored = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Stored) return true;
  return Object.values(value).some(hasStored);
};

type Load = (data: StoredData) => Promise<unknown>;

/**
 * `value` with what lies in the store brought in, at any depth; sealed handles where that is too large. A promise only
 * where there is something to bring.
 */
export const bringIn = (value: unknown, load: Load): unknown => (hasStored(value) ? bringAll(value, load) : value);

const bringAll = async (value: unknown, load: Load): Promise<unknown> => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Stored) return load(value[storedTag]);
  if (Array.isArray(value)) return Promise.all(value.map((part) => bringAll(part, load)));
  const entries = Object.entries(value);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, part]) => [key, await bringAll(part, load)] as const)),
  );
};
