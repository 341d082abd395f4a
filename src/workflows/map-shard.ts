/**
 * A part of a map as a run of its own, for maps that one history has no room for. SANDBOX. It is a flow run with one
 * map in it; the engine's `map-share` says what it does.
 */
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import { FlowRun } from '../authoring/engine/flow-run.js';
import { type MapShare, runMapShare } from '../authoring/engine/map-share.js';
import { flowRunWindow } from '../authoring/engine/window.js';
import type { BatchReport } from '../core/map-batch.js';
import { toFlowFailure } from './failures.js';
import { TemporalPort } from './temporal-port.js';

export const mapShard = async (share: MapShare): Promise<BatchReport> => {
  const run = {
    runId: workflowInfo().workflowId,
    flowName: share.of?.flowName ?? workflowInfo().workflowType,
    tags: share.tags ?? [],
  };
  const flowRun = new FlowRun(new TemporalPort(run.flowName, share.of), { ...run, window: flowRunWindow });
  CancellationScope.current().cancelRequested.catch(() => flowRun.cancelAll());
  try {
    return await runMapShare(flowRun, share);
  } catch (error) {
    throw toFlowFailure(error);
  }
};
