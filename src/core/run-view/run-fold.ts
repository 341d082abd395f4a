/**
 * The one fold from events to a RunView. Pure and incremental: feed it events as they come, ask for the view at any
 * time. Children of a map are counted, never listed: a map of a million is as small as a map of three.
 */
import { type State as StateType, State, isFailure, isFinal } from '../state.js';
import type { RunDelta } from '../protocol.js';
import type { PendingTask, RunEvent } from './run-event.js';
import type { RunView, TaskView } from './run-view.js';

interface Entry {
  view: TaskView;
  /** Of a map: the states of the children that have been seen, by id. */
  children?: Map<string, StateType>;
  /** Of a map: its batches that have been seen, by id. */
  batches?: Map<string, BatchSeen>;
  /** Of a map: children that ended without an event, by state. */
  unstarted: Partial<Record<StateType, number>>;
}

interface BatchSeen {
  size: number;
  state: StateType;
  /** Items that did not complete, by state, once it has ended. */
  lost: Partial<Record<StateType, number>>;
}

/** Once it runs again, what it failed of is not what the map is about. */
const whyRetrying = (now: PendingTask | undefined): string | undefined =>
  now?.state === State.Retrying ? now.error : undefined;

/** `name-0[17]` → `name-0`. */
const mapIdOf = (childId: string): string => childId.slice(0, childId.lastIndexOf('['));

export class RunFold {
  private readonly entries = new Map<string, Entry>();
  private readonly byKey = new Map<string, { id: string; mapId: string | undefined }>();
  private run: Omit<RunView, 'tasks'>;

  constructor(runId: string) {
    this.run = { runId, flowName: '', state: State.Running };
  }

