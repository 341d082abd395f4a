/**
 * `sleep`, `waitFor` and `approval`: what a flow waits for that is no work of its own. Pure. Each gives a future: it can
 * be awaited, passed to tasks as their argument, stand before and after other runs, and be cancelled.
 */
import { type Duration, durationMs } from '../core/duration.js';
import { AuthoringError } from '../core/errors.js';
import { callerFlowRun } from './caller-flow-run.js';
import { type WaitPlan, WaitRun } from './engine/wait-run.js';
import { TaskFuture } from './future.js';

/** Anything with zod's `parse`: throws, or gives the value after defaults and transforms. */
export interface Schema<T> {
  parse(input: unknown): T;
}

export interface WaitOptions<T> {
  /** How long to wait, from when the wait begins. A durable timer. Default for ever. */
  timeout?: Duration;
  /**
   * What follows when nothing came in time: `'fail'` (default) ends the wait TimedOut with a RunError WAIT_TIMED_OUT; any
   * other value is taken as it is, in place of what did not come.
   */
  onTimeout?: 'fail' | T;
}

const wait = <T>(call: string, name: string, plan: WaitPlan): TaskFuture<T> => {
  const flowRun = callerFlowRun(call);
  const run = new WaitRun(flowRun, name, plan);
  flowRun.add(run);
  run.open();
  return new TaskFuture<T>(run);
};

const refuse = (message: string, details: Record<string, unknown>): never => {
  throw new AuthoringError('BAD_OPTION', message, { details });
};

const planOf = <T>(
  call: string,
  name: unknown,
  given: { schema: Schema<T> | undefined; options: WaitOptions<T> },
): WaitPlan => {
  const { schema, options } = given;
  if (typeof name !== 'string' || name.trim() === '' || name.startsWith('perdure.'))
    refuse(`${call}(…) takes a name of its own, a text that does not begin with 'perdure.', got ${String(name)}.`, {
      ...{ option: 'name', expected: 'a text', received: String(name) },
    });
  if (schema !== undefined && typeof schema?.parse !== 'function')
    refuse(`${call}('${String(name)}', …) takes a zod schema, got a ${typeof schema}.`, {
      ...{ option: 'schema', expected: 'a zod schema', received: typeof schema },
    });
  const { timeout, onTimeout } = options;
  if (onTimeout !== undefined && timeout === undefined)
    refuse(`${call}('${String(name)}', …): \`onTimeout\` says what follows a \`timeout\`, of which there is none.`, {
      ...{ option: 'onTimeout', expected: 'a timeout with it', received: 'onTimeout alone' },
    });
  const parse = schema === undefined ? undefined : (value: unknown) => (schema as Schema<unknown>).parse(value);
  return {
    what: call === 'approval' ? 'approval' : 'signal',
    ms: timeout === undefined ? undefined : durationMs(timeout, 'timeout'),
    parse,
    onTimeout: onTimeout === undefined || onTimeout === 'fail' ? undefined : { value: onTimeout },
  };
};

/** Text of a schema that is longer than this is not kept with the run. */
const longestSchema = 4_000;

interface DescribesItself {
  '~standard'?: { jsonSchema?: { input?(options: { target: string }): unknown } };
}

/** The JSON schema of what a schema takes, from those that can say it (zod 4 can); small ones only. */
const jsonSchemaOf = (schema: unknown): unknown => {
  try {
    const described = (schema as DescribesItself)['~standard']?.jsonSchema?.input?.({ target: 'draft-2020-12' });
    return JSON.stringify(described).length <= longestSchema ? described : undefined;
  } catch {
    return undefined; // What JSON Schema has no words for can still be parsed.
  }
};

/**
 * Lets the flow wait for a time, with a durable timer: no process need live meanwhile. Temporal's `sleep`.
 * @param duration milliseconds, or text such as `'3 days'`
 * @returns a future without a value: awaited, or before other runs (`sleep('1h').before(poll())`); a flow ends only
 *   once its sleeps have, so cancel one that is not needed any more
 * @throws AuthoringError BAD_OPTION; CALLED_OUTSIDE_FLOW
 * @example await sleep('10 minutes');
 */
export const sleep = (duration: Duration): TaskFuture<void> =>
  wait('sleep', 'sleep', { what: 'sleep', ms: durationMs(duration, 'duration') });

/**
 * The next signal of that name, in order of arrival; one that came earlier was kept. `handle.signal(name, value)`,
 * `perdure signal RUN NAME --value JSON` or Temporal's own signal sends it; the same id is taken once. Prefect's
 * `pause_flow_run(wait_for_input=…)`, Temporal's signals.
 * @param schema checks the value, with its transforms: one that does not fit fails the wait with a RunError BAD_SIGNAL
 * @throws AuthoringError BAD_OPTION; CALLED_OUTSIDE_FLOW
 * @example const { bytes } = await waitFor('uploaded', z.object({ bytes: z.number() }), { timeout: '1 day' });
 */
export const waitFor = <T = unknown>(name: string, schema?: Schema<T>, options: WaitOptions<T> = {}): TaskFuture<T> =>
  wait('waitFor', name, planOf('waitFor', name, { schema, options }));

/**
 * Asks somebody: the wait is open, and shown as Paused, until it is answered by `handle.approve(name, value)` or
 * `perdure approve RUN NAME --value JSON`. An answer that the schema refuses is not accepted, and leaves no trace; the
 * value that the flow gets is the schema's, transforms and all. Any number may be open at a time. Prefect's
 * `pause_flow_run(wait_for_input=Model)`, Temporal's update with a validator.
 * @param name free text; of two that are open under one name, the older is answered first
 * @throws AuthoringError BAD_OPTION; CALLED_OUTSIDE_FLOW
 * @example const { ok } = await approval('publish', z.object({ ok: z.boolean() }), { timeout: '2 days', onTimeout: { ok: false } });
 */
export const approval = <T = unknown>(
  name: string,
  schema?: Schema<T>,
  options: WaitOptions<T> = {},
): TaskFuture<T> => {
  const plan = planOf('approval', name, { schema, options });
  return wait('approval', name, schema === undefined ? plan : { ...plan, schema: jsonSchemaOf(schema) });
};
