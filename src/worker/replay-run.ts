/** Replays one history with a bundle. HOST. Runs no task and reaches no server: only the flow's code is run again. */
import { DeterminismViolationError } from '@temporalio/workflow';
import { ReplayError, Worker } from '@temporalio/worker';
import { payloadConverterPath } from '../project/payload-converter-path.js';
import { openResultStore, payloadCodecFor } from '../results/index.js';
import { quietRuntime, whileRuntimeLives } from './quiet-runtime.js';

export interface ReplayedRun {
  /** The history as the SDK has it, or as its JSON (`temporal workflow show -o json`). */
  history: object;
  runId: string;
  bundlePath: string;
  /** URL of the result store that the run's large parameters lie in. */
  store: string;
}

/** How it went; `says`: what the SDK's core printed of the first thing that does not fit. */
export type ReplayEnd = { kind: 'same' } | { kind: 'mismatch'; says: string; error: Error };

/** @throws what the SDK throws when the history cannot be read, or the flow's code cannot be run at all */
export const replayRun = async ({ history, runId, bundlePath, store: url }: ReplayedRun): Promise<ReplayEnd> => {
  quietRuntime();
  const store = await openResultStore(url);
  try {
    const options = {
      workflowBundle: { codePath: bundlePath },
      dataConverter: { payloadConverterPath, payloadCodecs: [payloadCodecFor(store)] },
    };
    await whileRuntimeLives(() => Worker.runReplayHistory(options, history, runId));
    return { kind: 'same' };
  } catch (error) {
    // Code that fails where it did not fail before would be parked as well.
    if (!(error instanceof DeterminismViolationError || error instanceof ReplayError)) throw error;
    return { kind: 'mismatch', says: error.message.replace(/^.*?Details: /s, ''), error };
  } finally {
    await store.close();
  }
};
