/** The source of a task as its cache sees it, worked out once a process and task. Host, inside a child. */
import { createHash } from 'node:crypto';
import type { TaskDefinition } from '../../authoring/definition.js';

const known = new WeakMap<TaskDefinition, Promise<string>>();

const digest = async ({ name, site, fn }: TaskDefinition): Promise<string> => {
  // Not known where it stands: its own text is all there is.
  if (site === undefined) return createHash('sha256').update(String(fn)).digest('hex');
  const { sourceDigest } = await import('../../compiler/source-digest.js');
  return sourceDigest({ name, file: site.file, line: site.line });
};

export const sourceHash = (definition: TaskDefinition): Promise<string> => {
  const made = known.get(definition) ?? digest(definition);
  known.set(definition, made);
  return made;
};
