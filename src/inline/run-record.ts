/**
 * What is known of a run in memory: the same events that a history has, folded into the same view. HOST.
 */
import { type BatchReport, endsApart, type ItemLog } from '../core/map-batch.js';
import type { StoredBytes } from '../core/result-ref.js';
import type { RunDelta } from '../core/protocol.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import { itemViews, MapParts } from '../core/run-view/map-parts.js';
import type { PendingTask, RunEvent } from '../core/run-view/run-event.js';
import { RunFold } from '../core/run-view/run-fold.js';
import type { RunView } from '../core/run-view/run-view.js';
import { State } from '../core/state.js';

type Scheduled = Omit<Extract<RunEvent, { kind: 'scheduled' }>, 'kind' | 'at' | 'key'>;

/** How something that was scheduled ended; `report` of a batch. */
export interface Ending {
  state: State;
  error?: string;
  report?: BatchReport;
}

/** What `RunRecord.items` needs of its surroundings. */
export interface ItemSources {
  /** The record of the child run `id`. */
  child(id: string): RunRecord | undefined;
  log(stored: StoredBytes): Promise<ItemLog>;
}

export class RunRecord {
  private readonly fold: RunFold;
  private readonly events: { event: RunEvent; report?: BatchReport }[] = [];
  private readonly live = new Map<string, PendingTask>();
  private lastKey = 0;
  isOver = false;

  constructor(
    runId: string,
    { name: flowName, tags }: { name: string; tags: readonly string[] },
    private readonly now: () => number,
  ) {
    this.fold = new RunFold(runId);
    this.apply({ kind: 'run-started', at: this.at(), flowName, ...(tags.length > 0 && { tags }) });
  }

  private at(): Date {
    return new Date(this.now());
  }

  /** What comes after the end of the run is nobody's news: a run that timed out leaves bodies behind. */
  private apply(event: RunEvent, report?: BatchReport): void {
    if (this.isOver) return;
    this.fold.apply(event);
    this.events.push(report === undefined ? { event } : { event, report });
  }

  readonly delta = (delta: RunDelta): void => this.apply({ kind: 'delta', at: this.at(), delta: { ...delta } });

  /** Gives the key for what follows. */
  scheduled(what: Scheduled): string {
    const key = String(++this.lastKey);
    this.apply({ kind: 'scheduled', at: this.at(), key, ...what });
    if (what.what === 'task') this.live.set(key, { id: what.id, state: State.Pending, attempt: 1 });
    return key;
  }

  started(key: string, attempt: number): void {
    const at = this.at();
    const task = this.live.get(key);
    if (task !== undefined) this.live.set(key, { ...task, state: State.Running, attempt, startedAt: at });
    this.apply({ kind: 'started', at, key, attempt });
  }

  retrying(key: string, attempt: number, error: string): void {
    const task = this.live.get(key);
    if (task !== undefined) this.live.set(key, { id: task.id, state: State.Retrying, attempt, error });
  }

  progressed(key: string, itemsEnded: number): void {
    const task = this.live.get(key);
    if (task !== undefined) this.live.set(key, { ...task, itemsEnded });
  }

  ended(key: string, { state, error, report }: Ending): void {
    this.live.delete(key);
    const items = endsApart(report);
    const event = { kind: 'ended' as const, at: this.at(), key, state };
    this.apply({ ...event, ...(error === undefined ? {} : { error }), ...(items && { items }) }, report);
  }

  runEnded(state: State, error?: string): void {
    this.apply({ kind: 'run-ended', at: this.at(), state, ...(error === undefined ? {} : { error }) });
    this.isOver = true;
  }

  view(): RunView {
    return this.fold.view(this.isOver ? [] : [...this.live.values()]);
  }

  /** As `RunHandle.items` has it. */
  async items(mapId: string, { from = 0, limit = 100 }: ItemPage, sources: ItemSources): Promise<ItemView[]> {
    const to = from + limit;
    const parts = new MapParts(mapId);
    for (const { event, report } of this.events) parts.apply(event, report);
    const items: ItemView[] = [];
    for (const part of parts.within(from, to)) {
      const [start, end] = [Math.max(from, part.start), Math.min(to, part.end)];
      const shard = part.isShard ? sources.child(part.id) : undefined;
      if (shard !== undefined) items.push(...(await shard.items(mapId, { from: start, limit: end - start }, sources)));
      else {
        const stored = part.report?.items;
        items.push(...itemViews(part, [start, end], stored && (await sources.log(stored))));
      }
    }
    return items;
  }
}
