/**
 * The local activities by which flow code reaches the result store: it reads what is small enough, measures, keeps, and
 * looks into the batches of a map. Host, in the worker's own process.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { ItemOutcome } from '../authoring/engine/engine-port.js';
import { PerdureError } from '../core/errors.js';
import { toFailureDetail } from '../core/failure-detail.js';
import type { BatchReport, ItemLog } from '../core/map-batch.js';
import { storeActivity } from '../core/protocol.js';
import {
  awaitLimitBytes,
  type Segment,
  type StoredBytes,
  type StoredData,
  type StoredSequenceData,
  storedIn,
} from '../core/result-ref.js';
import { positionsIn } from '../core/segment-positions.js';
import { State } from '../core/state.js';
import { encodeText } from '../core/text-codec.js';
import type { Place, Values } from '../results/index.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(encodeText(value).text);

/** The bytes that have to be read, where that is known without reading; parts may be smaller than the whole. */
const knownBytes = (data: StoredData): number | undefined => {
  if (data.kind === 'range' || data.picks?.length) return undefined;
  if (data.kind === 'value') return data.stored.bytes;
  if (data.range !== undefined || !Array.isArray(data.segments)) return undefined;
  return data.segments.reduce((sum, { stored }) => sum + (stored?.bytes ?? 0), 0);
};

const read = async (values: Values, data: StoredData): Promise<{ value?: unknown; bytes?: number }> => {
  const known = knownBytes(data) ?? 0;
  if (known > awaitLimitBytes) return { bytes: known };
  const value = await values.read(data);
  if (storedIn(value) !== undefined) return { value };
  const bytes = bytesOf(value);
  return bytes > awaitLimitBytes ? { bytes } : { value };
};

const sequence = async (
  values: Values,
  data: StoredData,
  place: Place,
): Promise<{ items?: unknown; sequence?: StoredSequenceData }> => {
  const written = await values.write(place, await values.read(data));
  const stored = storedIn(written);
  return stored?.kind === 'sequence' ? { sequence: stored } : { items: written };
};

/** Outcomes of a batch's items: their values, and of those without one what its log says. */
const outcomes = async (values: Values, report: BatchReport): Promise<ItemOutcome[]> => {
  const length = report.end - report.start;
  const data: StoredSequenceData = { kind: 'sequence', as: 'array', length, segments: report.segments };
  const known = (knownBytes(data) ?? 0) + (report.items?.bytes ?? 0);
  if (known > awaitLimitBytes) throw tooLarge(report, known);
  const items = (await values.read(data)) as unknown[];
  const log = report.items && ((await values.read({ kind: 'value', stored: report.items })) as ItemLog);
  const skipped = new Set(positionsIn(report.segments, 'skipped'));
  const holes = new Set(positionsIn(report.segments, 'holes'));
  return items.map((value, at) => {
    const index = report.start + at;
    if (!holes.has(at)) return { index, state: skipped.has(at) ? State.Skipped : State.Completed, value };
    const told = report.failures?.find((one) => one.index === index);
    const error = log?.errors[at] ?? { name: told?.name ?? 'Error', message: told?.message ?? 'failed' };
    return { index, state: State[log?.states[at] ?? told?.state ?? 'Failed'], error };
  });
};

const tooLarge = (report: BatchReport, bytes: number): ApplicationFailure =>
  ApplicationFailure.create({
    message: `The items ${report.start} to ${report.end - 1} have ${bytes} bytes, more than the ${awaitLimitBytes} that flow code can have. Look at them in a task, or with handle.items(…).`,
    nonRetryable: true,
    details: [
      {
        perdure: 1,
        errorClass: 'ResultStoreError',
        code: 'RESULT_TOO_LARGE',
        details: { bytes, maxBytes: awaitLimitBytes },
      },
    ],
  });

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
    [storeActivity.read]: guarded((store, data: StoredData) => read(store, data)),
    [storeActivity.sequence]: guarded((store, data: StoredData) => sequence(store, data, place())),
    [storeActivity.keep]: guarded((store, what: { list: Segment[] } | { items: unknown[] }): Promise<StoredBytes> =>
      store.put(place(), 'list' in what ? what.list : what.items),
    ),
    [storeActivity.outcomes]: guarded((store, report: BatchReport) => outcomes(store, report)),
  };
};
