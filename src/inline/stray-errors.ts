/**
 * Rejections that nothing handles, of code that runs in this process: of flow code they fail the run, of a body its
 * attempt, as they do elsewhere. HOST. What belongs to neither is left to the program, as if nobody listened.
 */
import { runInThisContext } from 'node:vm';
import { ambient, flowAmbient } from '../worker/pool/ambient.js';

// A test runner's `vm` has a copy of `process`, which hears of nothing: this is the program's own.
const program = runInThisContext('process') as NodeJS.Process;
let users = 0;

const onRejection = (error: unknown): void => {
  const body = ambient.getStore();
  const flow = flowAmbient.getStore();
  if (body !== undefined) body.blame(error);
  else if (flow !== undefined) flow.flowRun.floating(error, () => false);
  else if (program.listenerCount('unhandledRejection') === 1) throw error;
};

/** Listens until the function that it gives is called. */
export const mindStrayErrors = (): (() => void) => {
  if (users++ === 0) program.on('unhandledRejection', onRejection);
  return () => {
    if (--users === 0) program.off('unhandledRejection', onRejection);
  };
};
