/** Runs the hooks of what has ended, as task runs of the engine's own. Pure. */
import { PerdureError, RunError } from '../../core/errors.js';
import { failureValue, type FailureValue } from '../../core/failure-value.js';
import { State } from '../../core/state.js';
import { findTask } from '../definition.js';
import type { Hook, HookEvent, HookOptions } from '../hook-options.js';
import type { FlowRun } from './flow-run.js';
import type { Run } from './run.js';
import { ServiceRun } from './service-run.js';

const hookNameOf = (state: State): keyof HookOptions | undefined => {
  switch (state) {
    case State.Completed:
    case State.Cached:
      return 'onCompletion';
    case State.Failed:
    case State.TimedOut:
    case State.TriggerFailed:
      return 'onFailure';
    case State.Cancelled:
      return 'onCancellation';
    case State.Crashed:
      return 'onCrashed';
    default:
      return undefined;
  }
};

const boundMs = (state: State): number => (state === State.Cancelled ? 60_000 : 300_000);

const listOf = (hook: Hook | undefined): string[] => [hook ?? []].flat().map(({ taskName }) => taskName);

/** Runs those of `hooks` that `event` is for; resolves, always, once they have ended. */
const runHooks = async (
  flowRun: FlowRun,
  hooks: HookOptions,
  { event, ownerId }: { event: HookEvent; ownerId: string },
): Promise<void> => {
  const name = hookNameOf(event.state);
  const tasks = name === undefined ? [] : listOf(hooks[name]);
  if (tasks.length === 0) return;
  await flowRun.port.shield(() =>
    Promise.all(
      tasks.map((taskName, i) => {
        const definition = findTask(taskName)!;
        const id = `${ownerId}:${name}${i === 0 ? '' : `.${i}`}`;
        return new ServiceRun(flowRun, {
          ...{ id, title: `${taskName} (${name} of ${ownerId})`, definition, args: [event], tags: undefined },
          policy: definition.policy.totalTimeoutMs === undefined ? { totalTimeoutMs: boundMs(event.state) } : undefined,
          upstreamIds: event.taskRunId === undefined ? [] : [event.taskRunId],
          mapIndex: undefined,
        }).run();
      }),
    ),
  );
};

/** The hooks of a task run or of a map that has ended; the flow does not end before they have. */
export const runTaskHooks = (run: Run, hooks: HookOptions): void => {
  const { flowRun, id, name, state, error, value } = run;
  const event: HookEvent = { ...whereOf(flowRun), state, taskName: name, taskRunId: id };
  if (error !== undefined) event.error = failureValue(state, error);
  else if (value !== undefined) event.value = value;
  void runHooks(flowRun, hooks, { event, ownerId: id });
};

/** The hooks of the flow run itself. */
export const runFlowHooks = (
  flowRun: FlowRun,
  hooks: HookOptions,
  end: { state: State; value?: unknown; error?: unknown },
): Promise<void> => {
  const event: HookEvent = { ...whereOf(flowRun), state: end.state };
  if ('error' in end) event.error = failureOf(end.state, end.error);
  else if (end.value !== undefined) event.value = end.value;
  return runHooks(flowRun, hooks, { event, ownerId: 'flow' });
};

const whereOf = ({ info }: FlowRun): Pick<HookEvent, 'runId' | 'flowName'> => ({
  runId: info.runId,
  flowName: info.flowName,
});

const failureOf = (state: State, error: unknown): FailureValue => {
  if (error instanceof RunError) return failureValue(state, error);
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const [code, details] =
    error instanceof PerdureError ? [error.code, { ...error.details }] : (['FLOW_FAILED', {}] as const);
  return { kind: 'failure', state, code, name, message, details };
};
