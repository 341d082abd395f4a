/** How an item of a batch ends without a value of its own body, as its columns have it. Host, inside a child. */
import { SimulatedEnd } from '../../../core/simulated-end.js';
import { legible } from '../../../core/thrown.js';
import { recordFailure, simulatedTimeout } from '../record-failure.js';
import type { ItemColumns } from './item-columns.js';
import { type ItemRun, timeoutError } from './item-run.js';

const msOf = (item: ItemRun): number => performance.now() - item.startedAtMs;

/** What an item's attempt ended of: once its time is up, its own error counts for nothing. A `SimulatedEnd`: its process is to die. */
export const causeOf = (
  item: ItemRun,
  raw: unknown,
  { label, timeoutMs }: { label: string; timeoutMs: number | undefined },
): unknown => {
  if (item.isTimedOut && timeoutMs !== undefined) return timeoutError(label, timeoutMs);
  const error = legible(raw);
  const timeout = simulatedTimeout(error, label);
  if (timeout !== undefined) item.isTimedOut = true;
  else if (error instanceof SimulatedEnd) return new SimulatedEnd(error.kind, item.position);
  return timeout ?? error;
};

export const skipItem = (columns: ItemColumns, item: ItemRun): ItemRun => {
  columns.skip(item.position, { ms: msOf(item), attempts: item.attempt });
  return item;
};

/** `note`: what went wrong in deciding whether it is tried again. */
export const failItem = (
  columns: ItemColumns,
  item: ItemRun,
  { thrown, note }: { thrown: unknown; note?: string | undefined },
): void => {
  const error = recordFailure(thrown, note);
  const state = item.isTimedOut ? 'TimedOut' : 'Failed';
  columns.fail(item.position, state, { error, ms: msOf(item), attempts: item.attempt });
};

/** An item that it depends on has no value. */
export const endUnstarted = (columns: ItemColumns, position: number, label: string): void => {
  const message = `${label} was not started: the item it depends on has no value`;
  columns.fail(position, 'TriggerFailed', { error: { name: 'TriggerFailed', message }, ms: 0, attempts: 0 });
};
