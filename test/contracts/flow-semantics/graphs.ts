// A flow that is whatever graph it is given; `graph-model.ts` says what comes of it.
import {
  allFailed,
  allFinished,
  allSuccessful,
  anyFailed,
  anySuccessful,
  flow,
  type MapFuture,
  notAllSkipped,
  SkipTask,
  task,
  type TaskFuture,
  type TriggerRule,
  unmapped,
} from 'perdure';
import type { GraphNode, Ended } from './graph-model.js';
import type { How } from './tasks.js';

const total = (values: unknown): number =>
  Array.isArray(values)
    ? values.reduce<number>((sum, one) => sum + total(one), 0)
    : typeof values === 'number'
      ? values
      : 0;
const outcome = (how: How, value: number): number => {
  if (how === 'fail') throw new RangeError('told to');
  if (how === 'skip') throw new SkipTask('told to');
  return value;
};
const node = task('node', (how: How, id: number, inputs: unknown[]) => outcome(how, id + total(inputs)));
const item = task('item', (how: How, id: number, input: unknown) => outcome(how, id + total(input)));

const rules: Record<GraphNode['rule'], TriggerRule> = {
  allSuccessful,
  allFailed,
  anySuccessful,
  anyFailed,
  allFinished,
  notAllSkipped,
};

const called = (id: number, one: GraphNode, before: readonly TaskFuture<unknown>[]): TaskFuture<unknown> => {
  const options = { trigger: rules[one.rule], skipOnUpstreamSkip: one.skips };
  const upstream = one.upstream.map((at) => before[at] as TaskFuture<unknown>);
  if (one.kind === 'task') return node.with(options)(one.how, id, upstream);
  const over = one.kind === 'chain' ? (upstream[0] as MapFuture<unknown>) : unmapped(upstream as unknown[]);
  return item.with({ ...options, batch: one.batch, zip: 'shortest' }).map(one.items, unmapped(id), over);
};

export const graph = flow('graph', async ({ nodes }: { nodes: GraphNode[] }): Promise<Ended[]> => {
  const futures: TaskFuture<unknown>[] = [];
  for (const [id, one] of nodes.entries()) {
    const future = called(id, one, futures);
    void future.catch(() => undefined);
    futures.push(future);
  }
  const values = await Promise.allSettled(futures);
  return futures.map(({ state }, i) => {
    const settled = values[i];
    return { state, value: settled?.status === 'fulfilled' ? settled.value : undefined };
  });
});
