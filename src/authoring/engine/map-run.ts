/**
 * One `.map` call: as many children as its inputs have items, run one by one or in batches (MapBody), with no barrier
 * between chained maps. Pure. A child's failure stays its own; the map ends once all of them have.
 */
import { AuthoringError, type RunError } from '../../core/errors.js';
import type { UnstartedState } from '../../core/protocol.js';
import { Stored, storedIn } from '../../core/result-ref.js';
import { failureValue } from '../../core/failure-value.js';
import { State } from '../../core/state.js';
import type { UpstreamCounts } from '../../core/trigger-rule.js';
import { batchAbove } from './batch-policy.js';
import type { FlowRun } from './flow-run.js';
import { addDataEdges, sourcesIn } from './futures-in.js';
import { countsOf, openGate, ruleVerdict } from './gate.js';
import { MapBatches } from './map-batches.js';
import type { MapBody, MapOutcome, MapTally } from './map-body.js';
import { type MapInput, mapInput, type Share, shareOfValue, unequalLengths, widthOf } from './map-inputs.js';
import { MapItems } from './map-items.js';
import { mapFailure } from './map-failure.js';
import { type MapOptions, toleratedOf } from './map-options.js';
import { Run } from './run.js';
import { sourceOf } from './source.js';
import { sequenceLength } from './stored-slices.js';
import type { TaskRun, Invoked } from './task-run.js';
import { triggerFailure } from './trigger-failure.js';

export type { MapOutcome } from './map-body.js';

const isMap = (run: Run): run is MapRun => run instanceof MapRun;

const hasFutures = (item: unknown): boolean => sourcesIn(item).length > 0;

/** Whether the items have an upstream of their own, each another one. */
const hasItemsUpstream = (share: Share): boolean =>
  share.kind === 'stage' ||
  (share.kind !== 'constant' && share.from !== undefined) ||
  (share.kind === 'items' && share.items.some(hasFutures));

const isUnstarted = (state: State): state is UnstartedState =>
  state === State.TriggerFailed || state === State.Cancelled || state === State.Failed || state === State.Skipped;

export class MapRun extends Run {
  readonly depth: number;
  width: number | undefined;
  private body: MapBody | undefined;
  private readonly inputs: MapInput[];
  private readonly options: MapOptions;
  private readonly onWidth: (() => void)[] = [];
  private completed = 0;
  private lost = 0;
  private skipped = 0;
  private isStopped = false;

  constructor(
    flowRun: FlowRun,
    id: string,
    private readonly invoked: Invoked,
  ) {
    super(flowRun, id, invoked.definition.name);
    this.options = invoked.map ?? {};
    this.inputs = invoked.args.map((arg) => mapInput(arg, this.name, isMap));
    if (this.inputs.every((input) => input.kind === 'constant'))
      throw new AuthoringError(
        'NOTHING_TO_MAP',
        `${this.name}.map(…) was given nothing to map over: at least one argument must be an array, or the future of one. ` +
          `For a single run call ${this.name}(…).`,
        { details: { taskName: this.name } },
      );
    // What is known to be unequal is refused at the call.
    this.commonWidth(
      this.inputs.map((input) => (input.kind === 'items' || input.kind === 'stored' ? widthOf(input) : undefined)),
    );
    for (const input of this.inputs) {
      if (input.kind === 'stage') this.dependOn(input.map, input.allowsFailure);
      else if (input.kind === 'future') this.dependOn(input.run, sourceOf(input.future)?.allowsFailure);
      else if (input.kind === 'constant') addDataEdges(this, input.value);
    }
    this.depth = 1 + Math.max(0, ...[...this.upstream].map((run) => run.depth));
  }

  open(): void {
    this.sealSoon();
  }

  /** The children, when it runs item by item. */
  get children(): readonly TaskRun[] | undefined {
    return this.body instanceof MapItems ? this.body.children : undefined;
  }
  /** Itself as batches, when it runs in such. */
  get batches(): MapBatches | undefined {
    return this.body instanceof MapBatches ? this.body : undefined;
  }
  /** Indexes of items without a value, of a map in batches that has ended. */
  get holes(): number[] | undefined {
    return this.batches?.holes;
  }

  private commonWidth(widths: readonly (number | undefined)[]): number | undefined {
    const known = widths.filter((width) => width !== undefined);
    if (this.options.zip === 'shortest') return known.length === 0 ? undefined : Math.min(...known);
    if (new Set(known).size > 1) throw unequalLengths(this.name, widths);
    return known[0];
  }

