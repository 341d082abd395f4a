/**
 * A flow as the workflow function that Temporal runs: parses the parameters, lets the engine execute the body, and ends
 * the workflow as the flow ended. SANDBOX. An error of flow code fails the run; only a replay mismatch fails the
 * workflow task.
 */
import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { provideCurrentRun } from '../authoring/current-run.js';
import type { FlowDefinition } from '../authoring/definition.js';
import { FlowRun } from '../authoring/engine/flow-run.js';
import { provideFlowRun } from '../authoring/scope.js';
import { RunError } from '../core/errors.js';
import { parseParams } from '../core/params.js';
import { storedIn } from '../core/result-ref.js';
import { flowValueSlot, maxOffloadedBytes, type RunMemo, runMemoKey } from '../core/protocol.js';
import { toFlowFailure } from './failures.js';
import { bringIn } from './store-calls.js';
import { TemporalPort } from './temporal-port.js';

/** Task runs in flight at once; see BASELINES: best below a few hundred, broken at 2,000. */
export const flowRunWindow = 200;

export const workflowOf =
  (definition: FlowDefinition) =>
  async (input?: unknown): Promise<unknown> => {
    const info = workflowInfo();
    const memo = info.memo?.[runMemoKey] as RunMemo | undefined;
    const run = { runId: info.workflowId, flowName: definition.name, tags: memo?.tags ?? [] };
    const flowRun = new FlowRun(new TemporalPort(definition.name), { ...run, window: flowRunWindow });
    provideFlowRun(() => flowRun);
    provideCurrentRun(() => ({ kind: 'flow', ...run }));
    let isCancelled = false;
    CancellationScope.current().cancelRequested.catch(() => {
      isCancelled = true;
      flowRun.cancelAll();
    });
    try {
      const given = bringIn(input);
      const params = parseParams(definition.options.params, given instanceof Promise ? await given : given, run);
      const value = await flowRun.execute(() => definition.fn(params as never));
      checkSize(value, run);
      (globalThis as Record<symbol, unknown>)[flowValueSlot] = value;
      return value;
    } catch (error) {
      if (isCancelled && error instanceof RunError && isCancellationOf(error))
        throw new CancelledFailure(`The flow run '${run.runId}' was cancelled.`);
      throw toFlowFailure(error);
    }
  };

/** Whether a cancelled run failed of nothing else: the error, or what it stems from, is the cancellation. */
const isCancellationOf = (error: RunError): boolean => {
  for (let cause: unknown = error; cause instanceof RunError; cause = cause.cause)
    if (cause.code === 'CANCELLED') return true;
  return false;
};

const checkSize = (value: unknown, run: { runId: string; flowName: string }): void => {
  if ((typeof value !== 'object' && typeof value !== 'string') || storedIn(value) !== undefined) return;
  let bytes = 0;
  try {
    bytes = JSON.stringify(value)?.length ?? 0;
  } catch {
    return; // What JSON cannot hold is measured, or refused, by the payload converter.
  }
  if (bytes > maxOffloadedBytes)
    throw new RunError(
      'PAYLOAD_TOO_LARGE',
      `The value of the flow '${run.flowName}' has ${(bytes / 1024 / 1024).toFixed(1)} MB; a run's value can have 256 MB. ` +
        `Let a task write it where it belongs and return what names it.`,
      { details: { ...run, bytes } },
    );
};
