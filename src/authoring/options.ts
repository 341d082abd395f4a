/**
 * The options of tasks and flows, each documented where it is declared, and their checks at definition. Pure.
 */
import { type Duration, parseDuration } from '../core/duration.js';
import { badOption as bad } from '../core/bad-option.js';
import { checkKnown } from '../core/known-options.js';
import type { RunOptions } from './launcher.js';
import { type CacheOptions, checkCache } from './cache-option.js';
import { hookNames, type HookOptions } from './hook-options.js';
import type { AnyArguments } from './inputs.js';
import { isSandbox } from './realm.js';
import { checkGate, type GateOptions } from './engine/gate.js';
import { checkLimits, type LimitOptions } from './limit-options.js';
import { checkPriority, type Priority } from './priority-option.js';
import { defaultTaskPolicy, type TaskPolicy } from '../core/task-policy.js';

/** Options that can also be given for one call, by `task.with({...})`. */
export interface TaskCallPolicy {
  /**
   * How many failures of the body are followed by another attempt. Default 0. A worker or child process that dies
   * under an attempt is not a failure of the body: see `onCrash`. Prefect's `retries`.
   */
  retries?: number;
  /** Bound on one attempt, from the start of the body; a body that does not yield is killed. Default none. A timeout is retried. */
  timeout?: Duration;
  /** Bound on all attempts together, with queueing and delays (Temporal's schedule-to-close). Default none. */
  totalTimeout?: Duration;
  /** Labels for people; kept in history. */
  tags?: readonly string[];
  /** Which of the waiting work workers take first: Temporal's own priority. Default: the flow's. */
  priority?: Priority;
}

/** Options of `task(name, options, fn)`. */
export interface TaskOptions<A extends readonly unknown[] = AnyArguments>
  extends TaskCallPolicy, GateOptions, HookOptions {
  /**
   * Delay before a retry: one for all, a list (the last repeats), or a function of the retry's number (1-based) and the
   * error, called on the host. Default 0. A server-side timer: a restart loses nothing. `RetryableError` wins over it.
   */
  retryDelay?: Duration | readonly Duration[] | ((retry: number, error: unknown) => Duration);
  /** Each further delay is this many times the one before, once a list has run out. At least 1. Default 1. */
  retryBackoff?: number;
  /** Upper bound of one delay. Default 24 hours. */
  maxRetryDelay?: Duration;
  /** Stretches each delay by a random share up to this factor: 0.5 gives 1 to 1.5 times. Default 0. Prefect's `retry_jitter_factor`. */
  retryJitter?: number;
  /** Called on the host with what the body threw: `false` ends the task run at once. Default: every error is retried. */
  retryIf?: (error: unknown, retry: number) => boolean | Promise<boolean>;
  /** How long a worker may be silent before its attempts are given to another. Default 10 seconds, at least 1. */
  heartbeatTimeout?: Duration;
  /**
   * What to do when the process dies under an attempt: `'rerun'` (default) runs it again without charging `retries`, at
   * most 3 times (or `retries` times, where that is more); `'fail'` ends the task run as Crashed, for bodies that must not run twice.
   */
  onCrash?: 'rerun' | 'fail';
  /** Runs as a Temporal local activity, in the worker that runs the flow: quick, with no event of its own to start with. Default false. */
  local?: boolean;
  /**
   * Arrays and datasets from other tasks arrive as a `Dataset`, which is read as it is iterated, never all at once.
   * Declare such a parameter as `AsyncIterable<T>`. Default false.
   */
  stream?: boolean;
  /**
   * Undoes what a completed run of this task did; gets its result and its arguments. Called when the flow fails or is
   * cancelled, or the `transaction` that the run belongs to throws, in reverse order of completion; a task run like any
   * other, with this task's `retries` and timeouts, so it must bear to be run twice. A task with it maps item by item.
   * Prefect's `on_rollback`.
   */
  undo?(this: void, result: unknown, ...args: unknown[]): unknown;
  /** Lines that the body prints with `console` are kept in its log, and not printed. Default false. Prefect's `log_prints`. */
  logPrints?: boolean;
  /**
   * What people read for a task run: text with `{0}` for the first argument, `{1.id}` for a part of the second; or a
   * function of the arguments, called in flow code. `.with({ name })` wins over it. Prefect's `task_run_name`.
   */
  runName?: string | ((...args: never[]) => string);
  /**
   * Values are found again over runs, machines and runs at one time, which compute one value once; the state is then Cached.
   * Looked for on the host, after `limits`. Failures are not kept. Not with `local` or `stream`. Default: no cache. Prefect's cache policies.
   * @example task('rates', { cache: { key: 'inputs', expires: '1 hour' } }, (day: string) => fetchRates(day));
   */
  cache?: CacheOptions<A>;
  /**
   * Bounds over all runs and workers of one result store. A place is taken for one attempt, just before its body runs, and
   * given back at its end; waiting charges no attempt and holds no process. In the order of their names. Not with `local`.
   * Default none. Prefect's concurrency and rate limits, but for the leaks: a place is a lease.
   * @example task('call', { limits: [{ name: 'api', slots: 5, perSecond: 10 }] }, (id: string) => call(id));
   */
  limits?: readonly LimitOptions<A>[];
  /** The file to load for this task, when the call of `task` stands in a helper of another file: `import.meta.url`. */
  source?: string;
}

