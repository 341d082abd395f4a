/**
 * A handle that answers however late it is asked: the session that its run was started in closes after the run, perhaps
 * with the server, and is opened again for a call. HOST.
 */
import type { ClientRunHandle } from '../client.js';
import type { LocalSession } from './local-session.js';

/** A session for as long as it is needed. */
export interface Held {
  session: Promise<LocalSession>;
  release: () => void;
}

const calls = ['state', 'signal', 'approvals', 'approve', 'pause', 'resume', 'cancel', 'tasks', 'items'] as const;

/** Has each call of `handle` hold a session while it lasts. `result()`, what is read of the store, and `workflow` are as they were. */
export const keepReachable = (handle: ClientRunHandle<unknown>, hold: () => Held): void => {
  const { runId, flowName } = handle;
  for (const call of calls) {
    const asked = async (...args: unknown[]): Promise<unknown> => {
      const { session, release } = hold();
      try {
        const { ClientRunHandle } = await import('../client.js');
        const reached = new ClientRunHandle((await session).client, runId, flowName);
        return await (reached[call] as (...given: unknown[]) => Promise<unknown>)(...args);
      } finally {
        release();
      }
    };
    Object.assign(handle, { [call]: asked });
  }
};
