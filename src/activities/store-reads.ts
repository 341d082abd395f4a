/**
 * What flow code asks of the result store: what is small enough is read, the rest measured; parts are kept, batches of a
 * map looked into. Host; knows no Temporal.
 */
import type { ItemOutcome } from '../authoring/engine/engine-port.js';
import { ResultStoreError } from '../core/errors.js';
import type { BatchReport, ItemLog } from '../core/map-batch.js';
import { awaitLimitBytes, type StoredData, type StoredSequenceData, storedIn } from '../core/result-ref.js';
import { positionsIn } from '../core/segment-positions.js';
import { State } from '../core/state.js';
import { encodeText } from '../core/text-codec.js';
import { flattenSlots, type ListedSequence, type Place, type Values } from '../results/index.js';

const bytesOf = (value: unknown): number => Buffer.byteLength(encodeText(value).text);

/** The bytes that have to be read, where that is known without reading; parts may be smaller than the whole. */
const knownBytes = (data: StoredData): number | undefined => {
  if (data.kind === 'range' || data.picks?.length) return undefined;
  if (data.kind === 'value') return data.stored.bytes;
  if (data.range !== undefined || !Array.isArray(data.segments)) return undefined;
  return data.segments.reduce((sum, { stored }) => sum + (stored?.bytes ?? 0), 0);
};

/** The value, or its bytes where they are more than flow code may have. */
export const readForFlow = async (values: Values, data: StoredData): Promise<{ value?: unknown; bytes?: number }> => {
  const known = knownBytes(data) ?? 0;
  if (known > awaitLimitBytes) return { bytes: known };
  const value = await values.read(data);
  if (storedIn(value) !== undefined) return { value };
  const bytes = bytesOf(value);
  return bytes > awaitLimitBytes ? { bytes } : { value };
};

/** Lists to be flattened, of which some have no value. */
const isPartial = (data: StoredData): data is ListedSequence =>
  data.kind === 'sequence' &&
  data.picks?.length === 1 &&
  data.picks.every((step) => 'flatten' in step) &&
  Array.isArray(data.segments) &&
  data.segments.some(({ holes, skipped }) => holes?.length || skipped?.length);

/** A stored array of which parts were taken: its items, or where they were written anew; always that where some have no value. */
export const sequenceForFlow = async (
  values: Values,
  data: StoredData,
  place: Place,
): Promise<{ items?: unknown; sequence?: StoredSequenceData }> => {
  if (isPartial(data)) return { sequence: await flattenSlots(values, place, data) };
  const written = await values.write(place, await values.read(data));
  const stored = storedIn(written);
  return stored?.kind === 'sequence' ? { sequence: stored } : { items: written };
};

/** Outcomes of a batch's items: their values, and of those without one what its log says. */
export const outcomesForFlow = async (values: Values, report: BatchReport): Promise<ItemOutcome[]> => {
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
    if (!holes.has(at)) {
      const isCached = log?.states[at] === 'Cached';
      return { index, state: skipped.has(at) ? State.Skipped : isCached ? State.Cached : State.Completed, value };
    }
    const told = report.failures?.find((one) => one.index === index);
    const error = log?.errors[at] ?? { name: told?.name ?? 'Error', message: told?.message ?? 'failed' };
    const attempts = log?.attempts[at] ?? told?.attempts ?? 1;
    return { index, state: State[log?.states[at] ?? told?.state ?? 'Failed'], error: { ...error, attempts } };
  });
};

const tooLarge = (report: BatchReport, bytes: number): ResultStoreError =>
  new ResultStoreError(
    'RESULT_TOO_LARGE',
    `The items ${report.start} to ${report.end - 1} have ${bytes} bytes, more than the ${awaitLimitBytes} that flow code can have. Look at them in a task, or with handle.items(…).`,
    { details: { bytes, maxBytes: awaitLimitBytes } },
  );
