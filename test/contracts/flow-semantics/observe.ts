// Looks at one run as its caller sees it: the same on every runtime.
import type { Case, Outcome } from './case.js';

/** As much of a run's handle as is looked at. */
export interface Observed {
  result(): Promise<unknown>;
  state(): Promise<string>;
  cancel(): Promise<void>;
  approvals(): Promise<{ name: string; id: string }[]>;
  approve(name: string, value?: unknown): Promise<string>;
  tasks(): Promise<{ tasks: { id: string; state: string; counts?: Partial<Record<string, number>> }[] }>;
}

const errorOf = (thrown: unknown, depth = 0): unknown => {
  if (!(thrown instanceof Error) || depth > 5) return String(thrown);
  const { name, message, cause, code, details } = thrown as Error & { code?: string; details?: unknown };
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(details === undefined ? {} : { details }),
    ...(cause === undefined ? {} : { cause: errorOf(cause, depth + 1) }),
  };
};

const statesOf = async (run: Observed): Promise<Outcome['tasks']> => {
  const { tasks } = await run.tasks();
  return Object.fromEntries(tasks.map(({ id, state, counts }) => [id, (counts as Record<string, number>) ?? state]));
};

const whenRunning = async (run: Observed, id: string): Promise<void> => {
  for (;;) {
    const state = (await statesOf(run))[id];
    if (state === 'Running' || (typeof state === 'object' && (state['Running'] ?? 0) > 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const whenAsked = async (run: Observed, wanted: string): Promise<void> => {
  while (!(await run.approvals()).some(({ name, id }) => name === wanted || id === wanted))
    await new Promise((resolve) => setTimeout(resolve, 5));
};

export const observe = async (run: Observed, { cancelWhenRunning, answer }: Case): Promise<Outcome> => {
  if (cancelWhenRunning !== undefined) await whenRunning(run, cancelWhenRunning).then(() => run.cancel());
  if (answer !== undefined) await whenAsked(run, answer.name).then(() => run.approve(answer.name, answer.value));
  const end = await run.result().then(
    (value) => ({ value }),
    (error: unknown) => ({ error: errorOf(error) }),
  );
  return { ...end, state: await run.state(), tasks: await statesOf(run) };
};
