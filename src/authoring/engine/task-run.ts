/**
 * One call of a task or of a flow inside a flow run: waits for its upstream, resolves its arguments, runs once, ends
 * once. Pure. Mapped children are task runs too, owned by their map run.
 */
import type { RunError } from '../../core/errors.js';
import { isCached } from '../../core/cached.js';
import { State } from '../../core/state.js';
import type { UnstartedState } from '../../core/protocol.js';
import { noUpstream, type UpstreamCounts } from '../../core/trigger-rule.js';
import type { TaskPolicy } from '../../core/task-policy.js';
import type { FlowDefinition, TaskDefinition } from '../definition.js';
import type { Started, TaskInvocation } from './engine-port.js';
import type { FlowRun } from './flow-run.js';
import { resolveFutures } from './futures-in.js';
import { countsOf, type Gate, ruleVerdict } from './gate.js';
import { runTaskHooks } from './hooks.js';
import { quietly } from './quietly.js';
import { whenApproved } from './manual-start.js';
import type { Priority } from '../priority-option.js';
import type { MapOptions } from './map-options.js';
import { runNameOf } from '../run-name.js';
import { Run, stateOfFailure } from './run.js';
import { triggerFailure } from './trigger-failure.js';
import type { Window } from './window.js';

export interface Invoked {
  definition: TaskDefinition | FlowDefinition;
  args: readonly unknown[];
  policy?: Partial<TaskPolicy> | undefined;
  tags?: readonly string[] | undefined;
  priority?: Priority | undefined;
  title?: string | undefined;
  /** Absent: runs when all upstream has succeeded. */
  gate?: Gate | undefined;
  /** Of a map only. */
  map?: MapOptions | undefined;
  /** Of a part of a map: the index of its first item. */
  offset?: number;
  /** Of a part of a map: bytes of values that its report may carry itself. */
  inlineBytes?: number | undefined;
}

/** A mapped child's place in its map. */
interface Place {
  mapId: string;
  index: number;
  depth: number;
  mapUpstreamIds: string[];
  /** The map's own bound on children in flight. */
  window: Window | undefined;
}

export class TaskRun extends Run {
  private started: Started | undefined;
  private waiting = 0;
  /** Upstream items that have no run of their own: those of maps in batches. */
  private items: { counts: UpstreamCounts; maps: Set<Run> } | undefined;

  constructor(
    flowRun: FlowRun,
    id: string,
    private readonly invoked: Invoked,
    private readonly mapped?: Place,
  ) {
    super(flowRun, id, invoked.definition.name);
  }

  get depth(): number {
    return this.mapped?.depth ?? 0;
  }
  get mapIndex(): number | undefined {
    return this.mapped?.index;
  }

  private get window(): Window {
    return this.mapped?.window ?? this.flowRun.window;
  }

  /** Waits for nothing, but counts an item of `map`, which ran in batches and has ended, among its upstream. */
  countItem(map: Run, how: keyof UpstreamCounts): void {
    const { counts, maps } = (this.items ??= { counts: { ...noUpstream }, maps: new Set() });
    counts[how]++;
    if (how === 'skipped') counts.succeeded++;
    if (how === 'failed') this.dependOn(map);
    maps.add(map);
  }

  /** Ends it unstarted, as after an item of another run's map, of which no more is known here than how it ended. */
  follow(how: 'failed' | 'skipped'): void {
    if (how === 'skipped') return this.endUnstarted(State.Skipped);
    this.endUnstarted(State.TriggerFailed, triggerFailure(this, { cause: undefined, mapIndex: this.mapIndex }));
  }

  /** Called once, by whoever made it, after the edges of the call itself are in `upstream`. */
  open(): void {
    if (this.mapped === undefined) this.sealSoon();
    else {
      this.sealed = true;
      this.onSealed();
    }
  }

  protected onSealed(): void {
    for (const run of this.upstream) if (!run.ended) this.waiting++;
    if (this.waiting === 0) return this.proceed();
    if (this.mapped === undefined)
      this.flowRun.port.record({ kind: 'pending', id: this.id, name: this.name, up: this.upstreamIds });
    for (const run of this.upstream)
      if (!run.ended) run.whenEnded(() => --this.waiting === 0 && !this.ended && this.proceed());
  }

  private proceed(): void {
    if (this.isCalledOff) return this.cancel();
    const { gate } = this.invoked;
    if ((gate?.skips ?? true) && this.isSkipped()) return this.endUnstarted(State.Skipped);
    if (gate?.rule.kind === 'manualOnly') return whenApproved(this, () => this.readThenEnter());
    const unmet = gate === undefined ? this.unmetByDefault() : this.unmet(gate);
    if (unmet === 'skip') return this.endUnstarted(State.Skipped);
    if (unmet !== undefined) return this.endUnstarted(State.TriggerFailed, unmet);
    this.readThenEnter();
  }

