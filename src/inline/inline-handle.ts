/** The handle of a run in memory. HOST. It holds all that is known of the run, and goes with it. */
import { approvalsIn } from '../authoring/approvals.js';
import type { Inbound } from '../authoring/engine/engine-port.js';
import type { Approval, RunHandle, SendOptions } from '../authoring/launcher.js';
import { RunError } from '../core/errors.js';
import { inboundName } from '../core/protocol.js';
import { runEnded } from '../core/run-end.js';
import type { Artifact, ArtifactOptions } from '../core/artifact.js';
import { checkedLogOptions, type LogLine, type LogOptions } from '../core/log-line.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import type { RunView } from '../core/run-view/run-view.js';
import { isFinal, State } from '../core/state.js';
import { readArtifacts, readLog } from '../results/index.js';
import type { FlowExecution } from './flow-execution.js';
import { runFailure } from './flow-ending.js';
import { passed } from './passed.js';
import type { RunScope } from './run-scope.js';

export class InlineRunHandle<T> implements RunHandle<T> {
  private ended: Promise<T> | undefined;
  private current: State = State.Running;
  /** Answers that were accepted, by the id that they were sent with. */
  private readonly answered = new Map<string, string>();

  constructor(
    private readonly scope: RunScope,
    private readonly execution: FlowExecution,
    readonly flowName: string,
  ) {
    void execution.ending.then(({ state }) => (this.current = state));
  }

  /** The handle of the run with this id, where it is this one or one under it. */
  runOf(runId: string): InlineRunHandle<unknown> | undefined {
    const execution = this.scope.executions.get(runId);
    if (execution === undefined || execution === this.execution) return execution && this;
    return new InlineRunHandle(this.scope, execution, execution.name);
  }

  get runId(): string {
    return this.execution.runId;
  }

  result(): Promise<T> {
    return (this.ended ??= this.awaited());
  }

  private async awaited(): Promise<T> {
    const ending = await this.execution.ending;
    if (ending.state !== State.Completed) throw runFailure(ending, { runId: this.runId, flowName: this.flowName });
    return (await this.scope.values.resolve(ending.value)) as T;
  }

  async state(): Promise<State> {
    const now = this.execution.record.view().state;
    return this.current === State.Running && now === State.Paused ? now : this.current;
  }

  async signal(name: string, value?: unknown, { id }: SendOptions = {}): Promise<void> {
    this.inboundOf(this.execution).signal(name, passed(value), id);
  }
  async approvals(): Promise<Approval[]> {
    return approvalsIn(await this.tasks());
  }
  async approve(name: string, value?: unknown, { id }: SendOptions = {}): Promise<string> {
    const earlier = id === undefined ? undefined : this.answered.get(id);
    if (earlier !== undefined) return earlier;
    const inbound = this.inboundOf(this.execution);
    const answer = { name, value: passed(value) };
    inbound.check(answer);
    const answered = inbound.answer(answer);
    if (id !== undefined) this.answered.set(id, answered);
    return answered;
  }
  async pause(): Promise<void> {
    this.tellAll(inboundName.pause);
  }
  async resume(): Promise<void> {
    this.tellAll(inboundName.resume);
  }

  private inboundOf(execution: FlowExecution): Inbound {
    const { inbound } = execution;
    if (inbound === undefined) throw runEnded(this.runId, this.current);
    return inbound;
  }
  /** The run and those under it. */
  private tellAll(signal: string): void {
    this.inboundOf(this.execution).signal(signal, undefined);
    for (const [id, execution] of this.scope.executions)
      if (id.startsWith(`${this.runId}/`)) execution.inbound?.signal(signal, undefined);
  }
  async cancel(): Promise<void> {
    this.execution.cancel();
  }
  async tasks(): Promise<RunView> {
    return this.execution.record.view();
  }
  async items(mapId: string, page: ItemPage = {}): Promise<ItemView[]> {
    return this.execution.record.items(mapId, page, this.scope);
  }

  async *logs(options: LogOptions = {}): AsyncIterable<LogLine> {
    const { flowLog, values } = this.scope;
    const isOver = async (): Promise<boolean> => {
      await flowLog.flush();
      return isFinal(this.current);
    };
    if (!options.follow) await flowLog.flush();
    yield* readLog(values.store, this.runId, { ...checkedLogOptions(options), isOver });
  }
  async artifacts(options: ArtifactOptions = {}): Promise<Artifact[]> {
    return readArtifacts(this.scope.values.store, this.runId, options);
  }

  get workflow(): never {
    throw new RunError(
      'NO_WORKFLOW',
      `The run '${this.runId}' is in memory (executor: inline()), where there is no Temporal workflow. Run the flow with local() or temporal() to get its workflow's handle.`,
      { details: { runId: this.runId, flowName: this.flowName } },
    );
  }
}