/** Anything with zod's `parse`: throws, or gives the value after defaults and transforms. */
export interface ParamsSchema<P, I = P> {
  parse(input: unknown): P;
  readonly _input?: I;
  readonly _output?: P;
}

/** Options of `flow(name, options, fn)`. */
export interface FlowOptions extends HookOptions {
  /** A zod schema. Checked by the client before the start and again, with its transforms, in the workflow. */
  // The schema's own types are inferred by `flow`; here any schema will do.
  params?: ParamsSchema<unknown, unknown>;
  /** How many failures of the whole flow are followed by another run of it. Default 0. */
  retries?: number;
  /** Delay before such a run. Default 1 second. */
  retryDelay?: Duration;
  /** Bound on the whole run with its retries (Temporal's execution timeout). Default none. */
  timeout?: Duration;
  /** Which of the waiting work workers take first, for the run and for its tasks that say nothing else. Temporal's own. Default none. */
  priority?: Priority;
  /** The run's id when none is given: text with `{flow}`, `{date}`, `{random}` or a parameter's `{name}`. */
  name?: string;
  /** The file to load for this flow, when the call of `flow` stands in a helper of another file: `import.meta.url`. */
  source?: string;
}

const taskOptionNames = (
  'retries timeout totalTimeout tags retryDelay retryBackoff maxRetryDelay retryJitter retryIf heartbeatTimeout ' +
  'onCrash local stream source trigger skipOnUpstreamSkip undo cache limits priority logPrints runName'
)
  .split(' ')
  .concat(hookNames);
const flowOptionNames = 'params retries retryDelay timeout name source priority'.split(' ').concat(hookNames);

interface NumberCheck {
  value: unknown;
  min: number;
  integer?: boolean;
}

const numberIn = (owner: string, option: string, { value, min, integer = false }: NumberCheck): number => {
  const isFit = typeof value === 'number' && value >= min && (!integer || Number.isInteger(value));
  if (!isFit)
    throw bad(owner, option, {
      expected: `${integer ? 'a whole number' : 'a number'} of at least ${min}`,
      received: value,
    });
  return value;
};

const durationIn = (owner: string, option: string, value: unknown): number => {
  const ms = parseDuration(value);
  if (ms === undefined)
    throw bad(owner, option, { expected: `a duration, such as 500 (milliseconds) or '10 seconds'`, received: value });
  return ms;
};

/** A bound of nothing would mean none to Temporal. */
const boundIn = (owner: string, option: string, value: unknown): number => {
  const ms = durationIn(owner, option, value);
  if (ms < 1) throw bad(owner, option, { expected: 'a duration of at least 1 ms', received: value });
  return ms;
};

const delaysOf = (owner: string, delay: TaskOptions['retryDelay']): number[] => {
  if (delay === undefined || typeof delay === 'function') return [];
  const list = Array.isArray(delay) ? delay : [delay];
  if (list.length === 0)
    throw bad(owner, 'retryDelay', { expected: 'a duration, or a list with at least one', received: '[]' });
  return list.map((item) => durationIn(owner, 'retryDelay', item));
};

const checkTags = (owner: string, tags: unknown): void => {
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string'))
    throw bad(owner, 'tags', { expected: 'a list of strings', received: tags });
};

/** The part of a policy that `options` sets; checks each option. */
const policyPart = (owner: string, options: TaskOptions): Partial<TaskPolicy> => {
  if (options.tags !== undefined) checkTags(owner, options.tags);
  if (options.priority !== undefined) checkPriority(owner, options.priority);
  const part: Partial<TaskPolicy> = {};
  if (options.retries !== undefined)
    part.retries = numberIn(owner, 'retries', { value: options.retries, min: 0, integer: true });
  if (options.timeout !== undefined) part.timeoutMs = boundIn(owner, 'timeout', options.timeout);
  if (options.totalTimeout !== undefined) part.totalTimeoutMs = boundIn(owner, 'totalTimeout', options.totalTimeout);
  if (options.retryDelay !== undefined) part.retryDelaysMs = delaysOf(owner, options.retryDelay);
  if (options.retryBackoff !== undefined)
    part.retryBackoff = numberIn(owner, 'retryBackoff', { value: options.retryBackoff, min: 1 });
  if (options.maxRetryDelay !== undefined)
    part.maxRetryDelayMs = durationIn(owner, 'maxRetryDelay', options.maxRetryDelay);
  if (options.retryJitter !== undefined)
    part.retryJitter = numberIn(owner, 'retryJitter', { value: options.retryJitter, min: 0 });
  if (options.heartbeatTimeout !== undefined) {
    part.heartbeatTimeoutMs = durationIn(owner, 'heartbeatTimeout', options.heartbeatTimeout);
    if (part.heartbeatTimeoutMs < 1_000)
      throw bad(owner, 'heartbeatTimeout', { expected: 'at least 1 second', received: options.heartbeatTimeout });
  }
  if (options.onCrash !== undefined) {
    if (options.onCrash !== 'rerun' && options.onCrash !== 'fail')
      throw bad(owner, 'onCrash', { expected: `'rerun' or 'fail'`, received: options.onCrash });
    part.onCrash = options.onCrash;
  }
  return part;
};

