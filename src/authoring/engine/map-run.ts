/**
 * One `.map` call: as many children as its inputs have items, run one by one or in batches (MapBody), with no barrier
 * between chained maps. Pure. A child's failure stays its own; the map ends once all of them have.
 */
import type { RunError } from '../../core/errors.js';
import type { UnstartedState } from '../../core/protocol.js';
import { failureValue } from '../../core/failure-value.js';
import { State } from '../../core/state.js';
import type { UpstreamCounts } from '../../core/trigger-rule.js';
import { afterMap } from './after-map.js';
import { chooseBody, hasItemsUpstream } from './choose-body.js';
import type { FlowRun } from './flow-run.js';
import { addDataEdges } from './futures-in.js';
import { countsOf, openGate, ruleVerdict } from './gate.js';
import { MapBatches } from './map-batches.js';
import { slottedIn } from './flat-share.js';
import { endingsOf } from './map-endings.js';
import type { MapBody, MapOutcome, MapTally } from './map-body.js';
import { checkInputs, commonWidth, isMappedOver, type MapInput, mapInput, type Share, widthOf } from './map-inputs.js';
import { whenApproved } from './manual-start.js';
import { MapItems } from './map-items.js';
import { mapFailure } from './map-failure.js';
import { isDecided, isFine, type MapOptions } from './map-options.js';
import { barriersOf, sharesOf } from './map-shares.js';
import { Run } from './run.js';
import { sourceOf } from './source.js';
import type { TaskRun, Invoked } from './task-run.js';
import { triggerFailure } from './trigger-failure.js';

export type { MapOutcome } from './map-body.js';
const isMap = (run: Run): run is MapRun => run instanceof MapRun;

const isUnstarted = (state: State): state is UnstartedState =>
  state === State.TriggerFailed || state === State.Cancelled || state === State.Failed || state === State.Skipped;

export class MapRun extends Run {
  readonly depth: number;
  width: number | undefined;
  body: MapBody | undefined;
  private readonly invoked: Invoked;
  private readonly isManual: boolean;
  private readonly inputs: MapInput[];
  readonly options: MapOptions;
  /** Maps whose lists are flattened, and each of whose items is for the children here to look at. */
  readonly slotted = new Set<Run>();
  private readonly onWidth: (() => void)[] = [];
  private completed = 0;
  private lost = 0;
  private skipped = 0;
  private isStopped = false;

  constructor(flowRun: FlowRun, id: string, invoked: Invoked) {
    super(flowRun, id, invoked.definition.name);
    const { gate } = invoked;
    this.isManual = gate?.rule.kind === 'manualOnly';
    // The word is given once, for all children.
    this.invoked =
      gate !== undefined && this.isManual ? { ...invoked, gate: { ...openGate, skips: gate.skips } } : invoked;
    this.options = invoked.map ?? {};
    this.inputs = invoked.args.map((arg) => mapInput(arg, this.name, isMap));
    checkInputs(this.name, this.inputs, this.options);
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
    return this.watched.filter((run) => !this.seesItemsOf(run));
  }
  private seesItemsOf(run: Run): boolean {
    return (this.isStage(run) && run.width !== undefined) || this.slotted.has(run);
  }

  private proceed(): void {
    if (this.isCalledOff) return this.cancel();
    for (const map of slottedIn(this.inputs, this.flowRun.port)) this.slotted.add(map);
    const { own } = this;
    if ((this.invoked.gate?.skips ?? true) && own.some((run) => run.hasSkipped)) return this.finish(State.Skipped, {});
    // What is mapped over has to have a value, by whatever rule: without it there is no width.
    const cause = own.find((run) => run.failed && isMappedOver(this.inputs, run));
    if (cause !== undefined) return this.finish(State.TriggerFailed, { error: triggerFailure(this, { cause }) });
    if (this.isManual) whenApproved(this, () => this.passBarriers());
    else this.passBarriers();
  }

  private passBarriers(): void {
    const barriers = barriersOf(this.inputs, this.invoked);
    if (barriers.length === 0) return this.readThenBegin();
    let waiting = barriers.length;
    for (const map of barriers) map.whenEnded(() => --waiting === 0 && !this.ended && this.readThenBegin());
  }

  private readThenBegin(): void {
    if (this.isCalledOff) return this.cancel();
    const reading = this.allowedRead();
    if (reading === undefined) return this.begin();
    reading.then(() => !this.ended && this.begin(), this.fail);
  }

