/**
 * A task run that the engine itself makes: an `undo`, or a hook. Pure. It waits for nothing and for no place in the window,
 * its failure fails nobody, and cancelling the run does not end it.
 */
import { State } from '../../core/state.js';
import type { RunError } from '../../core/errors.js';
import type { TaskInvocation } from './engine-port.js';
import type { FlowRun } from './flow-run.js';
import { Run, stateOfFailure } from './run.js';

export class ServiceRun extends Run {
  readonly depth = 0;
  override handled = true;

  constructor(
    flowRun: FlowRun,
    private readonly invocation: TaskInvocation,
  ) {
    super(flowRun, invocation.id, invocation.definition.name);
    flowRun.include(this);
  }

  /** Runs it to its end; gives what it failed with. */
  async run(): Promise<RunError | undefined> {
    try {
      this.state = State.Running;
      const started = this.flowRun.port.startTask(this.invocation);
      const failure = await started.result.then(
        () => undefined,
        (error: unknown) => started.explain?.(error) ?? this.flowRun.asRunError(error, this),
      );
      this.end(failure === undefined ? State.Completed : stateOfFailure(failure), failure ? { error: failure } : {});
    } catch (error) {
      this.end(State.Failed, { error: this.flowRun.asRunError(error, this) });
    }
    return this.failed ? this.error : undefined;
  }

  protected onSealed(): void {
    // It has no edges.
  }
  cancel(): void {
    // What clears up after a run is not ended with it.
  }
}
