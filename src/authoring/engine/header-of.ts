/** What goes with a task run, a batch or a child run about itself, beside its arguments. Pure; the same on every runtime. */
import type { MapOwner, TaskRunHeader } from '../../core/protocol.js';
import { taskTags } from '../task-tags.js';
import type { BatchInvocation, FlowInvocation, ShardInvocation, TaskInvocation } from './engine-port.js';

/** The run that starts it. */
export interface StartingRun {
  tags: readonly string[];
  /** Of a part of a map. */
  of: MapOwner | undefined;
}

export const headerOf = (
  invocation: TaskInvocation | BatchInvocation | FlowInvocation | ShardInvocation,
  run: StartingRun,
): TaskRunHeader => {
  const { id, upstreamIds } = invocation;
  const header: TaskRunHeader = { v: 1, id, store: true };
  if (upstreamIds.length > 0) header.up = upstreamIds;
  if ('mapIndex' in invocation && invocation.mapIndex !== undefined) header.index = invocation.mapIndex;
  if ('undo' in invocation && invocation.undo) header.undo = true;
  if ('spec' in invocation) header.batch = invocation.spec;
  if ('policy' in invocation && invocation.policy !== undefined) header.policy = invocation.policy;
  if (run.of !== undefined) header.of = run.of;
  if ('tags' in invocation) {
    const tags = taskTags(run.tags, invocation);
    if (tags.length > 0) header.tags = tags;
    if (invocation.title !== id && header.batch === undefined) header.name = invocation.title;
  }
  return header;
};
