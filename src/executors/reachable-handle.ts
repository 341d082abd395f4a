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
type Names<T> = readonly (keyof T & string)[];
type Handle = ClientRunHandle<unknown>;

const calls: Names<Handle> = ['state', 'signal', 'approvals', 'approve', 'pause', 'resume', 'cancel', 'tasks', 'items'];
const workflowCalls: Names<Handle['workflow']> = [
  'describe',
  'fetchHistory',
  'query',
  'signal',
  'executeUpdate',
  'cancel',
  'terminate',
];

/**
 * Has each call of `handle` and of its `workflow` hold a session while it lasts. `result()`, what is read of the store,
 * and what `workflow` gives to be asked later (its client, an update) are as they were.
 */
export const keepReachable = (handle: Handle, hold: () => Held): void => {
  const { runId, flowName, workflow } = handle;
  const reach = async (ask: (reached: Handle) => Promise<unknown>): Promise<unknown> => {
    const { session, release } = hold();
    try {
      const { ClientRunHandle } = await import('../client.js');
      return await ask(new ClientRunHandle((await session).client, runId, flowName));
    } finally {
      release();
    }
  };
  const reaching = (names: readonly string[], of: (reached: Handle) => object) =>
    Object.fromEntries(
      names.map((name): [string, Call] => [
        name,
        (...args) => reach((reached) => (of(reached) as Record<string, Call>)[name]!(...args)),
      ]),
    );
  const own = reaching(calls, (reached) => reached);
  const ofWorkflow = reaching(workflowCalls, (reached) => reached.workflow);
  Object.assign(handle, own, { workflow: { ...workflow, ...ofWorkflow } });
};
