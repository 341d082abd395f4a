/**
 * What the runner of a batch is made of, so that it needs to know neither the store nor Temporal. Host, inside a child;
 * types only.
 */
import type { TaskDefinition } from '../../../authoring/definition.js';
import type { TaskPolicy } from '../../../core/task-policy.js';
import type { Clock } from '../clock.js';
import type { BatchFeed } from './batch-feed.js';
import type { BatchGate } from './batch-gate.js';
import type { BatchQueue } from './batch-queue.js';
import type { SavedRecord } from './batch-saver.js';
import type { ItemPast } from './checkpoint.js';
import type { ItemColumns } from './item-columns.js';
import type { ItemOwner } from './item-run.js';

export interface BatchParts {
  n: number;
  notes: ItemOwner['notes'];
  run: ItemOwner['run'];
  definition: TaskDefinition;
  policy: TaskPolicy;
  columns: ItemColumns;
  feed: BatchFeed;
  queue: BatchQueue;
  past: Map<number, ItemPast>;
  /** Items in flight at once. */
  width: number;
  isJournaled: boolean;
  clock: Clock;
  /** Of a task with limits or a cache. */
  gate: BatchGate | undefined;
  /** Writes a record. */
  save(record: SavedRecord): Promise<void>;
  /** Makes of a body's value what is kept, when it takes work: a stream that is stored as it comes. */
  stored: (value: unknown, position: number) => Promise<unknown> | undefined;
  datasetsOf: ItemOwner['datasetsOf'];
}