  private readThenEnter(): void {
    const reading = this.allowedRead();
    if (reading === undefined) return this.enter();
    reading.then(
      () => !this.ended && this.enter(),
      (error: unknown) => !this.ended && this.endUnstarted(State.Failed, this.flowRun.asRunError(error, this)),
    );
  }

  private isSkipped(): boolean {
    const { items } = this;
    if (items === undefined) return this.hasSkippedUpstream();
    return items.counts.skipped > 0 || this.watched.some((run) => run.hasSkipped && !items.maps.has(run));
  }

  private unmetByDefault(): RunError | undefined {
    const { mapIndex, items } = this;
    const [map] = items === undefined || items.counts.failed === 0 ? [] : items.maps;
    const cause = map ?? this.failedUpstream();
    return cause && triggerFailure(this, { cause, mapIndex });
  }

  private unmet({ rule }: Gate): RunError | 'skip' | undefined {
    const { mapIndex, items } = this;
    const runs = this.watched.filter((run) => !items?.maps.has(run));
    const verdict = ruleVerdict(rule, runs, items?.counts);
    if (verdict !== 'fail') return verdict === 'run' ? undefined : 'skip';
    const counts = countsOf(runs, items?.counts);
    return triggerFailure(this, { cause: this.failedUpstream(), mapIndex, rule, counts });
  }

  private enter(): void {
    // Mapped children come after plain task runs of the same moment, deeper stages first.
    const depth = this.mapped === undefined ? Number.MAX_SAFE_INTEGER : this.depth;
    this.window.enter(Math.min(depth, 64), () => !this.ended && this.start());
  }

  /** Whether anything was started. */
  private start(): boolean {
    let started: Started;
    try {
      started = quietly(() => this.launch());
    } catch (error) {
      this.endUnstarted(State.Failed, this.flowRun.asRunError(error, this));
      return false;
    }
    this.started = started;
    this.state = State.Running;
    this.dealWithUpstream();
    void quietly(() =>
      started.result.then(
        (value) =>
          isCached(value) ? this.finish(State.Cached, { value: value.value }) : this.finish(State.Completed, { value }),
        (error: unknown) => {
          const failure = started.explain?.(error) ?? this.flowRun.asRunError(error, this);
          const state = stateOfFailure(failure);
          this.finish(state, state === State.Skipped ? {} : { error: failure });
        },
      ),
    );
    return true;
  }

  private finish(state: State, outcome: { value?: unknown; error?: RunError }): void {
    // Ended before the place is given up: what comes next for this item may take it.
    this.end(state, outcome);
    if (state === State.Completed && this.mapped === undefined && this.isUndoable)
      this.flowRun.completed(this, { invocations: [this.undoing()] });
    this.runHooks();
    this.window.leave();
  }

  /** Of a map they are run once, for all of it. */
  private runHooks(): void {
    const { definition } = this.invoked;
    if (definition.kind === 'task' && definition.hooks !== undefined && this.mapped === undefined)
      runTaskHooks(this, definition.hooks);
  }

  private get isUndoable(): boolean {
    const { definition } = this.invoked;
    return definition.kind === 'task' && definition.options.undo !== undefined;
  }

  /** What undoes it, once it has completed. */
  undoing(): TaskInvocation {
    const { definition, args, policy, tags } = this.invoked;
    const { mapped } = this;
    return {
      id: mapped === undefined ? `${this.id}:undo` : `${mapped.mapId}:undo[${mapped.index}]`,
      title: `undo ${this.invoked.title ?? this.id}`,
      definition: definition as TaskDefinition,
      args: [this.value, ...args.map((arg) => resolveFutures(arg))],
      policy,
      tags,
      upstreamIds: [mapped?.mapId ?? this.id],
      mapIndex: this.mapIndex,
      undo: true,
    };
  }

  private launch(): Started {
    const { definition, args, policy, tags, priority } = this.invoked;
    const values = args.map((arg) => resolveFutures(arg));
    this.flowRun.port.checkRoom(1);
    const place = {
      id: this.id,
      upstreamIds: this.mapped?.mapUpstreamIds ?? this.upstreamIds,
      mapIndex: this.mapIndex,
    };
    return definition.kind === 'flow'
      ? this.flowRun.port.startFlow({ ...place, definition, params: values[0], priority })
      : this.flowRun.port.startTask({
          ...place,
          definition,
          args: values,
          policy,
          tags,
          priority,
          title: this.invoked.title ?? runNameOf(definition, values) ?? this.id,
        });
  }

  private endUnstarted(state: UnstartedState, error?: RunError): void {
    const { id, name } = this;
    this.flowRun.port.record(
      this.mapped === undefined
        ? { kind: 'ended', id, name, up: this.upstreamIds, state }
        : { kind: 'children', id: this.mapped.mapId, name, up: this.mapped.mapUpstreamIds, state, count: 1 },
    );
    this.end(state, error === undefined ? {} : { error });
    this.runHooks();
  }

  cancel(): void {
    if (this.ended) return;
    if (this.started !== undefined) this.started.cancel();
    else this.endUnstarted(State.Cancelled, this.cancelledError());
  }
}
