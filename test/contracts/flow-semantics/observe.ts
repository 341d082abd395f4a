// Looks at one run as its caller sees it: the same on every runtime.
import type { Case, Outcome, Step } from './case.js';

/** As much of a run's handle as is looked at. */
export interface Observed {
  result(): Promise<unknown>;
  state(): Promise<string>;
  cancel(): Promise<void>;
  tasks(): Promise<{
    state: string;
    tasks: { id: string; state: string; counts?: Partial<Record<string, number>> }[];
  }>;
  approvals(): Promise<{ name: string; id: string }[]>;
  approve(...given: never[]): Promise<unknown>;
  signal(...given: never[]): Promise<unknown>;
  pause(): Promise<unknown>;
  resume(): Promise<unknown>;
  logs(options: { follow: true }): AsyncIterable<unknown>;
  artifacts(): Promise<unknown[]>;
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
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const whenAsked = async (run: Observed, wanted: string): Promise<void> => {
  while (!(await run.approvals()).some(({ name, id }) => name === wanted || id === wanted))
    await new Promise((resolve) => setTimeout(resolve, 20));
};

const until = async (run: Observed, when: Record<string, string>): Promise<void> => {
  for (;;) {
    const { state, tasks } = await run.tasks();
    const states: Record<string, string> = { flow: state };
    for (const one of tasks) states[one.id] = one.state;
    if (Object.entries(when).every(([id, state]) => states[id] === state)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const take = async (run: Observed, { when = {}, do: what, with: given = [] }: Step): Promise<unknown> => {
  await until(run, when);
  if (what === 'look') {
    const states = await statesOf(run);
    return given.map((id) => states[id as string]);
  }
  const done = run[what](...(given as never[]));
  return done.catch((error: { code?: string }) => error.code ?? String(error));
};

const notesOf = async (run: Observed, { logs, artifacts }: Case): Promise<Partial<Outcome>> => {
  const lines: unknown[] = [];
  if (logs !== undefined) for await (const line of run.logs({ follow: true })) lines.push(line);
  return {
    ...(logs === undefined ? {} : { logs: lines }),
    ...(artifacts === undefined ? {} : { artifacts: await run.artifacts() }),
  };
};

export const observe = async (run: Observed, one: Case): Promise<Outcome> => {
  const { cancelWhenRunning, answer, steps } = one;
  if (cancelWhenRunning !== undefined) await whenRunning(run, cancelWhenRunning).then(() => run.cancel());
  if (answer !== undefined)
    await whenAsked(run, answer.name).then(() => run.approve(...([answer.name, answer.value] as never[])));
  const said: unknown[] = [];
  for (const step of steps ?? []) said.push(await take(run, step));
  const end = await run.result().then(
    (value) => ({ value }),
    (error: unknown) => ({ error: errorOf(error) }),
  );
  return {
    ...end,
    state: await run.state(),
    tasks: await statesOf(run),
    ...(steps === undefined ? {} : { said }),
    ...(await notesOf(run, one)),
  };
};