  private isStage(run: Run): run is MapRun {
    return this.inputs.some((input) => input.kind === 'stage' && input.map === run);
  }

  protected onSealed(): void {
    // A stage before this one need only know its width; everything else must have ended.
    let waiting = 1;
    const arrived = (): void => {
      if (--waiting === 0 && !this.ended) this.proceed();
    };
    for (const run of this.upstream) {
      if (run.ended) continue;
      waiting++;
      if (this.isStage(run)) run.whenWidthKnown(arrived);
      else run.whenEnded(arrived);
    }
    if (waiting > 1) this.flowRun.port.record({ kind: 'pending', id: this.id, name: this.name, up: this.upstreamIds });
    arrived();
  }

  /** Calls `done` when there are children, or when it is settled that there will be none. */
  whenWidthKnown(done: () => void): void {
    if (this.width !== undefined || this.ended) done();
    else this.onWidth.push(done);
  }

  /** The upstream that all children have in common; those of a stage are for each child to look at. */
  private get own(): Run[] {
    return this.watched.filter((run) => !(this.isStage(run) && run.width !== undefined));
  }

  private proceed(): void {
    const { own } = this;
    if ((this.invoked.gate?.skips ?? true) && own.some((run) => run.hasSkipped)) return this.finish(State.Skipped, {});
    // What is mapped over has to have a value, by whatever rule: without it there is no width.
    const cause = own.find((run) => run.failed && this.isMappedOver(run));
    if (cause !== undefined) return this.finish(State.TriggerFailed, { error: triggerFailure(this, { cause }) });
    const barriers = this.barriers();
    if (barriers.length === 0) return this.readThenBegin();
    let waiting = barriers.length;
    for (const map of barriers) map.whenEnded(() => --waiting === 0 && !this.ended && this.readThenBegin());
  }

  private isMappedOver(run: Run): boolean {
    return this.inputs.some(
      (input) => (input.kind === 'stage' && input.map === run) || (input.kind === 'future' && input.run === run),
    );
  }

  private readThenBegin(): void {
    const reading = this.allowedRead();
    if (reading === undefined) return this.begin();
    reading.then(() => !this.ended && this.begin(), this.fail);
  }

  /** Stages in batches that must have ended first, because this map's batches cannot be theirs. */
  private barriers(): MapRun[] {
    const stages = this.inputs.flatMap((input) => (input.kind === 'stage' && input.map.batches ? [input.map] : []));
    const isSimple = this.inputs.every((input) =>
      input.kind === 'stage' ? !input.allowsFailure : input.kind === 'constant',
    );
    if (stages.length === 1 && isSimple && this.invoked.gate === undefined)
      if (this.mayBatch && this.options.batch !== false && this.options.zip !== 'shortest') return [];
    return stages.filter((map) => !map.ended);
  }

  private get mayBatch(): boolean {
    const { definition } = this.invoked;
    return definition.kind === 'task' && !definition.options.local && this.options.batch !== false;
  }

  private readonly fail = (error: unknown): void => {
    if (!this.ended) this.finish(State.Failed, { error: this.flowRun.asRunError(error, this) });
  };

  private begin(): void {
    try {
      const shares = this.inputs.map((input) => this.shareOf(input));
      if (!shares.some((share) => share instanceof Promise)) return this.fanOut(shares as Share[]);
      Promise.all(shares)
        .then((known) => {
          if (!this.ended) this.fanOut(known);
        })
        .catch(this.fail);
    } catch (error) {
      this.fail(error);
    }
  }

  /** A promise only where parts were taken of what lies in the store: how many items that gives takes reading. */
  private shareOf(input: MapInput): Share | Promise<Share> {
    if (input.kind === 'stage') return this.stageShare(input);
    if (input.kind !== 'future') return input;
    const value = sourceOf(input.future)?.resolve();
    const data = storedIn(value);
    if (data === undefined || sequenceLength(data) !== undefined) return shareOfValue(value, this.name, input.run.id);
    return this.flowRun.port
      .sequence(data)
      .then((read) => shareOfValue(Array.isArray(read) ? read : new Stored(read), this.name, input.run.id));
  }