  apply(event: RunEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.run = {
          ...this.run,
          flowName: event.flowName,
          startedAt: event.at,
          ...(event.tags && { tags: event.tags }),
        };
        return;
      case 'run-ended':
        this.run = { ...this.run, state: event.state, endedAt: event.at, ...(event.error && { error: event.error }) };
        delete this.run.parked;
        // Called, and cancelled with the end before it left an event.
        for (const { view } of this.entries.values())
          if (view.kind !== 'map' && view.state === State.Pending) view.state = State.Cancelled;
        return;
      case 'parked':
        this.run.parked = event.message;
        return;
      case 'unparked':
        delete this.run.parked;
        return;
      case 'scheduled':
        return this.scheduled(event);
      case 'started':
        return this.update(event.key, State.Running, (view) => {
          view.startedAt ??= event.at;
          view.attempt = Math.max(view.attempt, event.attempt);
        });
      case 'ended':
        return this.update(event.key, event.state, (view, isChild, batch) => {
          if (!isChild || isFailure(event.state)) view.error = event.error ?? view.error ?? '';
          if (!view.error) delete view.error;
          view.endedAt = event.at;
          if (batch) batch.lost = event.items ?? (isFailure(event.state) ? { [event.state]: batch.size } : {});
        });
      case 'delta':
        return this.delta(event);
    }
  }

  private entry(id: string, kind: TaskView['kind'], name: string): Entry {
    let entry = this.entries.get(id);
    if (entry === undefined) {
      entry = { view: { id, kind, name, state: State.Pending, upstream: [], attempt: 1 }, unstarted: {} };
      this.entries.set(id, entry);
    }
    return entry;
  }

  private scheduled(event: Extract<RunEvent, { kind: 'scheduled' }>): void {
    const { batch } = event;
    const mapId = batch?.map ?? (event.mapIndex === undefined ? undefined : mapIdOf(event.id));
    this.byKey.set(event.key, { id: event.id, mapId });
    const entry = this.entry(mapId ?? event.id, mapId === undefined ? event.what : 'map', event.name);
    entry.view.scheduledAt ??= event.at;
    if (event.upstream.length > 0) entry.view.upstream = event.upstream;
    if (event.tags !== undefined) entry.view.tags ??= event.tags;
    if (mapId !== undefined) {
      entry.view.kind = 'map';
      if (batch === undefined) (entry.children ??= new Map()).set(event.id, State.Pending);
      else
        (entry.batches ??= new Map()).set(event.id, {
          size: batch.end - batch.start,
          state: State.Pending,
          lost: {},
        });
    } else if (event.title !== undefined && event.title !== event.id) entry.view.title = event.title;
  }

  private update(
    key: string,
    state: StateType,
    change: (view: TaskView, isChild: boolean, batch?: BatchSeen) => void,
  ): void {
    const place = this.byKey.get(key);
    const entry = place && this.entries.get(place.mapId ?? place.id);
    if (place === undefined || entry === undefined) return;
    if (place.mapId === undefined) entry.view.state = state;
    const batch = entry.batches?.get(place.id);
    if (batch !== undefined) batch.state = state;
    else if (place.mapId !== undefined) entry.children?.set(place.id, state);
    change(entry.view, place.mapId !== undefined, batch);
  }

  private delta({ at, delta }: Extract<RunEvent, { kind: 'delta' }>): void {
    if (delta.kind === 'run') {
      this.run.state = delta.state;
      return;
    }
    if (delta.kind === 'waiting' || delta.kind === 'waited') return this.wait(at, delta);
    const isMap = delta.kind !== 'pending' && delta.kind !== 'ended';
    const { view, unstarted } = this.entry(delta.id, isMap ? 'map' : 'task', delta.name);
    if (delta.up.length > 0) view.upstream = delta.up;
    if (delta.kind === 'map') {
      // A child run of a map is named after what it is, not after the task.
      view.name = delta.name;
      view.kind = 'map';
      view.width = delta.width;
      view.scheduledAt ??= at;
      if (delta.width === 0) view.endedAt = at;
    } else if (delta.kind === 'children') {
      unstarted[delta.state] = (unstarted[delta.state] ?? 0) + delta.count;
      view.endedAt = at;
    } else if (delta.kind === 'borne') {
      view.state = State.Completed;
    } else if (delta.kind === 'ended') {
      view.state = delta.state;
      view.endedAt = at;
    }
  }

  private wait(at: Date, delta: Extract<RunDelta, { kind: 'waiting' | 'waited' }>): void {
    const isTask = delta.kind === 'waiting' && delta.what === 'manual';
    const { view } = this.entry(delta.id, isTask ? 'task' : 'wait', delta.name);
    if (!isTask && delta.kind === 'waiting') view.kind = 'wait';
    if (delta.up.length > 0) view.upstream = delta.up;
    if (delta.kind === 'waiting') {
      const { what, until, schema } = delta;
      view.state = what === 'sleep' ? State.Running : State.Paused;
      view.startedAt = at;
      view.waits = {
        for: what,
        ...(until === undefined ? {} : { until: new Date(until) }),
        ...(schema === undefined ? {} : { schema }),
      };
      return;
    }
    view.state = delta.state;
    delete view.waits;
    if (delta.error !== undefined) view.error = delta.error;
    if (isFinal(delta.state)) view.endedAt = at;
    else delete view.startedAt;
  }

  /** The view now; `pending` adds what only the server knows of activities under way. */
  view(pending: readonly PendingTask[] = []): RunView {
    const live = new Map(pending.map((task) => [task.id, task]));
    return { ...this.run, tasks: [...this.entries.values()].map((entry) => this.taskView(entry, live)) };
  }

  private taskView({ view, children, batches, unstarted }: Entry, live: ReadonlyMap<string, PendingTask>): TaskView {
    if (view.kind !== 'map') {
      const now = live.get(view.id);
      return now === undefined
        ? { ...view }
        : {
            ...view,
            state: now.state,
            attempt: now.attempt,
            ...(now.startedAt && { startedAt: now.startedAt }),
            ...(now.error && { error: now.error }),
          };
    }
    const counts: Partial<Record<StateType, number>> = { ...unstarted };
    let attempt = view.attempt;
    let error = view.error;
    for (const [id, seen] of children ?? []) {
      const now = live.get(id);
      const state = now?.state ?? seen;
      counts[state] = (counts[state] ?? 0) + 1;
      if (now !== undefined) attempt = Math.max(attempt, now.attempt);
      error ??= whyRetrying(now);
    }
    let batched = 0;
    const add = (state: StateType, count: number): void => {
      if (count > 0) counts[state] = (counts[state] ?? 0) + count;
    };
    for (const [id, seen] of batches ?? []) {
      const now = live.get(id);
      batched += seen.size;
      const lost = Object.entries(seen.lost) as [StateType, number][];
      for (const [state, count] of lost) add(state, count);
      const ended = isFinal(seen.state)
        ? seen.size - lost.reduce((sum, [, count]) => sum + count, 0)
        : Math.min(seen.size, now?.itemsEnded ?? 0);
      add(State.Completed, ended);
      if (!isFinal(seen.state)) add(now?.state ?? seen.state, seen.size - ended);
      if (now !== undefined) attempt = Math.max(attempt, now.attempt);
      error ??= whyRetrying(now);
    }
    const told = Object.values(unstarted).reduce((sum, count) => sum + count, 0);
    const unseen = (view.width ?? 0) - (children?.size ?? 0) - batched - told;
    if (unseen > 0 && !isFailure(view.state)) counts.Pending = (counts.Pending ?? 0) + unseen;
    const state = mapState(view, counts);
    const { error: _, ...rest } = view;
    return { ...rest, counts, attempt, ...(error && state !== State.Completed && { error }), state };
  }
}

const mapState = (view: TaskView, counts: Partial<Record<StateType, number>>): StateType => {
  // Whatever its children say.
  if (view.state === State.Completed) return view.state;
  if (view.width === undefined && (isFinal(view.state) || view.state === State.Paused)) return view.state;
  const under = (state: StateType): boolean => (counts[state] ?? 0) > 0;
  if (under(State.Retrying) && !under(State.Running)) return State.Retrying;
  const begun = Object.entries(counts).some(([state, count]) => state !== State.Pending && count > 0);
  if (under(State.Pending) || under(State.Running)) return begun ? State.Running : State.Pending;
  const width = view.width ?? 0;
  if (under(State.Failed) || under(State.TimedOut) || under(State.Crashed) || under(State.TriggerFailed))
    return State.Failed;
  if (under(State.Cancelled)) return State.Cancelled;
  return width === 0 && view.endedAt === undefined ? State.Pending : State.Completed;
};
