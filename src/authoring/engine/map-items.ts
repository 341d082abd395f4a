/**
 * A map run item by item: a task run for each, with its own upstream, so that a chain of maps has no barrier. Pure.
 */
import { failureValue } from '../../core/failure-value.js';
import { isFailure, State } from '../../core/state.js';
import type { FlowRun } from './flow-run.js';
import { addDataEdges } from './futures-in.js';
import type { MapBody, MapOutcome, MapProgress, MapTally } from './map-body.js';
import { itemAt, originOf, type Share } from './map-inputs.js';
import { positionsOf } from './stored-slices.js';
import type { Run } from './run.js';
import { type Source, futureSource } from './source.js';
import { type Invoked, TaskRun } from './task-run.js';
import type { Transaction } from './transaction.js';
import { Window } from './window.js';

export interface MapPlan {
  flowRun: FlowRun;
  transaction: Transaction | undefined;
  mapId: string;
  depth: number;
  upstreamIds: string[];
  invoked: Invoked;
  shares: readonly Share[];
  width: number;
  /** The index of the first item, where the map is a part of another one. */
  offset: number;
  /** What each child has upstream besides its own items. */
  common: readonly Run[];
}

export class MapItems implements MapBody {
  readonly children: TaskRun[] = [];
  private readonly listeners: ((ended: MapOutcome[]) => void)[] = [];
  private unfinished: number;

  constructor(
    private readonly plan: MapPlan,
    private readonly progress: MapProgress,
  ) {
    this.unfinished = plan.width;
    const { flowRun, mapId, depth, upstreamIds, invoked } = plan;
    flowRun.port.checkRoom(plan.width);
    const { concurrency } = invoked.map ?? {};
    const window = concurrency === undefined ? undefined : new Window(concurrency, flowRun.hold);
    const place = { mapId, depth, mapUpstreamIds: upstreamIds, window };
    for (let position = 0; position < plan.width; position++) {
      const index = plan.offset + position;
      const args = plan.shares.map((share) => this.shareAt(share, position));
      const title = invoked.title && `${invoked.title}[${index}]`;
      const child = new TaskRun(flowRun, `${mapId}[${index}]`, { ...invoked, args, title }, { ...place, index });
      child.transaction = plan.transaction;
      for (const arg of args) addDataEdges(child, arg);
      for (const run of plan.common) child.dependOn(run);
      this.children.push(child);
    }
    this.countItems();
  }

  /** Where items have no runs to depend on, each counts as it ended. */
  private countItems(): void {
    for (const share of this.plan.shares) {
      const from = originOf(share);
      if (from === undefined) continue;
      const { map, failed, skipped, runs } = from;
      this.children.forEach((child, i) => {
        if (!runs?.has(i)) child.countItem(map, failed.has(i) ? 'failed' : skipped.has(i) ? 'skipped' : 'succeeded');
      });
    }
  }

  private shareAt(share: Share, index: number): unknown {
    if (share.kind === 'stage') {
      const child = share.map.children?.[index];
      return child && new StageItem(child, share.allowsFailure);
    }
    const run = originOf(share)?.runs?.get(index);
    return run ? new StageItem(run, false) : itemAt(share, index, this.plan.invoked.definition.name);
  }

  start(): void {
    const apart = this.endsBefore();
    this.children.forEach((child, i) => {
      child.whenEnded(() => this.childEnded(child));
      const how = apart.get(i);
      if (how === undefined) child.open();
      else child.follow(how);
    });
  }

  /** In a part of a map: positions whose items ended without a value in the map before, which ran elsewhere. */
  private endsBefore(): Map<number, 'failed' | 'skipped'> {
    const ends = new Map<number, 'failed' | 'skipped'>();
    const { shares, invoked, flowRun } = this.plan;
    for (const share of invoked.offset === undefined ? [] : shares) {
      if (share.kind !== 'stored') continue;
      for (const at of positionsOf(share.data, 'skipped')) ends.set(at, 'skipped');
      for (const at of positionsOf(share.data, 'holes')) ends.set(at, 'failed');
    }
    // Before, such items ran with `undefined`.
    return ends.size > 0 && flowRun.port.isNew('parts-follow') ? ends : new Map<number, never>();
  }

  private childEnded(child: TaskRun): void {
    for (const tell of this.listeners) tell([outcomeOf(child)]);
    this.progress.ended(child.failed ? 0 : 1, child.failed ? 1 : 0, child.state === State.Skipped ? 1 : 0);
    if (--this.unfinished === 0) this.progress.done();
  }

  cancel(): void {
    for (const child of this.children) child.cancel();
  }

  private get failed(): TaskRun[] {
    return this.children.filter((child) => child.failed);
  }

  tally(): MapTally {
    const { failed } = this;
    const counts: MapTally['failed'] = {};
    for (const { state } of failed) counts[state] = (counts[state] ?? 0) + 1;
    return {
      failed: counts,
      first: failed.slice(0, 5).map((child) => ({
        index: child.mapIndex ?? 0,
        state: child.state,
        message: child.error?.message ?? child.state,
        error: child.error,
      })),
      indexes: failed.slice(0, 100).map((child) => child.mapIndex ?? 0),
    };
  }

  value(first?: number): unknown {
    if (first === undefined) return this.children.map((child) => (child.failed ? undefined : child.value));
    return this.children
      .filter((child) => !child.failed && child.ended)
      .slice(0, first)
      .map((child) => child.value);
  }

  valueOrFailures(): unknown {
    return this.children.map(({ state, value, error }) => (error === undefined ? value : failureValue(state, error)));
  }
  failuresRead(): undefined {
    return undefined;
  }

  outcomes(): MapOutcome[] {
    return this.children.map(outcomeOf);
  }

  onEnding(tell: (ended: MapOutcome[]) => void): void {
    const before = this.children.filter((child) => child.ended);
    if (before.length > 0) tell(before.map(outcomeOf));
    this.listeners.push(tell);
  }

  handle(): void {
    for (const child of this.children) if (child.failed && !child.handled) child.handle();
  }

  get isHandled(): boolean {
    const { failed } = this;
    return failed.length > 0 && failed.every((child) => child.handled);
  }
}

const outcomeOf = (child: TaskRun): MapOutcome => ({
  index: child.mapIndex ?? 0,
  state: child.state,
  ...(isFailure(child.state) ? child.error && { error: child.error } : { value: child.value }),
});

/** Child `i`'s share of an earlier stage: the future of that stage's child `i`. */
class StageItem {
  readonly [futureSource]: Source;
  constructor(child: TaskRun, allowsFailure: boolean) {
    const resolve = (): unknown => (allowsFailure ? child.valueOrFailure() : child.value);
    this[futureSource] = { run: child, isWhole: true, allowsFailure, resolve };
  }
}
