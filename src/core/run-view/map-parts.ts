/**
 * The items of a map out of a run's events: which activity, child run or batch had each, and how it ended. Pure and
 * incremental. What a batch's log says of its items is read by whoever has the store.
 */
import type { BatchReport, ItemLog } from '../map-batch.js';
import { State } from '../state.js';
import type { ItemView } from './item-view.js';
import type { RunEvent } from './run-event.js';

/** What the events say of one activity or child run of the map. */
export interface MapPart {
  id: string;
  /** Items `[start, end)`. */
  start: number;
  end: number;
  /** The items are those of a child run, in a record of its own. */
  isShard: boolean;
  startedAt?: Date;
  attempts: number;
  ended?: Extract<RunEvent, { kind: 'ended' }>;
  report?: BatchReport | undefined;
}

export class MapParts {
  private readonly byKey = new Map<string, MapPart>();

  constructor(private readonly mapId: string) {}

  /** `report`: what a batch that ended with this event said. */
  apply(event: RunEvent, report?: BatchReport): void {
    if (event.kind === 'scheduled') {
      const part = this.partOf(event);
      if (part !== undefined) this.byKey.set(event.key, part);
    } else if (event.kind === 'started') {
      const part = this.byKey.get(event.key);
      if (part !== undefined) Object.assign(part, { startedAt: event.at, attempts: event.attempt });
    } else if (event.kind === 'ended') {
      const part = this.byKey.get(event.key);
      if (part !== undefined) Object.assign(part, { ended: event, report });
    }
  }

  private partOf({ id, batch, mapIndex, what }: Extract<RunEvent, { kind: 'scheduled' }>): MapPart | undefined {
    const base = { id, isShard: batch !== undefined && what === 'flow', attempts: 0 };
    if (batch?.map === this.mapId) return { ...base, start: batch.start, end: batch.end };
    return mapIndex !== undefined && id === `${this.mapId}[${mapIndex}]`
      ? { ...base, start: mapIndex, end: mapIndex + 1 }
      : undefined;
  }

  /** Those that have any of the items `[from, to)`, in order. */
  within(from: number, to: number): MapPart[] {
    const parts = [...this.byKey.values()].filter(({ start, end }) => end > from && start < to);
    return parts.sort((a, b) => a.start - b.start);
  }
}

/** Items `[start, end)` of a part that is no shard. */
export const itemViews = (part: MapPart, [start, end]: [number, number], log: ItemLog | undefined): ItemView[] => {
  const { ended, startedAt, attempts } = part;
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
