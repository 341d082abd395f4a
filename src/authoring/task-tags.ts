/** The tags of a task run: of the run, of the task's declaration and of the call, each once. Pure. */
import type { TaskDefinition } from './definition.js';

export const taskTags = (
  ofRun: readonly string[],
  { definition, tags }: { definition: TaskDefinition; tags: readonly string[] | undefined },
): string[] => [...new Set([...ofRun, ...(definition.options.tags ?? []), ...(tags ?? [])])];
