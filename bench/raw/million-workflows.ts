// Big maps in hand-written SDK code: what a careful user of the bare SDK would write who batches by hand. The smaller
// ones, one activity an item, stand in workflows.ts.
import { proxyActivities } from '@temporalio/workflow';
import type { millionActivities, Ref } from './million-activities.js';

const activities = proxyActivities<ReturnType<typeof millionActivities>>({
  startToCloseTimeout: '10 minutes',
});

/** Runs `work` for 0 … count-1, `window` at once; gives the values in order. */
const inWindow = async <T>(count: number, window: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const values: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      values[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(window, count) }, lane));
  return values;
};

interface Batching {
  n: number;
  batch: number;
  window: number;
}

/** Items that lie in a store, as a dataset does. */
export async function storedMap({ n, batch, window }: Batching): Promise<number> {
  const name = await activities.extract(n, batch);
  const refs = await inWindow(Math.ceil(n / batch), window, (i) => activities.incSegment(name, i));
  return activities.load(refs);
}

/** Items that are only counted. */
export async function rangeMap({ n, batch, window }: Batching): Promise<number> {
  const refs: Ref[] = await inWindow(Math.ceil(n / batch), window, (i) =>
    activities.incRange(i * batch, Math.min((i + 1) * batch, n)),
  );
  return activities.load(refs);
}

/** Three stages, item by item, no barrier between them. */
export async function stages({ n, window }: Batching): Promise<number> {
  const values = await inWindow(n, window, async (i) => {
    let x = i;
    for (let stage = 0; stage < 3; stage++) x = await activities.uneven(x, stage);
    return x;
  });
  return values.reduce((a, b) => a + b, 0);
}

/** `n` texts of `bytes` each, made by one stage and read by the next, `batch` in a file. */
export async function bytes({ n, batch, window }: Batching, bytesOfItem: number): Promise<number> {
  const lengths = await inWindow(Math.ceil(n / batch), window, async (i) =>
    activities.measureTexts(await activities.makeTexts(Math.min(batch, n - i * batch), bytesOfItem)),
  );
  return lengths.reduce((a, b) => a + b, 0);
}

export * from './workflows.js';
