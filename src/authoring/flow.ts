/**
 * `flow(…)`: declares a function that calls tasks as a pipeline. Its body becomes a deterministic Temporal workflow. Pure.
 */
import { callMapped, callOnce, type CallOptions, checkCallOptions } from './call.js';
import { callSiteOf, checkedAt, sourceSite } from './call-site.js';
import { type FlowDefinition, registerFlow } from './definition.js';
import type { TaskFuture } from './future.js';
import type { Arg, MapArg } from './inputs.js';
import { type RunHandle, type RunOptions, launcherFor } from './launcher.js';
import type { MapFuture } from './map-future.js';
import { hooksOf } from './hook-options.js';
import { checkBody, checkName } from './named.js';
import { checkFlowOptions, type FlowOptions } from './options.js';
import type { Resolved } from './resolved.js';

/** What a schema takes (`I`) and gives (`O`), as zod and the Standard Schema say it. */
type SchemaInput<S> = S extends { '~standard': { types?: { input: infer I } | undefined } } ? I : SchemaOutput<S>;
type SchemaOutput<S> = S extends { parse(input: unknown): infer O } ? O : never;

/** Parameters can be left out when every one of them can. */
type Optional<I, Rest extends unknown[]> = unknown extends I
  ? [params?: I, ...Rest]
  : Record<never, never> extends I
    ? [params?: I, ...Rest]
    : [params: I, ...Rest];

export interface FlowCall<I, R> {
  /** Inside another flow: starts a child run (a child workflow); gives the future of its value. */
  (...args: Optional<Arg<I>, []>): TaskFuture<Resolved<R>>;
  /** Inside another flow: one child run for each item. */
  map(params: MapArg<I>): MapFuture<Resolved<R>>;
}

export interface Flow<I = never, R = unknown> extends FlowCall<I, R> {
  /** The same flow with options for one call inside another flow. */
  with(options: CallOptions): FlowCall<I, R>;
  /**
   * Runs the flow and gives its value.
   * @throws RunError when it ends in any other way; ConnectionError without a server; BundleError when it does not compile
   * @example const rows = await pipeline.run({ day: '2026-01-31' });
   */
  run(...args: Optional<I, [options?: RunOptions]>): Promise<Resolved<R>>;
  /** Starts a run and gives its handle; the run goes on whatever becomes of the handle. */
  start(...args: Optional<I, [options?: RunOptions]>): Promise<RunHandle<Resolved<R>>>;
  readonly flowName: string;
  readonly options: FlowOptions;
}

/**
 * Declares a flow. At the top level of its module: other processes load the same file to find it.
 *
 * @param name free text; also the Temporal workflow type
 * @param options see FlowOptions; default none
 * @param fn the body: calls tasks and flows, gets one params object, may be async. It must be deterministic: what
 *   touches the world belongs in a task.
 * @throws AuthoringError BAD_NAME, BAD_BODY, BAD_OPTION, DUPLICATE_NAME, LATE_DEFINITION
 * @example export const pipeline = flow('Data Pipeline', () => loadData(transformData(extractData())));
 */
export function flow<P, R>(name: string, fn: (params: P) => R): Flow<P, R>;
export function flow<S extends { parse(input: unknown): unknown }, R>(
  name: string,
  options: FlowOptions & { params: S },
  fn: (params: SchemaOutput<S>) => R,
): Flow<SchemaInput<S>, R>;
export function flow<P, R>(name: string, options: FlowOptions & { params?: never }, fn: (params: P) => R): Flow<P, R>;
export function flow(name: string, second: unknown, third?: unknown): Flow<unknown, unknown> {
  const site = callSiteOf(flow);
  const options = (third === undefined ? {} : second) as FlowOptions;
  const fn = (third === undefined ? second : third) as FlowDefinition['fn'];
  const hooks = checkedAt(site, () => {
    checkName('flow', name);
    checkFlowOptions(name, options);
    checkBody('flow', name, fn);
    return hooksOf(`The flow '${name}'`, options);
  });
  const definition: FlowDefinition = {
    kind: 'flow',
    name,
    options,
    hooks,
    fn,
    site: options.source === undefined ? site : sourceSite(options.source),
  };
  registerFlow(definition);
  const calls = (callOptions: CallOptions): FlowCall<unknown, unknown> =>
    Object.assign((params?: unknown) => callOnce(definition, [params ?? {}], callOptions), {
      map: (params: unknown) => callMapped(definition, [params], callOptions),
    });
  const start = (params: unknown = {}, runOptions: RunOptions = {}): Promise<RunHandle<unknown>> =>
    launcherFor(definition).start(definition, params, runOptions);
  return Object.assign(calls({}), {
    with: (callOptions: CallOptions) => {
      checkCallOptions(name, callOptions);
      return calls(callOptions);
    },
    start,
    run: async (params?: unknown, runOptions?: RunOptions) => (await start(params, runOptions)).result(),
    flowName: name,
    options,
  });
}
