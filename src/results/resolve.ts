/**
 * Puts values in the place of what stands in for them, at any depth. HOST. In place, because what was decoded is
 * nobody's yet, and so that cycles stay what they are.
 */
import { storedIn, type StoredData } from '../core/result-ref.js';
import { tagOf, walkValue } from '../core/walk-value.js';

interface Place {
  data: StoredData;
  put: (value: unknown) => void;
}

const mapPlaces = (map: Map<unknown, unknown>): Place[] => {
  if (![...map].some((entry) => entry.some((part) => storedIn(part) !== undefined))) return [];
  const entries = [...map];
  // Rebuilt at each change, so that the entries keep their order.
  const rebuild = (): void => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
  return entries.flatMap((entry) =>
    placesIn(entry as unknown[]).map(({ data, put }) => ({ data, put: (value) => (put(value), rebuild()) })),
  );
};

const setPlaces = (set: Set<unknown>): Place[] => {
  const items = [...set];
  return placesIn(items).map(({ data, put }) => ({
    data,
    put: (value) => {
      put(value);
      set.clear();
      for (const item of items) set.add(item);
    },
  }));
};

const placesIn = (value: object): Place[] => {
  const tag = tagOf(value);
  if (tag === 'Map') return mapPlaces(value as Map<unknown, unknown>);
  if (tag === 'Set') return setPlaces(value as Set<unknown>);
  if (tag !== 'Array' && tag !== 'Object') return [];
  const places: Place[] = [];
  for (const [key, part] of Object.entries(value)) {
    const data = storedIn(part);
    if (data !== undefined) places.push({ data, put: (found) => ((value as Record<string, unknown>)[key] = found) });
  }
  return places;
};

/** How many are read at once. */
const maxUnderway = 8;

/** `root` with everything that lies in the store `read`; the same object, but for a `root` that is itself stored. */
export const resolveStored = async (root: unknown, read: (data: StoredData) => Promise<unknown>): Promise<unknown> => {
  const own = storedIn(root);
  if (own !== undefined) return read(own);
  const places: Place[] = [];
  walkValue(root, (value) => {
    if (storedIn(value) === undefined) places.push(...placesIn(value));
    return false;
  });
  const next = places.values();
  const worker = async (): Promise<void> => {
    for (const { data, put } of next) put(await read(data));
  };
  await Promise.all(Array.from({ length: Math.min(maxUnderway, places.length) }, worker));
  return root;
};
