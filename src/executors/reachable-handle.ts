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

type Call = (...args: unknown[]) => Promise<unknown>;

const calls = ['state', 'signal', 'approvals', 'approve', 'pause', 'resume', 'cancel', 'tasks', 'items'] as const;
const workflowCalls = ['describe', 'fetchHistory', 'query', 'signal', 'executeUpdate', 'cancel', 'terminate'] as const;

/**
 * Has each call of `handle` and of its `workflow` hold a session while it lasts. `result()`, what is read of the store,
 * and what `workflow` gives to be asked later (its client, an update) are as they were.
 */
export const keepReachable = (handle: ClientRunHandle<unknown>, hold: () => Held): void => {
  const { runId, flowName, workflow } = handle;
  const reach = async (ask: (reached: ClientRunHandle<unknown>) => Promise<unknown>): Promise<unknown> => {
    const { session, release } = hold();
    try {
      const { ClientRunHandle } = await import('../client.js');
      return await ask(new ClientRunHandle((await session).client, runId, flowName));
    } finally {
      release();
    }
  };
  const reaching = <Name extends string>(names: readonly Name[], of: (reached: ClientRunHandle<unknown>) => object) =>
    Object.fromEntries(
      names.map((name): [string, Call] => [
        name,
        (...args) => reach((reached) => (of(reached) as Record<Name, Call>)[name](...args)),
      ]),
    );
  Object.assign(
    handle,
    reaching(calls, (reached) => reached),
    {
      workflow: { ...workflow, ...reaching(workflowCalls, (reached) => reached.workflow) },
    },
  );
};
