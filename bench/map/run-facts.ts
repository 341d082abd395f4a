/** What a finished run has left behind: events over its whole tree of workflows, and bytes in a folder. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';

/** Events of all runs that the workflow has started or gone on as: child workflows, continue-as-new. */
export const eventsOf = async (client: Client, workflowId: string): Promise<number> => {
  const deadline = Date.now() + 5_000;
  for (;;) {
    let events = 0;
    let isComplete = true;
    for await (const run of client.workflow.list({ query: `RootWorkflowId = '${workflowId}'` })) {
      events += run.historyLength;
      // Visibility lags behind: a run that it shows as open has not got its last count there yet.
      if (run.status.name === 'RUNNING' || run.historyLength === 0) isComplete = false;
    }
    if ((events > 0 && isComplete) || Date.now() > deadline) return events;
    await new Promise((done) => setTimeout(done, 50));
  }
};

/** Of all files in a folder, at any depth. */
export const bytesIn = (folder: string): number => {
  if (!existsSync(folder)) return 0;
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  return files.reduce(
    // A file may go while it is counted: temporary files are renamed.
    (sum, file) =>
      sum + (file.isFile() ? (statSync(join(file.parentPath, file.name), { throwIfNoEntry: false })?.size ?? 0) : 0),
    0,
  );
};
