/**
 * The items of a map, a page at a time. HOST. What happened to each lies in the run's history where it was an activity of
 * its own, and in the store where it was part of a batch; no process ever holds all of them.
 */
import type { Client } from '@temporalio/client';
import type { ItemLog } from '../core/map-batch.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import { itemViews, MapParts } from '../core/run-view/map-parts.js';
import { valuesOf } from './connect.js';
import { batchReport, runEvents } from './history-events.js';

/** Items `[from, from + limit)` of the map, in order, as far as they have been scheduled. */
export const mapItems = async (client: Client, runId: string, map: { id: string } & ItemPage): Promise<ItemView[]> => {
  const from = map.from ?? 0;
  const to = from + (map.limit ?? 100);
  const parts = await partsOf(client, runId, map.id);
  const items: ItemView[] = [];
  for (const part of parts.within(from, to)) {
    const [start, end] = [Math.max(from, part.start), Math.min(to, part.end)];
    const page = { id: map.id, from: start, limit: end - start };
    if (part.isShard) items.push(...(await mapItems(client, `${runId}/${part.id}`, page)));
    else {
      const stored = part.report?.items;
      const log = stored && ((await (await valuesOf(client)).get(stored)) as ItemLog);
      items.push(...itemViews(part, [start, end], log));
    }
  }
  return items;
};

const partsOf = async (client: Client, runId: string, mapId: string): Promise<MapParts> => {
  const { events } = await client.workflow.getHandle(runId).fetchHistory();
  const parts = new MapParts(mapId);
  for (const event of events ?? [])
    for (const told of runEvents(event)) parts.apply(told, told.kind === 'ended' ? batchReport(event) : undefined);
  return parts;
};