const checkGuards = (owner: string, { cache, limits, local, stream }: TaskOptions, fn: unknown): void => {
  if (cache !== undefined) checkCache(owner, cache, fn);
  if (limits !== undefined) checkLimits(owner, limits);
  // A stream is read once, by the body.
  if (stream && cache !== undefined)
    throw bad(owner, 'cache', { expected: 'left out where `stream` is true', received: 'cache' });
  const option = cache === undefined ? 'limits' : 'cache';
  // A local activity has no heartbeat, and may not wait for what others hold.
  if (local && (cache ?? limits) !== undefined)
    throw bad(owner, option, { expected: 'left out where `local` is true', received: option });
};

/** Checks a task's options, those about parameters against the body `fn`; gives its policy. */
export const taskPolicy = (name: string, options: TaskOptions, fn?: unknown): TaskPolicy => {
  const owner = `The task '${name}'`;
  checkKnown(owner, options, taskOptionNames);
  checkGate(owner, options);
  if (options.retryIf !== undefined && typeof options.retryIf !== 'function')
    throw bad(owner, 'retryIf', { expected: 'a function', received: options.retryIf });
  // In the sandbox the compiler has left `true` in place of the function.
  if (options.undo !== undefined && typeof options.undo !== 'function' && !isSandbox())
    throw bad(owner, 'undo', { expected: 'a function', received: options.undo });
  if (options.local !== undefined && typeof options.local !== 'boolean')
    throw bad(owner, 'local', { expected: 'true or false', received: options.local });
  if (options.stream !== undefined && typeof options.stream !== 'boolean')
    throw bad(owner, 'stream', { expected: 'true or false', received: options.stream });
  if (options.logPrints !== undefined && typeof options.logPrints !== 'boolean')
    throw bad(owner, 'logPrints', { expected: 'true or false', received: options.logPrints });
  if (options.runName !== undefined && typeof options.runName !== 'string' && typeof options.runName !== 'function')
    throw bad(owner, 'runName', { expected: 'a text or a function', received: options.runName });
  checkGuards(owner, options, fn);
  return {
    ...defaultTaskPolicy,
    ...policyPart(owner, options),
    hasRetryIf: options.retryIf !== undefined,
    hasRetryDelay: typeof options.retryDelay === 'function',
  };
};

/** Checks the options of one call; gives what differs from the declaration. */
export const callPolicy = (name: string, options: TaskCallPolicy): Partial<TaskPolicy> =>
  policyPart(`The call of '${name}'`, options);

/** Checks a flow's options. */
export const checkFlowOptions = (name: string, options: FlowOptions): void => {
  const owner = `The flow '${name}'`;
  checkKnown(owner, options, flowOptionNames);
  if (options.params !== undefined && typeof options.params?.parse !== 'function')
    throw bad(owner, 'params', { expected: 'a zod schema', received: options.params });
  if (options.retries !== undefined) numberIn(owner, 'retries', { value: options.retries, min: 0, integer: true });
  if (options.retryDelay !== undefined) durationIn(owner, 'retryDelay', options.retryDelay);
  if (options.timeout !== undefined) boundIn(owner, 'timeout', options.timeout);
  if (options.priority !== undefined) checkPriority(owner, options.priority);
  if (options.name !== undefined && (typeof options.name !== 'string' || options.name.trim() === ''))
    throw bad(owner, 'name', { expected: 'a text', received: options.name });
};

const runOptionNames = ['id', 'executor', 'tags'];

/** Checks the options of one run; its executor and what its id may be are for who starts it. @throws AuthoringError BAD_OPTION */
export const checkRunOptions = (flowName: string, options: RunOptions): void => {
  const owner = `'${flowName}'.run(…)`;
  checkKnown(owner, options, runOptionNames);
  const { id, tags } = options;
  if (id !== undefined && typeof id !== 'string') throw bad(owner, 'id', { expected: 'a text', received: id });
  if (tags !== undefined) checkTags(owner, tags);
};

/** Of a flow without parameters nothing else would tell: it would run by the default executor. @throws AuthoringError BAD_OPTION */
export const refuseOptionsAsParams = (flowName: string, params: unknown): void => {
  const { executor } = (params ?? {}) as { executor?: { kind?: unknown } };
  if (typeof executor?.kind !== 'string' || !Object.keys(params as object).every((key) => runOptionNames.includes(key)))
    return;
  throw bad(`'${flowName}'.run(…)`, 'executor', {
    expected: `an option, the second argument: .run({}, { executor })`,
    received: 'a parameter',
  });
};
