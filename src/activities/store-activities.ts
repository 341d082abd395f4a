/**
 * The local activities by which flow code reaches the result store. Host, in the worker's own process.
 */
import { ApplicationFailure } from '@temporalio/common';
import { PerdureError } from '../core/errors.js';
import { toFailureDetail } from '../core/failure-detail.js';
import type { BatchReport } from '../core/map-batch.js';
import { storeActivity } from '../core/protocol.js';
import type { Segment, StoredBytes, StoredData } from '../core/result-ref.js';
import type { Place, Values } from '../results/index.js';
import { outcomesForFlow, readForFlow, sequenceForFlow } from './store-reads.js';

/** Only what may be mended by waiting is tried again. */
const asFailure = (error: unknown): unknown =>
  error instanceof PerdureError
    ? ApplicationFailure.create({
        message: error.message,
        type: error.name,
        nonRetryable: error.code !== 'STORE_FAILED',
        details: [toFailureDetail(error)],
      })
    : error;

/** The activities by name; `place` says whose run asks. */
export const createStoreActivities = (
  values: () => Promise<Values>,
  place: () => Place,
): Record<string, (argument: never) => Promise<unknown>> => {
  const guarded =
    <A>(act: (store: Values, argument: A) => Promise<unknown>) =>
    async (argument: A): Promise<unknown> => {
      try {
        return await act(await values(), argument);
      } catch (error) {
        throw asFailure(error);
      }
    };
  return {
    [storeActivity.read]: guarded((store, data: StoredData) => readForFlow(store, data)),
    [storeActivity.sequence]: guarded((store, data: StoredData) => sequenceForFlow(store, data, place())),
    [storeActivity.keep]: guarded((store, what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes> =>
      store.put(place(), 'list' in what ? what.list : what.items),
    ),
    [storeActivity.outcomes]: guarded((store, report: BatchReport) => outcomesForFlow(store, report)),
  };
};
