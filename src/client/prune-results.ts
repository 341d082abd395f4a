/** Removes from the result store what belongs to runs whose history the server no longer has. HOST. */
import type { Client } from '@temporalio/client';
import { prune, type PruneReport } from '../results/index.js';
import { valuesOf } from './connect.js';
import { isUnknownRun } from './failures.js';

/** A run that is being started has objects before it has a history. */
const youngestMs = 24 * 3_600_000;

/** Any other answer than "unknown" keeps the run. @throws whatever the server answers with when it cannot be asked */
export const pruneResults = async (client: Client): Promise<PruneReport> => {
  const { store } = await valuesOf(client);
  return prune(store, {
    olderThanMs: youngestMs,
    keepRun: async (runId) => {
      try {
        await client.workflow.getHandle(runId).describe();
        return true;
      } catch (error) {
        if (isUnknownRun(error)) return false;
        throw error;
      }
    },
  });
};
