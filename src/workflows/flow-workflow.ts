/**
 * A flow as the workflow function that Temporal runs: parses the parameters, lets the engine execute the body, and ends
 * the workflow as the flow ended. SANDBOX. An error of flow code fails the run; only a replay mismatch fails the
 * workflow task.
 */
import { CancelledFailure } from '@temporalio/common';
import { CancellationScope, type WorkflowInfo, workflowInfo } from '@temporalio/workflow';
import { inRunContext, provideCurrentRun, type RunFacts } from '../authoring/current-run.js';
import type { FlowDefinition } from '../authoring/definition.js';
import { checkFlowValue, stemsFromCancellation } from '../authoring/engine/flow-end.js';
import { FlowRun } from '../authoring/engine/flow-run.js';
import { bringIn } from '../authoring/engine/load-stored.js';
import { flowRunWindow } from '../authoring/engine/window.js';
import { provideFlowRun } from '../authoring/scope.js';
import { parseParams } from '../core/params.js';
import { flowValueSlot, type RunMemo, runMemoKey } from '../core/protocol.js';
import { toFlowFailure } from './failures.js';
import { storeCalls } from './store-calls.js';
import { TemporalPort } from './temporal-port.js';

export const workflowOf =
  (definition: FlowDefinition) =>
  async (input?: unknown): Promise<unknown> => {
    const info = workflowInfo();
    const memo = info.memo?.[runMemoKey] as RunMemo | undefined;
    const run = { runId: info.workflowId, flowName: definition.name, tags: memo?.tags ?? [] };
    const flowRun = new FlowRun(new TemporalPort(definition.name), {
      ...run,
      window: flowRunWindow,
      ...(definition.hooks && { hooks: definition.hooks }),
      isLastAttempt: info.attempt >= (info.retryPolicy?.maximumAttempts ?? 1),
    });
    provideFlowRun(() => flowRun);
    const current = inRunContext<RunFacts>({
      kind: 'flow',
      ...run,
      attempt: info.attempt,
      scheduledStartAt: startOf(info),
    });
    if (definition.options.retries !== undefined) current.retries = definition.options.retries;
    provideCurrentRun(() => current);
    let isCancelled = false;
    CancellationScope.current().cancelRequested.catch(() => {
      isCancelled = true;
      flowRun.cancelAll();
    });
    try {
      const given = bringIn(input, storeCalls.load);
      const brought: unknown = given instanceof Promise ? await given : given;
      const value = await flowRun.execute(() => {
        current.parameters = parseParams(definition.options.params, brought, run);
        return definition.fn(current.parameters as never);
      });
      checkFlowValue(value, run);
      (globalThis as Record<symbol, unknown>)[flowValueSlot] = value;
      return value;
    } catch (error) {
      if (isCancelled && stemsFromCancellation(error))
        throw new CancelledFailure(`The flow run '${run.runId}' was cancelled.`);
      throw toFlowFailure(error);
    }
  };

/** A schedule leaves the time that it meant among the run's search attributes. */
const startOf = ({ searchAttributes, startTime }: WorkflowInfo): Date => {
  const [scheduled] = (searchAttributes as Record<string, unknown[] | undefined>)['TemporalScheduledStartTime'] ?? [];
  return scheduled instanceof Date ? scheduled : startTime;
};