  private stageShare(input: Extract<MapInput, { kind: 'stage' }>): Share {
    const { map, allowsFailure } = input;
    if (map.width === undefined || (allowsFailure && map.failed && map.batches !== undefined))
      return shareOfValue(map.valueOrFailure(), this.name, map.id);
    return map.batches && !this.followsBatches(map) ? { ...map.endedShare(), from: map } : input;
  }

  private followsBatches(map: MapRun): boolean {
    return map.batches !== undefined && this.mayBatch && !map.ended ? this.barriers().length === 0 : false;
  }

  tally(): MapTally {
    return this.body?.tally() ?? { failed: {}, first: [], indexes: [] };
  }
  /** Positions without a value, once it has ended. */
  itemHoles(): number[] {
    return this.holes ?? (this.children ?? []).flatMap((child, i) => (child.failed ? [i] : []));
  }

  /** Positions that were skipped, once it has ended. */
  itemSkips(): number[] {
    return this.batches?.skipped ?? (this.children ?? []).flatMap((child, i) => (child.hasSkipped ? [i] : []));
  }

  /** What a later map sees of this one, in batches and ended. */
  endedShare(): Extract<Share, { kind: 'items' | 'stored' }> {
    const value = this.holes?.length ? this.batches?.stored() : this.body?.value();
    const data = storedIn(value);
    return data?.kind === 'sequence' ? { kind: 'stored', data } : { kind: 'items', items: (value ?? []) as unknown[] };
  }

  private fanOut(shares: readonly Share[]): void {
    const width = this.commonWidth(shares.map(widthOf)) ?? 0;
    const seesItems = this.invoked.gate !== undefined && shares.some(hasItemsUpstream);
    if (width > 0 && !seesItems && this.isHeld()) return;
    const body = this.bodyFor({ shares, width, seesItems });
    this.width = width;
    this.body = body;
    this.flowRun.port.record({ kind: 'map', id: this.id, name: this.name, up: this.upstreamIds, width });
    for (const known of this.onWidth.splice(0)) known();
    if (width === 0) return this.finish(State.Completed, { value: [] });
    for (const run of this.upstream)
      if (run.failed && !run.handled && (!this.isStage(run) || this.allows(run))) run.handle();
    body.start();
  }

  /** Ends it where the trigger rule is not met for all of its children alike. */
  private isHeld(): boolean {
    const { own } = this;
    const rule = this.invoked.gate?.rule;
    const cause = own.find((run) => run.failed);
    const verdict = rule === undefined ? (cause === undefined ? 'run' : 'fail') : ruleVerdict(rule, own);
    if (verdict === 'skip') this.finish(State.Skipped, {});
    if (verdict === 'fail')
      this.finish(State.TriggerFailed, { error: triggerFailure(this, { cause, rule, counts: countsOf(own) }) });
    return verdict !== 'run';
  }

  private bodyFor({
    shares,
    width,
    seesItems,
  }: {
    shares: readonly Share[];
    width: number;
    seesItems: boolean;
  }): MapBody {
    const { flowRun, id: mapId, depth, upstreamIds } = this;
    const offset = this.invoked.offset ?? 0;
    const gate = this.invoked.gate && (seesItems ? this.invoked.gate : openGate);
    const invoked = { ...this.invoked, gate };
    const common = seesItems ? this.own : [];
    const plan = { flowRun, mapId, depth, upstreamIds, invoked, shares, width, offset, common };
    const progress = { ended: this.itemsEnded.bind(this), done: this.allEnded.bind(this) };
    // Each child has a rule to look at: a batch, or another run's history, knows nothing of its upstream.
    const isUnbatched = seesItems || !this.isBatched(shares, width);
    if (isUnbatched && (seesItems || !this.needsShards(width))) return new MapItems(plan, progress);
    const { batch, concurrency } = this.options;
    return new MapBatches(plan, progress, {
      size: typeof batch === 'number' ? batch : undefined,
      concurrency,
      isUnbatched,
    });
  }

  private isBatched(shares: readonly Share[], width: number): boolean {
    if (!this.mayBatch) return false;
    // Items that wait for upstream of their own, or for an item of a stage that runs item by item, are run as such.
    if (shares.some((share) => share.kind === 'items' && share.items.some(hasFutures))) return false;
    const stages = shares.filter((share) => share.kind === 'stage');
    if (stages.some((share) => share.map.batches === undefined)) return false;
    const isWanted = stages.length > 0 || typeof this.options.batch === 'number' || width > batchAbove;
    return isWanted && this.flowRun.port.batchPolicy() > 0;
  }

