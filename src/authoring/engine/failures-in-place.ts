/**
 * The values of a map in batches with the failures among them: what `allowFailure(map)` passes on. Pure. Only batches in
 * which something failed are read; the values of the others stay where they lie.
 */
import { failureValue } from '../../core/failure-value.js';
import type { BatchReport } from '../../core/map-batch.js';
import { inlineLimitBytes, type Segment, Stored } from '../../core/result-ref.js';
import type { EnginePort } from './engine-port.js';
import type { MapOutcome } from './map-body.js';

interface Reading {
  outcomes: (report: BatchReport) => Promise<MapOutcome[]>;
  port: EnginePort;
}

/** Infinity for what JSON cannot hold: the store can. */
const roughBytes = (items: readonly unknown[]): number => {
  try {
    return JSON.stringify(items).length;
  } catch {
    return Infinity;
  }
};

const segmentOf = async (report: BatchReport, { outcomes, port }: Reading): Promise<Segment> => {
  const ended = await outcomes(report);
  const items = ended.map(({ state, value, error }) => (error === undefined ? value : failureValue(state, error)));
  const { length } = items;
  if (roughBytes(items) <= inlineLimitBytes) return { length, items };
  return { length, stored: await port.keep({ items }) };
};

export const failuresInPlace = async (reports: readonly BatchReport[], reading: Reading): Promise<unknown> => {
  const segments: Segment[] = [];
  for (const report of reports) {
    const isWhole = report.segments.every(({ holes }) => holes === undefined || holes.length === 0);
    if (isWhole) segments.push(...report.segments);
    else segments.push(await segmentOf(report, reading));
  }
  if (segments.every(({ items }) => items !== undefined) && roughBytes(segments) <= inlineLimitBytes * 4)
    return segments.flatMap(({ items = [] }) => items);
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  return new Stored({ kind: 'sequence', as: 'array', length, segments });
};
