/**
 * `transaction(body)`: what the body's tasks did stands once all of them have ended well, and is undone when it throws.
 * Pure. Which transaction a call belongs to follows the asynchronous flow of the code that made it.
 */
import { storedIn } from '../../core/result-ref.js';
import type { FlowRun } from './flow-run.js';
import { resolveFutures, sourcesIn } from './futures-in.js';
import { afterRollback, rollBack, type Undoable } from './rollback.js';
import type { Run } from './run.js';

export class Transaction {
  readonly runs: Run[] = [];
  done: Undoable[] = [];
  isOver = false;
  isFailing = false;

  constructor(
    private readonly flowRun: FlowRun,
    readonly parent: Transaction | undefined,
  ) {}

  add(run: Run): void {
    this.runs.push(run);
    if (this.isFailing) run.cancel();
  }

  async execute(body: () => unknown): Promise<unknown> {
    const { flowRun } = this;
    try {
      const returned: unknown = await flowRun.port.ambient.run(this, body);
      const taken = sourcesIn(returned, 'the value that the transaction returned').map(({ run }) => run);
      await this.allEnded();
      const failed = taken.find((run) => run.failed) ?? this.runs.find((run) => run.failed && !run.isHandled);
      if (failed !== undefined) throw failed.error;
      this.isOver = true;
      (this.parent ?? flowRun).done.push(...this.done);
      const value = resolveFutures(returned);
      return storedIn(value) === undefined ? value : flowRun.port.load(storedIn(value)!);
    } catch (error) {
      this.isFailing = true;
      for (const run of this.runs) run.cancel();
      await this.allEnded();
      // Whoever gets the transaction's own error deals with all of them.
      for (const run of this.runs) if (run.failed) run.handle();
      this.isOver = true;
      throw afterRollback(flowRun, error, await rollBack(flowRun, this.done));
    }
  }

  private async allEnded(): Promise<void> {
    for (let run = this.unfinished(); run !== undefined; run = this.unfinished())
      await new Promise<void>((resolve) => run?.whenEnded(resolve));
  }

  private unfinished(): Run | undefined {
    return this.runs.find((run) => !run.ended);
  }
}
