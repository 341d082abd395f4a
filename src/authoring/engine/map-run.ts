/**
 * One `.map` call: as many children as its inputs have items, each with its own upstream, so that a chain of maps
 * runs item by item with no barrier. Pure. A child's failure stays its own; the map has failed once all have ended.
 */
import { AuthoringError, RunError } from '../../core/errors.js';
import { State, isFailure } from '../../core/state.js';
import { Unmapped } from '../unmapped.js';
import type { FlowRun } from './flow-run.js';
import { runsIn } from './futures-in.js';
import { itemsOf } from './items.js';
import { Run } from './run.js';
import { type Source, futureSource, sourceOf } from './source.js';
import { type Invoked, TaskRun } from './task-run.js';

/** How one argument of a map gives child `i` its share. */
type Input =
  | { kind: 'constant'; value: unknown }
  | { kind: 'items'; items: readonly unknown[] }
  | { kind: 'future'; future: unknown; run: Run }
  | { kind: 'stage'; map: MapRun };

export interface MapOutcome {
  index: number;
  state: State;
  value?: unknown;
  error?: RunError;
}

/** Failures that a map's error names; all of them are in the children. */
const shownFailures = 5;

export class MapRun extends Run {
  readonly depth: number;
  children: TaskRun[] = [];
  width: number | undefined;
  private readonly inputs: Input[];
  private readonly onWidth: (() => void)[] = [];
  private readonly onChild: ((child: TaskRun) => void)[] = [];
  private unfinished = 0;

  constructor(
    flowRun: FlowRun,
    id: string,
    private readonly invoked: Invoked,
  ) {
    super(flowRun, id, invoked.definition.name);
    this.inputs = invoked.args.map((arg) => this.inputOf(arg));
    if (this.inputs.every((input) => input.kind === 'constant'))
      throw new AuthoringError(
        'NOTHING_TO_MAP',
        `${this.name}.map(…) was given nothing to map over: at least one argument must be an array, or the future of one. ` +
          `For a single run call ${this.name}(…).`,
        { details: { taskName: this.name } },
      );
    this.checkWidths();
    for (const input of this.inputs) {
      if (input.kind === 'stage') this.upstream.add(input.map);
      else if (input.kind === 'future') this.upstream.add(input.run);
      else if (input.kind === 'constant') for (const run of runsIn(input.value)) this.upstream.add(run);
    }
    this.depth = 1 + Math.max(0, ...[...this.upstream].map((run) => run.depth));
  }

  open(): void {
    this.sealSoon();
  }

  private inputOf(arg: unknown): Input {
    if (arg instanceof Unmapped) return { kind: 'constant', value: arg.value };
    const source = sourceOf(arg);
    if (source !== undefined)
      return source.run instanceof MapRun && source.isWhole
        ? { kind: 'stage', map: source.run }
        : { kind: 'future', future: arg, run: source.run };
    if (Array.isArray(arg)) return { kind: 'items', items: arg };
    if (typeof arg === 'object' && arg !== null && Symbol.iterator in arg)
      return { kind: 'items', items: itemsOf(arg as Iterable<unknown>, this.name) };
    return { kind: 'constant', value: arg };
  }

  /** Refuses what is known to be unequal already at the call. */
  private checkWidths(): void {
    const widths = this.inputs.map((input) => (input.kind === 'items' ? input.items.length : undefined));
    const known = widths.filter((width) => width !== undefined);
    if (new Set(known).size > 1) throw this.unequal(widths);
  }

