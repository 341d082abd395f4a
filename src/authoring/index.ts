/** What users write flows with: the same names on the host and in the sandbox. Pure. */
export { allowFailure } from './allow-failure.js';
export { artifact, type ArtifactNote } from './artifact.js';
export { currentRun, type CurrentRun } from './current-run.js';
export type { CallOptions } from './call.js';
export { flatten } from './flatten.js';
export { flow, type Flow, type FlowCall } from './flow.js';
export { TaskFuture } from './future.js';
export { MapFuture, type Settled } from './map-future.js';
export type { Arg, Args, MapArg, MapArgs } from './inputs.js';
export type { Approval, Executor, RunHandle, RunOptions, SendOptions } from './launcher.js';
export type { Hook, HookEvent, HookOptions, HookTask } from './hook-options.js';
export type { FlowOptions, TaskOptions } from './options.js';
export type { Resolved } from './resolved.js';
export { logger, type Logger } from './logger.js';
export { secret, type Secret } from './secret.js';
export { sequence } from './sequence.js';
export { task, type Task, type TaskCall } from './task.js';
export {
  allFailed,
  allFinished,
  allSuccessful,
  anyFailed,
  anySuccessful,
  manualOnly,
  notAllSkipped,
  someFailed,
  someSuccessful,
} from './triggers.js';
export { transaction } from './transaction.js';
export { unmapped, type Unmapped } from './unmapped.js';
export { approval, sleep, waitFor, type Schema, type WaitOptions } from './waits.js';
export { chunks } from '../core/chunks.js';
export { Dataset } from '../core/dataset.js';
export { range, type Range } from '../core/range.js';
export type { Duration } from '../core/duration.js';
export {
  AuthoringError,
  BundleError,
  ConfigError,
  ConnectionError,
  NonRetryableError,
  PerdureError,
  RetryableError,
  RunError,
  SkipTask,
  UsageError,
} from '../core/errors.js';
export type { Artifact, ArtifactOptions } from '../core/artifact.js';
export type { LogLevel, LogLine, LogOptions } from '../core/log-line.js';
export type { ErrorCode } from '../core/error-codes.js';
export { isFailureValue, type FailureValue } from '../core/failure-value.js';
export type { ItemPage, ItemView } from '../core/run-view/item-view.js';
export type { RunView, TaskView } from '../core/run-view/run-view.js';
export { State } from '../core/state.js';
export type { TriggerBounds, TriggerRule } from '../core/trigger-rule.js';
