/** The runs of a file that have not ended, as left behind by a killed worker. HOST. */
import type { Client } from '@temporalio/client';
import { type RunMemo, runMemoKey } from '../core/protocol.js';

export interface UnfinishedRun {
  runId: string;
  flowName: string;
  taskQueue: string;
  /** The file that defines its flow, relative to the project. */
  source: string;
}

/**
 * Runs under way that our client started from one of `sources` (paths relative to the project; default: any). Flows that
 * a run has called, and shards of its maps, go on with it and are none of their own.
 */
export const unfinishedRuns = async (client: Client, sources?: ReadonlySet<string>): Promise<UnfinishedRun[]> => {
  const found: UnfinishedRun[] = [];
  for await (const run of client.workflow.list({ query: `ExecutionStatus = 'Running'`, pageSize: 1_000 })) {
    if (run.parentExecution?.workflowId) continue;
    const source = (run.memo?.[runMemoKey] as RunMemo | undefined)?.source;
    if (source !== undefined && (sources === undefined || sources.has(source)))
      found.push({ runId: run.workflowId, flowName: run.type, taskQueue: run.taskQueue, source });
  }
  return found;
};