  private unequal(widths: (number | undefined)[]): AuthoringError {
    const lengths = widths.filter((width) => width !== undefined).join(', ');
    return new AuthoringError(
      'MAP_LENGTH_MISMATCH',
      `${this.name}.map(…) was given inputs of different lengths (${lengths}). Make them equal, or pass what is the same ` +
        `for every item as unmapped(value).`,
      { details: { taskName: this.name, lengths: widths } },
    );
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
      const stage = this.inputs.some((input) => input.kind === 'stage' && input.map === run);
      if (stage) (run as MapRun).whenWidthKnown(arrived);
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

  private proceed(): void {
    for (const run of this.upstream) {
      const isStage = this.inputs.some((input) => input.kind === 'stage' && input.map === run);
      if (run.failed && !(isStage && (run as MapRun).width !== undefined))
        return this.finish(State.TriggerFailed, { error: this.triggerFailure(run) });
    }
    try {
      this.fanOut();
    } catch (error) {
      this.finish(State.Failed, { error: this.flowRun.asRunError(error, this) });
    }
  }

  private fanOut(): void {
    const shares = this.inputs.map((input) => this.shareOf(input));
    const widths = shares.map((share) => share.width);
    const distinct = new Set(widths.filter((width) => width !== undefined));
    if (distinct.size > 1) throw this.unequal(widths);
    const [width = 0] = distinct;
    this.flowRun.port.checkRoom(width);
    this.width = width;
    this.unfinished = width;
    this.flowRun.port.record({ kind: 'map', id: this.id, name: this.name, up: this.upstreamIds, width });
    const place = { mapId: this.id, depth: this.depth, mapUpstreamIds: this.upstreamIds };
    for (let index = 0; index < width; index++) {
      const args = shares.map((share) => share.at(index));
      const title = this.invoked.title && `${this.invoked.title}[${index}]`;
      const child = new TaskRun(
        this.flowRun,
        `${this.id}[${index}]`,
        { ...this.invoked, args, title },
        { ...place, index },
      );
      for (const arg of args) for (const run of runsIn(arg)) child.upstream.add(run);
      this.children.push(child);
    }
    for (const known of this.onWidth.splice(0)) known();
    if (width === 0) return this.finish(State.Completed, { value: [] });
    for (const child of this.children) {
      child.whenEnded(() => this.childEnded(child));
      child.open();
    }
  }

  private shareOf(input: Input): { width: number | undefined; at: (index: number) => unknown } {
    switch (input.kind) {
      case 'constant':
        return { width: undefined, at: () => input.value };
      case 'items':
        return { width: input.items.length, at: (index) => input.items[index] };
      case 'stage':
        return { width: input.map.width ?? 0, at: (index) => new StageItem(input.map.children[index] as TaskRun) };
      case 'future': {
        const items = sourceOf(input.future)?.resolve();
        if (!Array.isArray(items))
          throw new AuthoringError(
            'NOTHING_TO_MAP',
            `${this.name}.map(…) was given the result of '${input.run.id}', which is ${items === null ? 'null' : typeof items}, ` +
              `not an array. Return an array there, or pass it to every item as unmapped(…).`,
            { details: { taskName: this.name, upstream: input.run.id } },
          );
        return { width: items.length, at: (index) => items[index] as unknown };
      }
    }
  }

  private childEnded(child: TaskRun): void {
    for (const tell of this.onChild) tell(child);
    if (--this.unfinished > 0) return;
    const failed = this.children.filter((one) => one.failed);
    if (failed.length === 0) return this.finish(State.Completed, { value: this.children.map((one) => one.value) });
    const state = failed.every((one) => one.state === State.Cancelled) ? State.Cancelled : State.Failed;
    this.finish(state, { error: this.mapFailure(failed) });
  }

  private mapFailure(failed: TaskRun[]): RunError {
    const shown = failed.slice(0, shownFailures);
    const list = shown.map((child) => `[${child.mapIndex}] ${child.error?.message ?? child.state}`).join('; ');
    const more = failed.length > shown.length ? `; and ${failed.length - shown.length} more` : '';
    const onlyCancelled = failed.every((child) => child.state === State.Cancelled);
    return new RunError(
      onlyCancelled ? 'CANCELLED' : 'MAP_FAILED',
      `${failed.length} of ${this.children.length} task runs of ${this.name}.map(…) did not complete: ${list}${more}`,
      {
        cause: shown[0]?.error,
        details: {
          runId: this.flowRun.info.runId,
          flowName: this.flowRun.info.flowName,
          taskName: this.name,
          taskRunId: this.id,
          width: this.children.length,
          failed: failed.length,
          failedIndexes: failed.slice(0, 100).map((child) => child.mapIndex),
        },
      },
    );
  }

  private finish(state: State, outcome: { value?: unknown; error?: RunError }): void {
    if (
      this.width === undefined &&
      (state === State.TriggerFailed || state === State.Cancelled || state === State.Failed)
    )
      this.flowRun.port.record({ kind: 'ended', id: this.id, name: this.name, up: this.upstreamIds, state });
    this.end(state, outcome);
    for (const known of this.onWidth.splice(0)) known();
  }

  override handle(): void {
    super.handle();
    for (const child of this.children) if (child.failed && !child.handled) child.handle();
  }
  /** Also when each child's failure was dealt with further down a chain of maps. */
  override get isHandled(): boolean {
    if (this.handled) return true;
    const failed = this.children.filter((child) => child.failed);
    return failed.length > 0 && failed.every((child) => child.handled);
  }

  cancel(): void {
    if (this.ended) return;
    if (this.width === undefined) this.finish(State.Cancelled, { error: this.cancelledError() });
    else for (const child of this.children) child.cancel();
  }

  /** How each child ended, in order of index; waits for all. */
  outcomes(): Promise<MapOutcome[]> {
    return new Promise((resolve, reject) => {
      this.whenEnded(() => {
        if (this.width === undefined) reject(this.error);
        else resolve(this.children.map(outcomeOf));
      });
    });
  }

  /** How each child ended, in order of ending. */
  async *endings(): AsyncGenerator<MapOutcome> {
    const arrived: TaskRun[] = [];
    let wake = (): void => undefined;
    const news = (): Promise<void> => new Promise((resolve) => (wake = resolve));
    this.onChild.push((child) => {
      arrived.push(child);
      wake();
    });
    await new Promise<void>((resolve) => this.whenWidthKnown(resolve));
    if (this.width === undefined) throw this.error;
    const before = this.children.filter((child) => child.ended && !arrived.includes(child));
    arrived.unshift(...before);
    for (let told = 0; told < this.width; told++) {
      const child = arrived.shift() ?? (await news(), arrived.shift());
      if (child !== undefined) yield outcomeOf(child);
    }
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
  constructor(child: TaskRun) {
    this[futureSource] = { run: child, isWhole: true, resolve: () => child.value };
  }
}
