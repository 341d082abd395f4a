/**
 * What people read for a task run, made of its arguments. Pure; made in flow code, for the items of a batch where they run.
 */
import type { TaskDefinition } from './definition.js';

/** Longer names are cut. */
const maxLength = 200;

const partOf = (args: readonly unknown[], path: string): unknown => {
  let part: unknown = args;
  for (const step of path.split('.')) {
    if (typeof part !== 'object' || part === null) return undefined;
    part = (part as Record<string, unknown>)[step];
  }
  return part;
};

const wordOf = (part: unknown): string | undefined =>
  typeof part === 'string' || typeof part === 'number' || typeof part === 'boolean' || typeof part === 'bigint'
    ? String(part)
    : undefined;

/** `undefined`: the task declares no name for its runs. Places whose value is no text or number stay as they are written. */
export const runNameOf = ({ options }: TaskDefinition, args: readonly unknown[]): string | undefined => {
  const { runName } = options;
  if (runName === undefined) return undefined;
  const name =
    typeof runName === 'function'
      ? String(runName(...(args as never[])))
      : runName.replace(/\{(\d+(?:\.[\w-]+)*)\}/g, (whole, path: string) => wordOf(partOf(args, path)) ?? whole);
  return name.slice(0, maxLength);
};
