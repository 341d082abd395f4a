/** The handle of a run in memory. HOST. It holds all that is known of the run, and goes with it. */
import type { RunHandle } from '../authoring/launcher.js';
import { RunError } from '../core/errors.js';
import type { Artifact, ArtifactOptions } from '../core/artifact.js';
import { checkedLogOptions, type LogLine, type LogOptions } from '../core/log-line.js';
import type { ItemPage, ItemView } from '../core/run-view/item-view.js';
import type { RunView } from '../core/run-view/run-view.js';
import { isFinal, State } from '../core/state.js';
import { readArtifacts, readLog } from '../results/index.js';
import type { FlowExecution } from './flow-execution.js';
import { runFailure } from './flow-ending.js';
import type { RunScope } from './run-scope.js';

export class InlineRunHandle<T> implements RunHandle<T> {
  private ended: Promise<T> | undefined;
  private current: State = State.Running;

  constructor(
    private readonly scope: RunScope,
    private readonly execution: FlowExecution,
    readonly flowName: string,
  ) {
    void execution.ending.then(({ state }) => (this.current = state));
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
    return this.current;
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
