/** `transaction(body)`: all of it, or nothing. Pure. */
import { callerFlowRun } from './caller-flow-run.js';
import { Chained } from './chained.js';
import type { Resolved } from './resolved.js';

/**
 * Runs `body`; when it throws, or a task that it called fails unhandled, its other tasks are cancelled, those that have
 * completed are undone in reverse order of completion (each by the `undo` of its task; without one it is left), and then
 * the error goes on. A nested one that went well is undone with the outer one, should that throw. Durable: killed in the
 * middle of a rollback, it goes on. Prefect 3's transactions.
 * @returns what the body returns, once all of its tasks have ended
 * @throws what the body threw; RunError UNDO_FAILED when something could not be undone, with that as its cause
 * @example const seat = await transaction(async () => { const seat = await book(trip); await pay(seat); return seat; });
 */
export const transaction = <R>(body: () => R): Promise<Resolved<R>> => {
  const flowRun = callerFlowRun('transaction');
  return new Chained(flowRun.transact(body), flowRun.floatingTransaction) as Promise<Resolved<R>>;
};