  private needsShards(width: number): boolean {
    const { definition } = this.invoked;
    return (
      definition.kind === 'task' &&
      !definition.options.local &&
      !this.flowRun.port.hasRoom(width) &&
      this.flowRun.port.batchPolicy() > 0
    );
  }

  private itemsEnded(completed: number, failed: number, skipped: number): void {
    this.skipped += skipped;
    this.completed += completed;
    this.lost += failed;
    const { firstSuccesses } = this.options;
    const tolerated = toleratedOf(this.options, this.width ?? 0);
    const isEnough = firstSuccesses !== undefined && this.completed >= firstSuccesses;
    const isTooMuch = firstSuccesses === undefined && tolerated !== undefined && this.lost > tolerated;
    if (this.isStopped || !(isEnough || isTooMuch)) return;
    this.isStopped = true;
    this.body?.cancel();
  }

  private allEnded(): void {
    const { body, completed, lost } = this;
    if (body === undefined) return;
    const { firstSuccesses } = this.options;
    const isFine =
      firstSuccesses === undefined
        ? lost <= (toleratedOf(this.options, this.width ?? 0) ?? 0)
        : completed >= firstSuccesses;
    if (!isFine) {
      const tally = body.tally();
      const state = Object.keys(tally.failed).every((one) => one === State.Cancelled) ? State.Cancelled : State.Failed;
      // Those that run all the same take what values there are.
      return this.finish(state, { error: mapFailure(this, tally), value: body.value() });
    }
    if (lost > 0) body.handle();
    const value = body.value(firstSuccesses);
    if (!(body instanceof MapBatches)) return this.finish(State.Completed, { value });
    void body.compacted(value).then(
      (compact) => this.finish(State.Completed, { value: compact }),
      (error: unknown) => this.finish(State.Failed, { error: this.flowRun.asRunError(error, this) }),
    );
  }

  private finish(state: State, outcome: { value?: unknown; error?: RunError }): void {
    if (this.width === undefined && isUnstarted(state))
      this.flowRun.port.record({ kind: 'ended', id: this.id, name: this.name, up: this.upstreamIds, state });
    this.end(state, outcome);
    for (const known of this.onWidth.splice(0)) known();
  }

  override counts(): UpstreamCounts {
    const { completed, lost, skipped } = this;
    if (this.width === undefined || (this.failed && lost === 0)) return super.counts();
    return { succeeded: completed, skipped, failed: lost, borne: this.failed ? 0 : lost };
  }
  override get hasSkipped(): boolean {
    return super.hasSkipped || this.skipped > 0;
  }
  override valueOrFailure(): unknown {
    if (!this.failed || this.error === undefined) return this.value;
    return this.body === undefined ? [failureValue(this.state, this.error)] : this.body.valueOrFailures();
  }
  override failuresRead(): Promise<void> | undefined {
    return this.failed ? this.body?.failuresRead() : undefined;
  }

  override handle(): void {
    super.handle();
    this.body?.handle();
  }
  /** Also when each child's failure was dealt with further down a chain of maps. */
  override get isHandled(): boolean {
    return this.handled || (this.body?.isHandled ?? false);
  }

  cancel(): void {
    if (this.ended) return;
    if (this.body === undefined) this.finish(State.Cancelled, { error: this.cancelledError() });
    else this.body.cancel();
  }

  /** How each child ended, in order of index; waits for all. */
  outcomes(): Promise<MapOutcome[]> {
    return new Promise((resolve, reject) => {
      this.whenEnded(() => {
        if (this.body === undefined) reject(this.error);
        else resolve(this.body.outcomes());
      });
    });
  }

  /** How each child ended, in order of ending. */
  async *endings(): AsyncGenerator<MapOutcome> {
    await new Promise<void>((resolve) => this.whenWidthKnown(resolve));
    const { body, width } = this;
    if (body === undefined || width === undefined) throw this.error;
    const arrived: (MapOutcome[] | Promise<MapOutcome[]>)[] = [];
    let wake = (): void => undefined;
    body.onEnding((ended) => {
      arrived.push(ended);
      wake();
    });
    for (let told = 0; told < width;) {
      const ended = arrived.shift();
      if (ended === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else {
        const outcomes = ended instanceof Promise ? await ended : ended;
        yield* outcomes;
        told += outcomes.length;
      }
    }
  }
}
