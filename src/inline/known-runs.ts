/**
 * The runs in memory of this process, by their ids. HOST. Those that are under way are held; of those that have ended
 * only what somebody holds anyway is found, for all that is known of a run goes with its handle.
 */
import { RunError } from '../core/errors.js';
import type { InlineRunHandle } from './inline-handle.js';

type Handle = InlineRunHandle<unknown>;

const underWay = new Set<Handle>();
const known = new Map<string, WeakRef<Handle>>();
const forget = new FinalizationRegistry<string>((runId) => {
  // Another run may have the id by now.
  if (known.get(runId)?.deref() === undefined) known.delete(runId);
});

export const knowRun = (handle: Handle, ending: Promise<unknown>): void => {
  underWay.add(handle);
  known.set(handle.runId, new WeakRef(handle));
  forget.register(handle, handle.runId);
  void ending.then(() => underWay.delete(handle));
};

/** The handle of a run, or of a run under it. @throws RunError RUN_NOT_FOUND */
export const existingInlineRun = (runId: string): Handle => {
  for (let id = runId; id !== ''; id = id.slice(0, Math.max(0, id.lastIndexOf('/')))) {
    const found = known.get(id)?.deref()?.runOf(runId);
    if (found !== undefined) return found;
  }
  throw new RunError(
    'RUN_NOT_FOUND',
    `This process has no run '${runId}' in memory. Such a run is known while it is under way, and then as long as the program holds its handle; one that local() or temporal() started is found without the executor inline().`,
    { details: { runId } },
  );
};
