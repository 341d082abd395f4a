// A flow with priorities, whose tasks say what their worker got of them.
import { flow, task } from 'perdure';

export interface Priority {
  priorityKey?: number;
  fairnessKey?: string;
  fairnessWeight?: number;
}
export const plainly = ({ priorityKey, fairnessKey, fairnessWeight }: Priority): object => ({
  ...(priorityKey ? { priorityKey } : {}),
  ...(fairnessKey ? { fairnessKey } : {}),
  ...(fairnessWeight ? { fairnessWeight } : {}),
});

/** Of the activity that it is called in: bodies run in the worker's own process here. */
const got = async (): Promise<object> => {
  const { Context } = (await import(process.env['TEMPORAL_ACTIVITY']!)) as {
    Context: { current(): { info: { priority?: Priority } } };
  };
  return plainly(Context.current().info.priority ?? {});
};
const plain = task('plain', got);
const declared = task('declared', { priority: { fairnessKey: 'declared', fairnessWeight: 0.5 } }, got);
const item = task('item', { priority: { priorityKey: 4 } }, (_n: number) => got());
const child = flow('child', { priority: { priorityKey: 5, fairnessKey: 'child' } }, () => plain());
export const ranked = flow('ranked', { priority: { priorityKey: 2, fairnessKey: 'flow' } }, async () => {
  return {
    'plain-0': await plain(),
    'declared-0': await declared(),
    'declared-1': await declared.with({ priority: { priorityKey: 1, fairnessKey: 'acme', fairnessWeight: 2 } })(),
    'item-0': await item.with({ batch: 2 }).map([1, 2]),
    'child-0': await child(),
  };
});
