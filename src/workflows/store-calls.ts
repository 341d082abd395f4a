/**
 * How flow code reaches the result store: local activities of the worker that runs it, whose results are in the history
 * and whose arguments are not. SANDBOX.
 */
import { ApplicationFailure } from '@temporalio/common';
import { scheduleLocalActivity } from '@temporalio/workflow/lib/workflow.js';
import type { EnginePort, ItemOutcome } from '../authoring/engine/engine-port.js';
import { loadStored } from '../authoring/engine/load-stored.js';
import { fromFailureDetail } from '../core/failure-detail.js';
import type { BatchReport } from '../core/map-batch.js';
import { isFailureDetail, storeActivity } from '../core/protocol.js';
import type { Segment, StoredBytes, StoredData, StoredSequenceData } from '../core/result-ref.js';
import { inTurn } from './local-turns.js';

// A store that cannot be reached for a while is waited for; what is missing or corrupt fails at once.
const options = {
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
} as const;

const call = async <R>(name: string, argument: unknown): Promise<R> => {
  try {
    return await inTurn(() => scheduleLocalActivity<R>(name, [argument], { ...options }));
  } catch (error) {
    const failure = (error as { cause?: unknown }).cause;
    const detail = failure instanceof ApplicationFailure ? failure.details?.find(isFailureDetail) : undefined;
    throw detail === undefined ? error : fromFailureDetail(detail, (failure as Error).message, undefined);
  }
};

export const storeCalls: Pick<EnginePort, 'load' | 'sequence' | 'keep' | 'outcomes'> = {
  load: (data: StoredData): Promise<unknown> =>
    loadStored(data, (one) => call<{ value?: unknown; bytes?: number }>(storeActivity.read, one)),
  sequence: async (data: StoredData): Promise<unknown[] | StoredSequenceData> => {
    const read = await call<{ items?: unknown[]; sequence?: StoredSequenceData }>(storeActivity.sequence, data);
    return read.sequence ?? read.items ?? [];
  },
  keep: (what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes> => call(storeActivity.keep, what),
  outcomes: (report: BatchReport): Promise<ItemOutcome[]> => call(storeActivity.outcomes, report),
};
