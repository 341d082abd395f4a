/**
 * Door of `inline/`: runs flows in this process, in memory. HOST. No server, no bundle, no child process; the engine and
 * what decides about attempts are the same as everywhere.
 */
import type { FlowDefinition } from '../authoring/definition.js';
import type { RunHandle, RunOptions } from '../authoring/launcher.js';
import { runIdOf } from '../client/run-id.js';
import { PayloadError } from '../core/payload-text.js';
import { runExists, unsendableParams } from '../core/run-end.js';
import { State } from '../core/state.js';
import { startFlowRun } from './flow-runs.js';
import { InlineRunHandle } from './inline-handle.js';
import { knowRun } from './known-runs.js';
import { encoded } from './passed.js';
import { RunScope } from './run-scope.js';
import { mindStrayErrors } from './stray-errors.js';

export { existingInlineRun } from './known-runs.js';

/** Ids that a new run may not have: those of runs that are under way or have completed. */
const taken = new Set<string>();

/** @throws RunError RUN_EXISTS, NOT_SERIALIZABLE, PAYLOAD_TOO_LARGE */
export const startInlineRun = (
  definition: FlowDefinition,
  params: unknown,
  options: RunOptions & { skipTime: boolean },
): RunHandle<unknown> => {
  const { name } = definition;
  const runId = runIdOf(options.id, { name, idTemplate: definition.options.name }, params);
  const run = { runId, flowName: name };
  if (taken.has(runId)) throw runExists(run, { executor: 'inline()' });
  const scope = new RunScope(options);
  const execution = startFlowRun(scope, {
    definition,
    runId,
    tags: [...(options.tags ?? [])],
    params: sendable(params ?? {}, run),
  });
  void execution.ending.then(mindStrayErrors());
  // Ids of our own making are not met again.
  if (options.id !== undefined || definition.options.name !== undefined) {
    taken.add(runId);
    void execution.ending.then(({ state }) => state === State.Completed || taken.delete(runId));
  }
  const handle = new InlineRunHandle(scope, execution, name);
  knowRun(handle, execution.ending);
  return handle;
};

const sendable = (params: unknown, run: { runId: string; flowName: string }): (() => unknown) => {
  try {
    return encoded(params);
  } catch (error) {
    throw error instanceof PayloadError ? unsendableParams(run, error.payloadCode, error) : error;
  }
};
