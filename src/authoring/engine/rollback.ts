/**
 * The completed task runs that can be undone, and their undoing: in reverse order of completion, one after the other, the
 * children of one map side by side. Pure. All of it is flow code over task runs: killed in the middle, it goes on.
 */
import { RunError } from '../../core/errors.js';
import type { TaskInvocation } from './engine-port.js';
import type { FlowRun } from './flow-run.js';
import { ServiceRun } from './service-run.js';

/** One completed task run, or the completed children of a map. */
export interface Undoable {
  /** Completed as the how-manieth of the run. */
  order: number;
  /** The undoings, each as a task run of its own. */
  invocations: TaskInvocation[];
  /** Of a map: what people see for all of them. */
  map?: { id: string; name: string; up: string[] };
}

/** Children of one map that are undone at a time. */
const sideBySide = 20;

const undoOf = async (flowRun: FlowRun, { invocations, map }: Undoable): Promise<RunError[]> => {
  if (map !== undefined) flowRun.port.record({ kind: 'map', ...map, width: invocations.length });
  const failures: RunError[] = [];
  const left = [...invocations];
  const worker = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const failure = await new ServiceRun(flowRun, one).run();
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all(Array.from({ length: Math.min(sideBySide, left.length) }, worker));
  return failures;
};

/** Undoes all of `done`; gives the failures of those undoings that failed for good: the rest goes on nevertheless. */
export const rollBack = (flowRun: FlowRun, done: readonly Undoable[]): Promise<RunError[]> =>
  flowRun.port.shield(async () => {
    const failures: RunError[] = [];
    for (const one of [...done].sort((a, b) => b.order - a.order)) failures.push(...(await undoOf(flowRun, one)));
    return failures;
  });

const mostNamed = 100;

/** What is thrown on after a rollback: `error`, or one that says what was not undone. */
export const afterRollback = (flowRun: FlowRun, error: unknown, failures: readonly RunError[]): unknown => {
  if (failures.length === 0) return error;
  const { runId, flowName } = flowRun.info;
  const notUndone = failures.map(({ details }) => String(details.taskRunId).replace(':undo', ''));
  const first = failures.slice(0, 3).map(({ message }) => message);
  const why = error instanceof Error ? error.message : String(error);
  return new RunError(
    'UNDO_FAILED',
    `The run '${runId}' failed (${why}), and ${notUndone.slice(0, 10).join(', ')}${notUndone.length > 10 ? ` and ${notUndone.length - 10} more` : ''} could not be undone: ${first.join('; ')}`,
    { cause: error, details: { runId, flowName, notUndone: notUndone.slice(0, mostNamed), count: notUndone.length } },
  );
};
