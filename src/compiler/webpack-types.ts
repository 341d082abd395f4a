/**
 * webpack's types, as Temporal's bundler hands them to its `webpackConfigHook`. Types only: webpack comes with the SDK,
 * and perdure has no copy of its own that could be another version.
 */
import type { BundleOptions } from '@temporalio/worker';

export type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];
type Plugin = Exclude<NonNullable<Configuration['plugins']>[number], false | 0 | '' | null | undefined>;
// A function has an `apply` as well.
export type PluginInstance = Exclude<Plugin, (...args: never[]) => unknown>;
export type RuleSetRule = Extract<
  NonNullable<NonNullable<Configuration['module']>['rules']>[number],
  { extractSourceMap?: boolean }
>;
export type Compiler = Parameters<PluginInstance['apply']>[0];
export type Compilation = ReturnType<Compiler['createCompilation']>;
export type NormalModule = InstanceType<Compiler['webpack']['NormalModule']>;
export type Module = Compilation['modules'] extends Set<infer M> ? M : never;
type ResolverPlugin = Exclude<
  NonNullable<NonNullable<Configuration['resolve']>['plugins']>[number],
  '...' | false | 0 | '' | null | undefined | ((...args: never[]) => unknown)
>;
export type Resolver = Parameters<ResolverPlugin['apply']>[0];
