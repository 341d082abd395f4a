/** `taskRuns(run)`: what became of a run's tasks, as plain data to compare. HOST. No times and no durations. */
import { type ItemView, type RunHandle, type State, type Task, type TaskView } from '../index.js';
import { naturalOrder } from './natural-order.js';

export interface TaskRunFacts {
  /** `name-0`, in a map `name-0[17]`. */
  id: string;
  /** Of the task, or of the flow that was called. */
  name: string;
  state: State;
  /** Attempts begun; 0 where it never started. */
  attempts: number;
  /** Its 0-based place in the map it belongs to. */
  mapIndex?: number;
  /** The failure's message. */
  error?: string;
}

type View = Pick<TaskView, 'id' | 'name' | 'state' | 'attempt' | 'startedAt' | 'error'>;

const factsOf = ({ id, name, state, attempt, startedAt, error }: View): TaskRunFacts => ({
  id,
  name,
  state,
  attempts: startedAt === undefined ? 0 : attempt,
  ...(error === undefined ? {} : { error }),
});

const itemFacts = ({ id, name }: TaskView, { index, state, attempts, error }: ItemView): TaskRunFacts => ({
  ...{ id: `${id}[${index}]`, name, state, attempts, mapIndex: index },
  ...(error === undefined ? {} : { error: error.message }),
});

const pageSize = 1_000;

const mapFacts = async (run: RunHandle<unknown>, map: TaskView): Promise<TaskRunFacts[]> => {
  const { id, name, width, counts = {} } = map;
  // It ended before anything was known of its items.
  if (width === undefined) return [factsOf(map)];
  const items = new Map<number, TaskRunFacts>();
  const left = new Map<string, number>(Object.entries(counts));
  for (let from = 0; from < width; from += pageSize)
    for (const item of await run.items(id, { from, limit: pageSize })) {
      items.set(item.index, itemFacts(map, item));
      left.set(item.state, (left.get(item.state) ?? 0) - 1);
    }
  // The record counts the items that never started, by state; which is which it says only where there is one such state.
  const states = [...left].filter(([, count]) => count > 0) as [State, number][];
  const facts: TaskRunFacts[] = [];
  for (let index = 0; index < width; index++) {
    const [only] = states.length === 1 ? states : [];
    const unstarted = only && { id: `${id}[${index}]`, name, state: only[0], attempts: 0, mapIndex: index };
    const one = items.get(index) ?? unstarted;
    if (one !== undefined) facts.push(one);
  }
  if (states.length > 1)
    for (const [state, count] of states)
      for (let n = 0; n < count; n++) facts.push({ id: `${id}[?]`, name, state, attempts: 0 });
  return facts;
};

/** By name, in the order in which the names became known; then in order of the calls, which ids are numbered by. */
const grouped = (tasks: readonly TaskView[]): TaskView[] => {
  const names = [...new Set(tasks.map(({ name }) => name))];
  return tasks.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name) || naturalOrder(a.id, b.id));
};

/**
 * The task runs of a run so far, and the runs of flows that it has called, one entry each; the items of a map one by one. By name, and
 * of one name in order of the calls, items in order of their index. Items that never started and whose index the record does not tell have the
 * id `name-0[?]` and no `mapIndex`.
 *
 * @param run the handle that `flow.start()` or `getRun()` gave; wait for its end first, else it is what is known now
 * @param task only the runs of this task (or of the task or flow of this name). Default all
 * @throws RunError RUN_NOT_FOUND; ResultStoreError where the items of a batch cannot be read
 * @example expect(await taskRuns(run, transform)).toMatchObject([{ state: 'Completed', attempts: 2 }]);
 */
export const taskRuns = async (
  run: RunHandle<unknown>,
  task?: Pick<Task, 'taskName'> | string,
): Promise<TaskRunFacts[]> => {
  const wanted = typeof task === 'object' || typeof task === 'function' ? task.taskName : task;
  const facts: TaskRunFacts[] = [];
  for (const view of grouped((await run.tasks()).tasks)) {
    if (view.kind === 'wait' || (wanted !== undefined && view.name !== wanted)) continue;
    if (view.kind === 'map') facts.push(...(await mapFacts(run, view)));
    else facts.push(factsOf(view));
  }
  return facts;
};
