/** `runGraph(run)`: the graph of a run as text that is the same each time, for snapshots. HOST. */
import type { RunHandle, TaskView } from '../index.js';
import { naturalOrder } from './natural-order.js';

/** How far each is from a beginning: the longest way there. */
const depthsOf = (tasks: readonly TaskView[]): ReadonlyMap<string, number> => {
  const upstream = new Map(tasks.map(({ id, upstream }) => [id, upstream]));
  const depths = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    // A graph has no cycle; this is for one that is read wrongly.
    depths.set(id, 0);
    const depth = Math.max(-1, ...(upstream.get(id) ?? []).map(depthOf)) + 1;
    depths.set(id, depth);
    return depth;
  };
  for (const id of upstream.keys()) depthOf(id);
  return depths;
};

const stateOf = ({ kind, state, attempt, width, counts = {} }: TaskView): string => {
  const tries = attempt > 1 ? `, ${attempt} attempts` : '';
  if (kind !== 'map' || width === undefined) return state + tries;
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => naturalOrder(a, b))
    .map(([name, count]) => `${count} ${name}`);
  const most = attempt > 1 ? `, at most ${attempt} attempts` : '';
  return `map of ${width}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}${most}`;
};

/**
 * The run so far as lines of text: each task run, map, called flow and wait with its state, its attempts where there was
 * more than one, and what it depended on. What comes first stands first, the rest in order of ids; no run ids, no times. The same with
 * `inline()` as on a server.
 *
 * @param run the handle that `flow.start()` or `getRun()` gave; wait for its end first, else it is what is known now
 * @throws RunError RUN_NOT_FOUND
 * @example expect(await runGraph(run)).toMatchSnapshot();
 */
export const runGraph = async (run: RunHandle<unknown>): Promise<string> => {
  const { flowName, state, tasks } = await run.tasks();
  const depths = depthsOf(tasks);
  const sorted = tasks.toSorted(
    (a, b) => (depths.get(a.id) ?? 0) - (depths.get(b.id) ?? 0) || naturalOrder(a.id, b.id),
  );
  const idWidth = Math.max(0, ...sorted.map(({ id }) => id.length));
  const lines = sorted.map((task) => {
    const kind = task.kind === 'flow' || task.kind === 'wait' ? `${task.kind} ` : '';
    const upstream = task.upstream.toSorted(naturalOrder).join(', ');
    return `  ${task.id.padEnd(idWidth)}  ${kind}${stateOf(task)}${upstream === '' ? '' : `  <- ${upstream}`}`;
  });
  return [`${flowName}: ${state}`, ...lines].join('\n');
};
