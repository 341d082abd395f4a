/**
 * How flow code reaches the result store: local activities of the worker that runs it, whose results are in the history
 * and whose arguments are not. SANDBOX.
 */
import { ApplicationFailure } from '@temporalio/common';
import { scheduleLocalActivity } from '@temporalio/workflow/lib/workflow.js';
import type { EnginePort, ItemOutcome } from '../authoring/engine/engine-port.js';
import { sealed } from '../authoring/engine/sealed.js';
import { Dataset } from '../core/dataset.js';
import { fromFailureDetail } from '../core/failure-detail.js';
import type { BatchReport } from '../core/map-batch.js';
import { Range } from '../core/range.js';
import { isFailureDetail, storeActivity } from '../core/protocol.js';
import {
  type Segment,
  Stored,
  type StoredBytes,
  type StoredData,
  type StoredSequenceData,
  storedTag,
} from '../core/result-ref.js';

// A store that cannot be reached for a while is waited for; what is missing or corrupt fails at once.
const options = {
  startToCloseTimeout: '10 minutes',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
} as const;

const call = async <R>(name: string, argument: unknown): Promise<R> => {
  try {
    return await scheduleLocalActivity(name, [argument], { ...options });
  } catch (error) {
    const failure = (error as { cause?: unknown }).cause;
    const detail = failure instanceof ApplicationFailure ? failure.details?.find(isFailureDetail) : undefined;
    throw detail === undefined ? error : fromFailureDetail(detail, (failure as Error).message, undefined);
  }
};

export const storeCalls: Pick<EnginePort, 'load' | 'sequence' | 'keep' | 'outcomes'> = {
  load: async (data: StoredData): Promise<unknown> => {
    if (data.kind === 'range') return new Range(data);
    // Never read here: it is passed on, or mapped over.
    if (data.kind === 'sequence' && data.as === 'dataset' && !data.picks?.length) return new Dataset(data);
    const read = await call<{ value?: unknown; bytes?: number }>(storeActivity.read, data);
    return read.bytes === undefined ? read.value : sealed(data, read.bytes);
  },
  sequence: async (data: StoredData): Promise<unknown[] | StoredSequenceData> => {
    const read = await call<{ items?: unknown[]; sequence?: StoredSequenceData }>(storeActivity.sequence, data);
    return read.sequence ?? read.items ?? [];
  },
  keep: (what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes> => call(storeActivity.keep, what),
  outcomes: (report: BatchReport): Promise<ItemOutcome[]> => call(storeActivity.outcomes, report),
};

const hasStored = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Stored) return true;
  return Object.values(value).some(hasStored);
};

/**
 * `value` with what lies in the store brought in, at any depth; sealed handles where that is too large. A promise only
 * where there is something to bring.
 */
export const bringIn = (value: unknown): unknown => (hasStored(value) ? bringAll(value) : value);

const bringAll = async (value: unknown): Promise<unknown> => {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Stored) return storeCalls.load(value[storedTag]);
  if (Array.isArray(value)) return Promise.all(value.map(bringAll));
  const entries = Object.entries(value);
  return Object.fromEntries(
    await Promise.all(entries.map(async ([key, part]) => [key, await bringAll(part)] as const)),
  );
};
