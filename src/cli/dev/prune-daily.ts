/** Removes results of runs that the server has forgotten, at the start of `perdure dev` and once a day. HOST. */
import type { Client } from '@temporalio/client';
import { pruneResults } from '../../client.js';
import { say } from '../standard-streams.js';

const dayMs = 24 * 3_600_000;

/** Stops when the function it gives is called. */
export const pruneDaily = (client: Client): (() => void) => {
  const pruneNow = async (): Promise<void> => {
    try {
      const { runs, bytes } = await pruneResults(client);
      if (runs > 0) say(`Removed the stored results of ${runs} forgotten runs (${(bytes / 1024 ** 2).toFixed(1)} MB).`);
    } catch {
      // The next day comes; nothing depends on it.
    }
  };
  void pruneNow();
  const timer = setInterval(() => void pruneNow(), dayMs).unref();
  return () => clearInterval(timer);
};
