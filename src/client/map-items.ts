/**
 * The items of a map, a page at a time. HOST. What happened to each lies in the run's history where it was an activity of
 * its own, and in the store where it was part of a batch; no process ever holds all of them.
 */
import type { Client } from '@temporalio/client';
import type { BatchReport, ItemLog } from '../core/map-batch.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import type { RunEvent } from '../core/run-view/run-event.js';
import { State } from '../core/state.js';
import { valuesOf } from './connect.js';
import { batchReport, runEvents } from './history-events.js';

/** What the history says of one activity or child run of the map. */
interface Part {
  id: string;
  start: number;
  end: number;
  isShard: boolean;
  scheduledAt: Date;
  startedAt?: Date;
  attempts: number;
  ended?: Extract<RunEvent, { kind: 'ended' }>;
  report?: BatchReport;
}

/** Items `[from, from + limit)` of the map, in order, as far as they have been scheduled. */
export const mapItems = async (client: Client, runId: string, map: { id: string } & ItemPage): Promise<ItemView[]> => {
  const from = map.from ?? 0;
  const to = from + (map.limit ?? 100);
  const parts = await partsOf(client, runId, map.id);
  const items: ItemView[] = [];
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    if (part.end <= from || part.start >= to) continue;
    const [start, end] = [Math.max(from, part.start), Math.min(to, part.end)];
    const page = { id: map.id, from: start, limit: end - start };
    items.push(
      ...(part.isShard
        ? await mapItems(client, `${runId}/${part.id}`, page)
        : await itemsOf(client, part, [start, end])),
    );
  }
  return items;
};

const partsOf = async (client: Client, runId: string, mapId: string): Promise<Part[]> => {
  const { events = [] } = await client.workflow.getHandle(runId).fetchHistory();
  const parts = new Map<string, Part>();
  for (const event of events ?? [])
    for (const told of runEvents(event)) {
      if (told.kind === 'scheduled') {
        const part = partOf(told, mapId);
        if (part !== undefined) parts.set(told.key, part);
      } else if (told.kind === 'started') {
        const part = parts.get(told.key);
        if (part !== undefined) Object.assign(part, { startedAt: told.at, attempts: told.attempt });
      } else if (told.kind === 'ended') {
        const part = parts.get(told.key);
        if (part !== undefined) Object.assign(part, { ended: told, report: batchReport(event) });
      }
    }
  return [...parts.values()];
};

const partOf = (event: Extract<RunEvent, { kind: 'scheduled' }>, mapId: string): Part | undefined => {
  const { id, batch, mapIndex, at } = event;
  const base = { id, isShard: batch !== undefined && event.what === 'flow', scheduledAt: at, attempts: 0 };
  if (batch?.map === mapId) return { ...base, start: batch.start, end: batch.end };
  return mapIndex !== undefined && id === `${mapId}[${mapIndex}]`
    ? { ...base, start: mapIndex, end: mapIndex + 1 }
    : undefined;
};

const itemsOf = async (client: Client, part: Part, [start, end]: [number, number]): Promise<ItemView[]> => {
  const { report, ended, startedAt, attempts } = part;
  const log = report?.items && ((await (await valuesOf(client)).get(report.items)) as ItemLog);
  const error = ended?.error === undefined ? {} : { error: { message: ended.error } };
  const ms = ended && startedAt && part.end - part.start === 1 ? { ms: ended.at.getTime() - startedAt.getTime() } : {};
  const state = ended?.state ?? (startedAt === undefined ? State.Pending : State.Running);
  return Array.from({ length: end - start }, (_, i) => {
    const index = start + i;
    const at = index - part.start;
    if (log === undefined) return { index, state, attempts: Math.max(attempts, ended ? 1 : 0), ...ms, ...error };
    const logged = log.errors[at];
    return {
      index,
      state: State[log.states[at] ?? 'Completed'],
      attempts: log.attempts[at] ?? 1,
      ...(log.ms[at] === undefined ? {} : { ms: log.ms[at] }),
      ...(logged === undefined ? {} : { error: logged }),
    };
  });
};
