// Runs the flows named in FLOWS, `name` or `name*count` at one time, and prints how each ended with its tasks' states.
// TELL is a file that says which runs have been started.
import { appendFileSync } from 'node:fs';
import type { PerdureError, RunHandle } from 'perdure';
import * as flows from './guards.js';

type Runnable = { start(params?: unknown): Promise<RunHandle<unknown>> };
const outcome = async (name: string, i: number): Promise<unknown> => {
  const handle = await (flows as unknown as Record<string, Runnable>)[name]!.start({ i });
  if (process.env['TELL']) appendFileSync(process.env['TELL'], `${handle.runId}\n`);
  const end = await handle.result().then(
    (value) => ({ value }),
    (error: PerdureError) => ({ error: error.code }),
  );
  const { tasks } = await handle.tasks();
  return { ...end, states: tasks.map(({ state, counts }) => counts ?? state) };
};
const outcomes: Record<string, unknown> = {};
for (const wanted of process.env['FLOWS']!.split(',')) {
  const [name = '', count = '1'] = wanted.split('*');
  const all = await Promise.all(Array.from({ length: Number(count) }, (_, i) => outcome(name, i)));
  outcomes[name] = [...((outcomes[name] as unknown[] | undefined) ?? []), ...all];
}
console.log(JSON.stringify(outcomes));
