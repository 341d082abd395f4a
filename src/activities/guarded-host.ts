/**
 * A task host that keeps limits and cache of its tasks around another one's bodies. Host. What it cannot do becomes the
 * end of an attempt like any other; a task without either goes straight through.
 */
import type { TaskGuards } from '../core/task-guards.js';
import { ConfigError, ResultStoreError } from '../core/errors.js';
import { recordError } from './error-record.js';
import { Gatekeeper } from './gatekeeper.js';
import type { Guard } from './guard.js';
import { ComeBackLater } from './limits/limiter.js';
import { judgeStoreError } from './store-verdict.js';
import { AttemptFailure, type AttemptOptions, type AttemptRequest, type TaskHost } from './task-host.js';

/** How soon one that was sent away comes again: about as long as it takes those that stayed to have their turn. */
const returnMs = 2_000;

const label = ({ taskName, run }: AttemptRequest): string =>
  `Task '${taskName}'${run.mapIndex === undefined ? '' : `[${run.mapIndex}]`}`;

const asEnd = (error: unknown, attempt: AttemptRequest, signal: AbortSignal | undefined): unknown => {
  if (error instanceof AttemptFailure) return error;
  if (signal?.aborted)
    return new AttemptFailure(
      'cancelled',
      { name: 'TaskCancelled', message: `${label(attempt)} was cancelled` },
      { retry: false },
    );
  if (error instanceof ComeBackLater) {
    const record = { name: 'WaitsForLimit', message: `${label(attempt)} ${error.message}` };
    const delayMs = returnMs * (0.5 + Math.random());
    return new AttemptFailure('released', record, { retry: true, delayMs, sinceMs: error.sinceMs });
  }
  if (error instanceof ResultStoreError)
    return new AttemptFailure('failed', recordError(error), judgeStoreError(error, attempt));
  // A folder that is no result store stays so; as the error of an activity it would be tried again for ever.
  if (error instanceof ConfigError) return new AttemptFailure('failed', recordError(error), { retry: false });
  return error;
};

export const runGuarded = async (
  { host, guard, guards }: { host: Pick<TaskHost, 'run' | 'keysOf'>; guard: Guard; guards: TaskGuards },
  attempt: AttemptRequest,
  options: AttemptOptions,
): Promise<unknown> => {
  const { signal, sinceMs = Date.now() } = options;
  const { taskName, run } = attempt;
  // It takes back what was done, whatever the cache says, and its arguments are others than the keys are made of.
  if (attempt.isUndo) return host.run(attempt, options);
  if (attempt.batch !== undefined) {
    const gate = new Gatekeeper({ guard, guards, taskName, runId: run.runId });
    return host.run({ ...attempt, isGated: true }, { ...options, gate }).finally(() => gate.reset());
  }
  try {
    const keys = guards.asks ? await host.keysOf(attempt) : { limits: guards.limits.map(({ key = '' }) => key) };
    const call = { taskName, runId: run.runId, guards, keys, place: attempt.place, sinceMs, signal, mayReturn: true };
    return await guard.aroundBody(call, () => host.run(attempt, options));
  } catch (error) {
    throw asEnd(error, attempt, signal);
  }
};
