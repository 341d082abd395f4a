/**
 * What stands in for the bodies of tasks in this process, for tests: whole bodies, and checks before an attempt that may
 * end it. HOST. The declaration keeps its options; other processes know nothing of it, so runs there are refused.
 */
import { randomUUID } from 'node:crypto';
import type { FlowDefinition, TaskDefinition } from '../authoring/definition.js';
import { findTask, replaceTask } from '../authoring/definition.js';
import { AuthoringError } from '../core/errors.js';

type Body = (...args: never[]) => unknown;

/** One thing that stands in for something of a task. */
export interface StandIn {
  /** Runs in place of the body. */
  body?: Body;
  /** Runs in place of `undo`, where the task has one. */
  undo?: Body;
  /** Called before each attempt; what it throws ends it. */
  before?: () => void;
}

interface Replaced {
  original: TaskDefinition;
  layers: Set<StandIn>;
}

const replaced = new Map<string, Replaced>();

/** The last of the layers that has the part. */
const lastOf = <K extends keyof StandIn>(layers: ReadonlySet<StandIn>, part: K): StandIn[K] | undefined =>
  [...layers].findLast((layer) => layer[part] !== undefined)?.[part];

const bodyOver = ({ original, layers }: Replaced): Body => {
  return (...args) => {
    for (const { before } of layers) before?.();
    return (lastOf(layers, 'body') ?? original.fn)?.(...args);
  };
};

const definitionOver = (one: Replaced): TaskDefinition => {
  const { original, layers } = one;
  const undo: Body = (...args) => (lastOf(layers, 'undo') ?? original.options.undo)?.(...args);
  const options = original.options.undo === undefined ? original.options : { ...original.options, undo };
  const body = lastOf(layers, 'body');
  return {
    ...original,
    options: options as TaskDefinition['options'],
    fn: bodyOver(one),
    standIn: { for: original, body: body && idOf(body) },
  };
};

const ids = new WeakMap<Body, string>();
/** The same for the same body, and in no other process. */
const idOf = (body: Body): string => {
  const id = ids.get(body) ?? randomUUID();
  ids.set(body, id);
  return id;
};

/** From the next attempt on; gives what ends it. @throws AuthoringError BAD_OPTION when there is no such task */
export const standInFor = (taskName: string, layer: StandIn): (() => void) => {
  const one = replaced.get(taskName) ?? { original: declared(taskName), layers: new Set() };
  one.layers.add(layer);
  replaced.set(taskName, one);
  replaceTask(definitionOver(one));
  return () => {
    if (!one.layers.delete(layer) || replaced.get(taskName) !== one) return;
    if (one.layers.size > 0) return replaceTask(definitionOver(one));
    replaced.delete(taskName);
    replaceTask(one.original);
  };
};

/** Ends all of them. */
export const endStandIns = (): void => {
  for (const { original } of replaced.values()) replaceTask(original);
  replaced.clear();
};

const declared = (name: string): TaskDefinition => {
  const definition = findTask(name);
  if (definition !== undefined) return definition;
  throw new AuthoringError('BAD_OPTION', `Expected a task that is declared in this process, got '${name}'`, {
    details: { option: 'task', expected: 'a declared task', received: name },
  });
};

/** @throws AuthoringError MOCK_OUT_OF_REACH when something stands in for a task, which the run would not know of */
export const refuseStandIns = (flow: FlowDefinition, executor: string): void => {
  const names = [...replaced.keys()];
  if (names.length === 0) return;
  throw new AuthoringError(
    'MOCK_OUT_OF_REACH',
    `'${flow.name}' was to run with ${executor}, where task bodies run in other processes, while mockTask or failAttempts ` +
      `is in force for ${names.map((name) => `'${name}'`).join(', ')} in this one. Run it with inline() or a test environment that has no ` +
      `processes of its own, or end them first: restoreTasks().`,
    { details: { flowName: flow.name, executor, tasks: names } },
  );
};
