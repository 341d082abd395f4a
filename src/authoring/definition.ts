/**
 * What `task(...)` and `flow(...)` leave behind: the declaration as data, kept in a registry by name. Pure; the same
 * classes are used in the sandbox (where `fn` of a task has been stripped) and on the host.
 */
import { AuthoringError } from '../core/errors.js';
import type { CallSite } from './call-site.js';
import type { HookOptions } from './hook-options.js';
import type { FlowOptions, TaskOptions } from './options.js';
import type { TaskPolicy } from '../core/task-policy.js';

export interface TaskDefinition {
  readonly kind: 'task';
  readonly name: string;
  readonly options: TaskOptions;
  readonly policy: TaskPolicy;
  /** The body; `undefined` in the sandbox, where the compiler has removed it. */
  readonly fn: ((...args: never[]) => unknown) | undefined;
  readonly site: CallSite | undefined;
  /** Tasks to run when a run of it has ended; absent: none. */
  readonly hooks?: HookOptions | undefined;
  /** Of what stands in for a task in a test: the task's own, and whose values they are where the body is another. */
  readonly standIn?: { readonly for: TaskDefinition; readonly body: string | undefined };
}

export interface FlowDefinition {
  readonly kind: 'flow';
  readonly name: string;
  readonly options: FlowOptions;
  readonly fn: (params: never) => unknown;
  readonly site: CallSite | undefined;
  /** Tasks to run when a run of it has ended; absent: none. */
  readonly hooks?: HookOptions | undefined;
}

interface Registry {
  tasks: Map<string, TaskDefinition>;
  flows: Map<string, FlowDefinition>;
  /** Set once the user's modules have been evaluated: nothing may be declared from then on. */
  sealedBy: string | undefined;
}

// One registry a realm, even when two copies of this package are loaded into it.
const slot = Symbol.for('perdure.registry');
const holder = globalThis as { [slot]?: Registry };
const registry: Registry = (holder[slot] ??= { tasks: new Map(), flows: new Map(), sealedBy: undefined });

const at = (definition: TaskDefinition | FlowDefinition): string =>
  definition.site ? ` (${definition.site.file}:${definition.site.line})` : '';

const register = <D extends TaskDefinition | FlowDefinition>(into: Map<string, D>, definition: D): void => {
  const { kind, name } = definition;
  if (registry.sealedBy !== undefined)
    throw new AuthoringError(
      'LATE_DEFINITION',
      `The ${kind} '${name}' is declared ${registry.sealedBy}, when it is too late: other processes load the same file ` +
        `and would not find it. Declare it at the top level of its module.`,
      { details: { name, kind } },
    );
  const previous = into.get(name);
  if (previous !== undefined)
    throw new AuthoringError(
      'DUPLICATE_NAME',
      `There are two ${kind}s named '${name}': the first${at(previous)}, the second${at(definition)}. ` +
        `A name is what Temporal finds a ${kind} by, so give one of them another.`,
      { details: { name, kind, first: previous.site, second: definition.site } },
    );
  into.set(name, definition);
};

export const registerTask = (definition: TaskDefinition): void => register(registry.tasks, definition);
export const registerFlow = (definition: FlowDefinition): void => register(registry.flows, definition);
/** Puts `definition` in the place of the task of its name, for those who look it up to run it: for tests. */
export const replaceTask = (definition: TaskDefinition): void => void registry.tasks.set(definition.name, definition);
export const findTask = (name: string): TaskDefinition | undefined => registry.tasks.get(name);
export const findFlow = (name: string): FlowDefinition | undefined => registry.flows.get(name);
export const declaredTasks = (): TaskDefinition[] => [...registry.tasks.values()];
export const declaredFlows = (): FlowDefinition[] => [...registry.flows.values()];

/** Refuses declarations from now on; `by` completes the sentence "is declared …". */
export const sealRegistry = (by: string): void => {
  registry.sealedBy = by;
};