  private readonly fail = (error: unknown): void => {
    if (!this.ended) this.finish(State.Failed, { error: this.flowRun.asRunError(error, this) });
  };

  private begin(): void {
    try {
      const shares = sharesOf(this, this.inputs, this.invoked);
      const known = shares.filter((share): share is Share => !(share instanceof Promise));
      if (known.length === shares.length) return this.fanOut(known);
      Promise.all(shares.map((share) => Promise.resolve(share)))
        .then((read) => !this.ended && this.fanOut(read))
        .catch(this.fail);
    } catch (error) {
      this.fail(error);
    }
  }

  tally(): MapTally {
    return this.body?.tally() ?? { failed: {}, first: [], indexes: [] };
  }

  private fanOut(shares: readonly Share[]): void {
    const width = commonWidth(this.name, shares.map(widthOf), this.options) ?? 0;
    const seesItems = this.invoked.gate !== undefined && shares.some(hasItemsUpstream);
    if (width > 0 && !seesItems && this.isHeld()) return;
    const gate = this.invoked.gate && (seesItems ? this.invoked.gate : openGate);
    const plan = {
      ...{ flowRun: this.flowRun, transaction: this.transaction, mapId: this.id, depth: this.depth },
      ...{ upstreamIds: this.upstreamIds, shares, width },
      invoked: { ...this.invoked, gate },
      offset: this.invoked.offset ?? 0,
      common: seesItems ? this.own : [],
    };
    const progress = { ended: this.itemsEnded.bind(this), done: this.allEnded.bind(this) };
    const body = chooseBody(plan, progress, { seesItems });
    this.width = width;
    this.body = body;
    this.flowRun.port.record({ kind: 'map', id: this.id, name: this.name, up: this.upstreamIds, width });
    for (const known of this.onWidth.splice(0)) known();
    if (width === 0) return this.finish(State.Completed, { value: [] });
    for (const run of this.upstream)
      if (run.failed && !run.handled && (!this.seesItemsOf(run) || this.allows(run))) run.handle();
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

  private itemsEnded(completed: number, failed: number, skipped: number): void {
    this.skipped += skipped;
    this.completed += completed;
    this.lost += failed;
    if (
      this.isStopped ||
      !isDecided(this.options, { width: this.width ?? 0, completed: this.completed, lost: this.lost })
    )
      return;
    this.isStopped = true;
    this.body?.cancel();
  }

  private allEnded(): void {
    const { body, completed, lost } = this;
    if (body === undefined) return;
    const { firstSuccesses } = this.options;
    if (!isFine(this.options, { width: this.width ?? 0, completed, lost })) {
      const tally = body.tally();
      const state = Object.keys(tally.failed).every((one) => one === State.Cancelled) ? State.Cancelled : State.Failed;
      // Those that run all the same take what values there are.
      return this.finish(state, { error: mapFailure(this, tally), value: body.value() });
    }
    if (lost > 0) {
      body.handle();
      const { port } = this.flowRun;
      if (port.isNew('borne-failures'))
        port.record({ kind: 'borne', id: this.id, name: this.name, up: this.upstreamIds });
    }
    const value = body.value(firstSuccesses);
    if (!(body instanceof MapBatches)) return this.finish(State.Completed, { value });
    void body.reports.compacted(value).then(
      (compact) => this.finish(State.Completed, { value: compact }),
      (error: unknown) => this.finish(State.Failed, { error: this.flowRun.asRunError(error, this) }),
    );
  }

  private finish(state: State, outcome: { value?: unknown; error?: RunError }): void {
    if (this.width === undefined && isUnstarted(state))
      this.flowRun.port.record({ kind: 'ended', id: this.id, name: this.name, up: this.upstreamIds, state });
    this.end(state, outcome);
    afterMap(this, this.invoked);
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

  /** How each child ended, in order of index; waits for all. None where the map was skipped as a whole. */
  outcomes(): Promise<MapOutcome[]> {
    return new Promise((resolve, reject) => {
      this.whenEnded(() => {
        if (this.body === undefined && this.error !== undefined) reject(this.error);
        else resolve(this.body?.outcomes() ?? []);
      });
    });
  }

  /** How each child ended, in order of ending. */
  async *endings(): AsyncGenerator<MapOutcome> {
    await new Promise<void>((resolve) => this.whenWidthKnown(resolve));
    const { body, width } = this;
    if (body !== undefined && width !== undefined) yield* endingsOf(body, width);
    else if (this.error !== undefined) throw this.error;
  }
}
