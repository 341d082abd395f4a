/** Who polls a task queue, as far as the server knows. HOST. */
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';

/** A poller that was heard of this long ago may still be there: a poll lasts a minute. */
const freshMs = 70_000;

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** All that the server remembers: workers of this process, and some that are gone, among them. */
export const pollersOf = async (client: Client, taskQueue: string) => {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  return pollers ?? [];
};

/** Whether a worker of another process, here or elsewhere, takes the queue's flows. The SDK's identity is `pid@host`. */
export const hasOtherPollers = async (client: Client, taskQueue: string): Promise<boolean> => {
  const pollers = await pollersOf(client, taskQueue);
  return pollers.some(({ identity, lastAccessTime }) => {
    const seenAt = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    const [pid, host] = (identity ?? '').split('@');
    const isHere = host === hostname();
    return !(isHere && (Number(pid) === process.pid || isGone(Number(pid)))) && Date.now() - seenAt < freshMs;
  });
};
