/** Who polls a task queue, as far as the server knows. HOST. */
import { hostname } from 'node:os';
import type { Client } from '@temporalio/client';

/** A poller that was heard of this long ago may still be there: a poll lasts a minute. */
const freshMs = 70_000;
const unpolledMs = 2_000;

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
};

/** The SDK's identity is `pid@host`. The server remembers workers of this process, and some that are gone, among them. */
const livePollers = async (client: Client, taskQueue: string): Promise<{ isOwn: boolean }[]> => {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: 1,
  });
  return (pollers ?? []).flatMap(({ identity, lastAccessTime }) => {
    const seenAt = Number(lastAccessTime?.seconds ?? 0) * 1_000;
    const [pid, host] = (identity ?? '').split('@');
    const isHere = host === hostname();
    if (Date.now() - seenAt >= freshMs || (isHere && isGone(Number(pid)))) return [];
    return [{ isOwn: isHere && Number(pid) === process.pid }];
  });
};

/** Whether a worker of another process, here or elsewhere, takes the queue's flows. */
export const hasOtherPollers = async (client: Client, taskQueue: string): Promise<boolean> =>
  (await livePollers(client, taskQueue)).some(({ isOwn }) => !isOwn);

/** Calls `onNobody` when no worker takes the queue's flows in two seconds: a run there waits for ever, and would not say why. */
export const tellWhenUnpolled = (client: Client, taskQueue: string, onNobody: () => void): void => {
  const look = async (): Promise<void> => {
    if ((await livePollers(client, taskQueue)).length === 0) onNobody();
  };
  // Only a hint: a server that does not answer is asked a few times.
  const lookLater = (times: number): void => {
    if (times > 0) setTimeout(() => void look().catch(() => lookLater(times - 1)), unpolledMs).unref();
  };
  lookLater(3);
};
