/**
 * What happens when a task or a flow is called, mapped or called with options inside a flow. Pure.
 */
import { AuthoringError } from '../core/errors.js';
import { currentRunIfAny } from './current-run.js';
import type { FlowDefinition, TaskDefinition } from './definition.js';
import type { FlowRun } from './engine/flow-run.js';
import { sourcesIn } from './engine/futures-in.js';
import { checkGate, gateOf, type GateOptions } from './engine/gate.js';
import { checkMapOptions, type MapOptions, mapOptionNames } from './engine/map-options.js';
import { MapRun } from './engine/map-run.js';
import { type Invoked, TaskRun } from './engine/task-run.js';
import { sourceOf } from './engine/source.js';
import { TaskFuture } from './future.js';
import { MapFuture } from './map-future.js';
import { badOption } from '../core/bad-option.js';
import { checkKnown } from '../core/known-options.js';
import { type TaskCallPolicy, callPolicy } from './options.js';
import { currentFlowRun } from './scope.js';

/** Options of one call, given by `.with({...})`. */
export interface CallOptions extends TaskCallPolicy, GateOptions, MapOptions {
  /** Futures that this call waits for without taking their values. Prefect's `wait_for`. */
  after?: readonly TaskFuture<unknown>[];
  /** What people read for this task run instead of `name-0`. */
  name?: string;
}

const callOptionNames = 'after name retries timeout totalTimeout tags priority trigger skipOnUpstreamSkip'
  .split(' ')
  .concat(mapOptionNames);

export const checkCallOptions = (name: string, options: CallOptions): void => {
  checkKnown(`${name}.with(…)`, options, callOptionNames);
  const { after, name: title } = options;
  if (title !== undefined && (typeof title !== 'string' || title.trim() === ''))
    throw badOption(`The call of '${name}'`, 'name', { expected: 'a text', received: title });
  if (after !== undefined && (!Array.isArray(after) || after.some((item) => sourceOf(item) === undefined)))
    throw new AuthoringError('BAD_OPTION', `${name}.with({ after }) takes an array of futures.`, {
      // Not String(…): a future that stands here by mistake refuses to be text.
      details: { option: 'after', expected: 'futures', received: Array.isArray(after) ? 'array' : typeof after },
    });
  checkMapOptions(name, options);
  checkGate(`The call of '${name}'`, options);
  callPolicy(name, options);
};

const flowRunFor = (definition: TaskDefinition | FlowDefinition): FlowRun => {
  const flowRun = currentFlowRun();
  if (flowRun !== undefined) return flowRun;
  const { kind, name } = definition;
  const within = currentRunIfAny();
  const where =
    within?.kind === 'task'
      ? `inside the body of the task '${within.taskName}', where there is no flow`
      : 'outside a flow';
  const mend =
    kind === 'task'
      ? `Inside a flow it gives a future. To run its body here and now, call ${name}.fn(…) and await it.`
      : `To run it, call .run(…) on it; inside another flow, call it.`;
  throw new AuthoringError('CALLED_OUTSIDE_FLOW', `The ${kind} '${name}' was called ${where}. ${mend}`, {
    details: { name, kind },
  });
};

const invokedOf = (
  definition: TaskDefinition | FlowDefinition,
  args: readonly unknown[],
  options: CallOptions,
): Invoked & { map: MapOptions } => {
  const { after: _after, name, tags, priority, concurrency, batch, zip, tolerate, firstSuccesses, ...other } = options;
  const { trigger, skipOnUpstreamSkip, ...rest } = other;
  const policy = Object.keys(rest).length > 0 ? callPolicy(definition.name, rest) : undefined;
  const map = { concurrency, batch, zip, tolerate, firstSuccesses };
  const gate = gateOf(definition.kind === 'task' ? definition.options : {}, {
    ...definedOf({ trigger, skipOnUpstreamSkip }),
  });
  return { definition, args, policy, tags, priority, title: name, gate, map: definedOf(map) };
};

const definedOf = (options: object): object =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** @throws AuthoringError BAD_OPTION: an option that only makes sense for a map */
const refuseMapOptions = (name: string, { map }: { map: MapOptions }): void => {
  const [option] = Object.keys(map);
  if (option === undefined) return;
  throw new AuthoringError(
    'BAD_OPTION',
    `\`${option}\` is an option of maps: ${name}.with({ ${option} }).map(…). A single call has one run.`,
    { details: { option, expected: 'a call of .map', received: 'a single call' } },
  );
};

const addAfter = (run: TaskRun | MapRun, options: CallOptions): void => {
  for (const future of options.after ?? []) {
    const source = sourceOf(future);
    if (source !== undefined) run.dependOn(source.run, source.allowsFailure);
  }
};

export const callOnce = (
  definition: TaskDefinition | FlowDefinition,
  args: readonly unknown[],
  options: CallOptions = {},
): TaskFuture<unknown> => {
  const flowRun = flowRunFor(definition);
  const upstream = args.flatMap((arg, i) => sourcesIn(arg, `argument ${i + 1} of ${definition.name}(…)`));
  const invoked = invokedOf(definition, args, options);
  refuseMapOptions(definition.name, invoked);
  const run = new TaskRun(flowRun, flowRun.nextId(definition.name), invoked);
  for (const source of upstream) run.dependOn(source.run, source.allowsFailure);
  addAfter(run, options);
  flowRun.add(run);
  run.open();
  return new TaskFuture(run);
};

export const callMapped = (
  definition: TaskDefinition | FlowDefinition,
  args: readonly unknown[],
  options: CallOptions = {},
): MapFuture<unknown> => {
  const flowRun = flowRunFor(definition);
  if (typeof options.batch === 'number' && definition.kind === 'task' && definition.options.undo)
    throw new AuthoringError(
      'BAD_OPTION',
      `${definition.name}.with({ batch }).map(…): the task has an \`undo\`, so that its items are run, and undone, one by one.`,
      { details: { option: 'batch', expected: 'none with undo', received: String(options.batch) } },
    );
  const run = new MapRun(flowRun, flowRun.nextId(definition.name), invokedOf(definition, args, options));
  addAfter(run, options);
  flowRun.add(run);
  run.open();
  return new MapFuture(run);
};
