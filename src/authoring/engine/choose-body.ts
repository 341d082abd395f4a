/**
 * How the items of a map are run: one by one, in batches, or one by one in child runs. Pure. Decided once, when the
 * shares are known; whether a run may batch at all is pinned in its history (`batchPolicy`).
 */
import type { TaskDefinition } from '../definition.js';
import { batchAbove } from './batch-policy.js';
import { sourcesIn } from './futures-in.js';
import { MapBatches } from './map-batches.js';
import type { MapBody, MapProgress } from './map-body.js';
import { originOf, type Share } from './map-inputs.js';
import { MapItems, type MapPlan } from './map-items.js';
import type { Invoked } from './task-run.js';

const hasFutures = (item: unknown): boolean => sourcesIn(item).length > 0;

/** Whether the items have an upstream of their own, each another one. */
export const hasItemsUpstream = (share: Share): boolean =>
  share.kind === 'stage' || originOf(share) !== undefined || (share.kind === 'items' && share.items.some(hasFutures));

const remoteTask = ({ definition }: Invoked): TaskDefinition | undefined =>
  // What can be undone is undone one by one: it has to have been run one by one.
  definition.kind === 'task' && !definition.options.local && !definition.options.undo ? definition : undefined;

/** Whether the call can be batched, as far as its options say. */
export const mayBatch = (invoked: Invoked): boolean =>
  remoteTask(invoked) !== undefined && invoked.map?.batch !== false;

const isBatched = ({ flowRun, invoked, shares, width }: MapPlan): boolean => {
  if (!mayBatch(invoked)) return false;
  // Items that wait for upstream of their own, or for an item of a stage that runs item by item, are run as such.
  if (shares.some((share) => share.kind === 'items' && share.items.some(hasFutures))) return false;
  const stages = shares.filter((share) => share.kind === 'stage');
  if (stages.some((share) => share.map.batches === undefined)) return false;
  const isWanted = stages.length > 0 || typeof invoked.map?.batch === 'number' || width > batchAbove;
  return isWanted && flowRun.port.batchPolicy() > 0;
};

const needsShards = ({ flowRun, invoked, width }: MapPlan): boolean =>
  remoteTask(invoked) !== undefined && !flowRun.port.hasRoom(width) && flowRun.port.batchPolicy() > 0;

/** `seesItems`: each child has a rule to look at its own upstream, of which a batch or another run knows nothing. */
export const chooseBody = (plan: MapPlan, progress: MapProgress, { seesItems }: { seesItems: boolean }): MapBody => {
  const definition = remoteTask(plan.invoked);
  const isUnbatched = seesItems || !isBatched(plan);
  if (definition === undefined || (isUnbatched && (seesItems || !needsShards(plan))))
    return new MapItems(plan, progress);
  const { batch, concurrency } = plan.invoked.map ?? {};
  return new MapBatches(plan, progress, {
    definition,
    size: typeof batch === 'number' ? batch : undefined,
    concurrency,
    isUnbatched,
  });
};
