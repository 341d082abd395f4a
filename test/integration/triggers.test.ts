/** Rules, skip and failures as values on the real product: a server, workers, activities, batches. */
import { createFlowProject, type FlowProject } from '../support/flow-project.js';

const flows = `
import { allFinished, allowFailure, anyFailed, flow, isFailureValue, isMain, local, SkipTask, someFailed, task } from 'perdure';
import { appendFileSync } from 'node:fs';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const nothing = task('nothing', { retries: 3 }, (): number => {
  appendFileSync('ledger', 'nothing\\n');
  throw new SkipTask('no new rows');
});
const broken = task('broken', (): { id: number } => { throw new RangeError('broken'); });
const save = task('save', (n?: number) => 'saved ' + n);
const tell = task('tell', { skipOnUpstreamSkip: false }, (...values: unknown[]) => values.map(String));
const told = task('told', (...values: unknown[]) =>
  values.map((value) => (isFailureValue(value) ? value.name + ': ' + value.message : value)));
const cleanup = task('cleanup', { trigger: allFinished }, (...values: unknown[]) => values.map(String));
const thirds = task('thirds', (n: number) => {
  if (n % 3 === 1) throw new SkipTask();
  if (n % 3 === 2) throw new RangeError('no ' + n);
  return n;
});
const same = task('same', (n: number) => n);
const count = task('count', { trigger: allFinished, skipOnUpstreamSkip: false }, (values: unknown[]) =>
  values.filter((value) => value !== undefined).length);
const states = async (map: { settled(): Promise<{ state: string }[]> }) => {
  const counts: Record<string, number> = {};
  for (const { state } of await map.settled()) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};

export const skips = flow('skips', async () => {
  const run = nothing();
  const saved = save(run);
  const told = tell(run, saved);
  return { told: await told, saved: await saved, states: [run.state, saved.state, told.state] };
});
export const allowed = flow('allowed', () => told(allowFailure(broken()), allowFailure(nothing()), allowFailure(same(1))));
export const ruled = flow('ruled', () => ({
  cleanup: cleanup(broken(), same(1)),
  part: cleanup(broken().at('id')),
  alarm: told.with({ trigger: someFailed({ atLeast: 2 }), skipOnUpstreamSkip: false })(thirds.map(numbers(9))).at(0),
}));
const chained = (name: string, batch: number | false) => flow(name, async () => {
  const first = thirds.with({ batch }).map(numbers(30));
  const second = same.with({ batch }).map(first);
  const total = count(first);
  return [await states(first), await states(second), await total];
});
export const single = chained('single', false);
export const batched = chained('batched', 7);
export const mixed = flow('mixed', async () => {
  const second = same.with({ trigger: anyFailed, skipOnUpstreamSkip: false }).map(thirds.with({ batch: 5 }).map(numbers(6)));
  return states(second);
});
export const inPlace = flow('in place', () => told.map(allowFailure(thirds.with({ batch: 5 }).map(numbers(6)))));

if (isMain(import.meta)) {
  const executor = local({ processes: 2 });
  const outcomes: Record<string, unknown> = {};
  for (const one of [skips, allowed, ruled, single, batched, mixed, inPlace]) {
    const handle = await one.start({}, { executor });
    const value = await handle.result().catch((error: Error) => String(error));
    const { tasks } = await handle.tasks();
    outcomes[one.flowName] = { value, tasks: tasks.map(({ id, state, counts, error }) => ({ id, state, counts, error })) };
  }
  console.log(JSON.stringify(outcomes));
}
`;

interface Outcome {
  value: unknown;
  tasks: { id: string; state: string; counts?: Record<string, number>; error?: string }[];
}
let project: FlowProject;
let outcomes: Record<string, Outcome>;

beforeAll(async () => {
  project = createFlowProject({ ledger: '', 'flows.ts': flows });
  const { stdout, stderr, status } = await project.runScript('flows.ts');
  if (status !== 0) throw new Error(`the flows did not run: ${stderr}`);
  outcomes = JSON.parse(stdout) as Record<string, Outcome>;
}, 240_000);
afterAll(() => project.remove());

test('a body that throws SkipTask ends its run Skipped, without a retry, and what depends on it is skipped', () => {
  const { value, tasks } = outcomes['skips'] as Outcome;
  expect(value).toEqual({
    told: ['undefined', 'undefined'],
    saved: undefined,
    states: ['Skipped', 'Skipped', 'Completed'],
  });
  expect(tasks).toEqual(
    expect.arrayContaining([
      { id: 'nothing-0', state: 'Skipped' },
      { id: 'save-0', state: 'Skipped' },
      { id: 'tell-0', state: 'Completed' },
    ]),
  );
  // One in `skips`, one in `allowed`.
  expect(project.read('ledger')).toBe('nothing\nnothing\n');
});

test('a failure travels as a value', () => {
  expect(outcomes['allowed']?.value).toEqual(['RangeError: broken', null, 1]);
});

test('what runs by its rule gets undefined for what failed, and the flow completes', () => {
  expect(outcomes['ruled']?.value).toEqual({
    cleanup: ['undefined', '1'],
    part: ['undefined'],
    alarm: [0, null, null, 3, null, null, 6, null, null],
  });
});

test.each(['single', 'batched'])(
  'items that are skipped and that fail, %s: their successors follow each its own',
  (name) => {
    const { value, tasks } = outcomes[name] as Outcome;
    expect(value).toEqual([
      { Completed: 10, Skipped: 10, Failed: 10 },
      { Completed: 10, Skipped: 10, TriggerFailed: 10 },
      10,
    ]);
    expect(tasks.find(({ id }) => id === 'thirds-0')?.counts).toEqual({ Completed: 10, Skipped: 10, Failed: 10 });
    expect(tasks.find(({ id }) => id === 'same-0')?.counts).toEqual({ Completed: 10, Skipped: 10, TriggerFailed: 10 });
  },
);

test('after a map in batches, a rule is looked at for each item', () => {
  expect(outcomes['mixed']?.value).toEqual({ TriggerFailed: 4, Completed: 2 });
});

test('the failures of a map in batches are values in their places', () => {
  expect(outcomes['in place']?.value).toEqual([[0], [null], ['RangeError: no 2'], [3], [null], ['RangeError: no 5']]);
});
