/**
 * What the runs in memory of one process have in common: the values of the cache, and the places under limits. HOST. It
 * is there until the process ends, and knows no run.
 */
import { cachePrefix } from '../activities/cache/cache-state.js';
import { ResultCache } from '../activities/cache/result-cache.js';
import { Limiter } from '../activities/limits/limiter.js';
import { createMemoryObjects, createMemoryStore, createValues } from '../results/index.js';
import { systemNow } from './run-clock.js';

const objects = createMemoryObjects();
const values = createValues(createMemoryStore(objects));

export const processGuards = {
  /** For the store of a run: what the cache keeps is not the run's. */
  outlasting: { prefix: cachePrefix, objects },
  cache: new ResultCache(() => Promise.resolve(values), systemNow),
  // Nobody's place in a worker is taken by those that wait.
  places: new Limiter({ store: () => Promise.resolve(values.store), mostWaiting: Infinity }),
  /** By limit and key: the first start that is not given out yet. */
  nextAtMs: new Map<string, number>(),
};
