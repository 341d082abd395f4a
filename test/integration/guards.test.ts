/** Caches and limits on a real server, over runs, workers and processes that are killed; the ledger is outside of the engine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkout, createFlowProject, type FlowProject } from '../support/flow-project.js';

let project: FlowProject;
let ledgers = 0;
const ledger = (): string => {
  const file = join(project.root, `ledger-${++ledgers}`);
  writeFileSync(file, '');
  return file;
};
const linesOf = (file: string): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
type Outcomes = Record<string, { value?: unknown; error?: string; states: unknown[] }[]>;
const run = async (FLOWS: string, LEDGER: string, env: NodeJS.ProcessEnv = {}): Promise<Outcomes> => {
  const { stdout, stderr, status } = await project.runScript('run.ts', { FLOWS, LEDGER, ...env });
  if (status !== 0) throw new Error(`the flows did not run: ${stderr}`);
  return JSON.parse(stdout) as Outcomes;
};
/** A process that hosts a worker of its own, to be killed. */
const startProcess = (FLOWS: string, LEDGER: string, WHO: string): ChildProcess =>
  spawn(process.execPath, ['--import', join(checkout, 'node_modules/tsx/dist/esm/index.mjs'), 'run.ts'], {
    cwd: project.root,
    env: { ...process.env, NODE_OPTIONS: '', FLOWS, LEDGER, WHO },
    stdio: 'ignore',
  });
const until = async (isTrue: () => boolean): Promise<void> => {
  for (const end = Date.now() + 60_000; !isTrue(); await wait(20))
    if (Date.now() > end) throw new Error('it did not come to pass');
};
/** Another process, once its run has been started and had time to come to wait for what the first has. */
const startSecond = async (FLOWS: string, LEDGER: string): Promise<{ outcomes: Promise<Outcomes> }> => {
  const TELL = `${LEDGER}-started`;
  const outcomes = run(FLOWS, LEDGER, { WHO: 'second', TELL });
  await Promise.race([outcomes, until(() => existsSync(TELL))]);
  await wait(2_000);
  return { outcomes };
};
/** The most that ran at one time, by what comes before the name. */
const mostOf = (lines: readonly string[]): number => {
  let [now, most] = [0, 0];
  for (const line of lines) {
    if (line.startsWith('+')) most = Math.max(most, ++now);
    if (line.startsWith('-')) now -= 1;
  }
  return most;
};

beforeAll(() => {
  project = createFlowProject({}, [join(import.meta.dirname, 'guards')]);
});
afterAll(() => project.remove());

describe('the cache', () => {
  let outcomes: Outcomes;
  let lines: string[];
  beforeAll(async () => {
    const file = ledger();
    const flows =
      'twice,one,one,large,large,omitted,expired,failed,failed,inRun,inRun,keys,mapped,batched,batched,source';
    outcomes = await run(flows, file);
    lines = linesOf(file);
  }, 240_000);

  test.each<[string, unknown]>([
    ['twice', [{ value: [8, 8], states: ['Completed', 'Cached'] }]],
    [
      'one',
      [
        { value: 42, states: ['Completed'] },
        { value: 42, states: ['Cached'] },
      ],
    ],
    ['large', [{ value: 23_000, states: ['Completed', 'Completed'] }, { value: 23_000, states: ['Cached', 'Completed'] }]], // prettier-ignore
    ['omitted', [{ value: [1, 1, 2], states: ['Completed', 'Cached', 'Completed'] }]],
    ['expired', [{ value: [1, 1], states: ['Completed', 'Completed'] }]],
    [
      'failed',
      [
        { error: 'TASK_FAILED', states: ['Failed'] },
        { error: 'TASK_FAILED', states: ['Failed'] },
      ],
    ],
    ['inRun', Array(2).fill({ value: [1, 1, 2], states: ['Completed', 'Cached', 'Completed'] })],
    ['keys', [{ value: [5, 5], states: ['Completed', 'Cached'] }]],
    ['mapped', [{ value: [60, 62, 60], states: [{ Completed: 2, Cached: 1 }] }]],
  ])('%s', (name, expected) => {
    expect(outcomes[name]).toEqual(expected);
  });

  test('items of batches are found one by one, and their states say so', () => {
    expect(outcomes['batched']!.map(({ value }) => [...new Set(value as string[])].sort())).toEqual([
      ['Cached', 'Completed'],
      ['Cached'],
    ]);
    expect(outcomes['batched']![0]!.states).toEqual([{ Cached: 1, Completed: 19 }]);
    expect(outcomes['batched']![1]!.states).toEqual([{ Cached: 20 }]);
  });

  test('no body ran whose value was there', () => {
    const bodies = lines.filter((line) => /^(double|big|by key)/.test(line));
    expect(new Set(bodies).size).toBe(bodies.length);
  });

  test('a change in what the body uses, in another file, is another source', async () => {
    const file = ledger();
    expect((await run('source', file))['source']).toMatchObject([{ value: 4, states: ['Cached'] }]);
    writeFileSync(join(project.root, 'factor.ts'), `export const unused = 1;\nexport const factor = Number('3');\n`);
    expect((await run('source', file))['source']).toMatchObject([{ value: 6, states: ['Completed'] }]);
    writeFileSync(join(project.root, 'factor.ts'), `export const unused = 2;\nexport const factor = Number('3');\n`);
    expect((await run('source', file))['source']).toMatchObject([{ value: 6, states: ['Cached'] }]);
  }, 120_000);
});

test('two processes that want one value at one time compute it once', async () => {
  const file = ledger();
  writeFileSync(join(project.root, 'factor.ts'), `export const factor = 7;\n`);
  const both = await Promise.all([run('urgent*5', file), run('urgent*5', file)]);
  expect(linesOf(file)).toEqual(['double 99']);
  expect(both.flatMap(({ urgent }) => urgent!).filter(({ states }) => states[0] === 'Cached')).toHaveLength(9);
}, 120_000);

test('who waits takes over within 30 seconds when the process that computes is killed', async () => {
  const file = ledger();
  const first = startProcess('gatedFlow', file, 'first');
  await until(() => linesOf(file).includes('gated 1 first'));
  const second = await startSecond('gatedFlow', file);
  expect(linesOf(file)).toHaveLength(1);
  first.kill('SIGKILL');
  const killedAtMs = Date.now();
  await until(() => linesOf(file).includes('gated 1 second'));
  expect(Date.now() - killedAtMs).toBeLessThan(30_000);
  expect((await second.outcomes)['gatedFlow']).toMatchObject([{ value: 1 }]);
}, 120_000);

test('200 runs in two processes never hold more than 5 places, and all finish', async () => {
  const file = ledger();
  const both = await Promise.all([run('limited*100', file), run('limited*100', file)]);
  for (const { limited } of both) expect(limited!.map(({ value }) => value)).toEqual([...Array(100).keys()]);
  expect(linesOf(file)).toHaveLength(400);
  expect(mostOf(linesOf(file))).toBe(5);
}, 600_000);

test('a batch takes a place for each item that runs; keys are apart', async () => {
  const file = ledger();
  const outcomes = await run('limitedBatch,tenants', file);
  expect(outcomes['limitedBatch']).toMatchObject([{ value: 60 }]);
  const lines = linesOf(file);
  expect(mostOf(lines.filter((line) => /\d/.test(line)))).toBe(5);
  expect(mostOf(lines.filter((line) => line.endsWith('a')))).toBe(1);
  expect(mostOf(lines.filter((line) => /[ab]$/.test(line)))).toBe(2);
}, 120_000);

test('the place of a process that is killed is free within 30 seconds', async () => {
  const file = ledger();
  const first = startProcess('held', file, 'first');
  await until(() => linesOf(file).includes('holding first'));
  const second = await startSecond('held', file);
  expect(linesOf(file)).toHaveLength(1);
  first.kill('SIGKILL');
  const killedAtMs = Date.now();
  await until(() => linesOf(file).includes('holding second'));
  expect(Date.now() - killedAtMs).toBeLessThan(30_000);
  await second.outcomes;
}, 120_000);

test('priority and fairness of a flow, a task and a call are on the server, and with the worker that gets the activity', async () => {
  const activity = join(checkout, 'node_modules/@temporalio/activity/lib/index.js');
  const { stdout, stderr, status } = await project.runScript('run-priorities.ts', { TEMPORAL_ACTIVITY: activity });
  expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
  const asSaid = {
    // What is left out the server takes from the run when it queues the activity; it says so nowhere.
    'plain-0': {},
    'declared-0': { fairnessKey: 'declared', fairnessWeight: 0.5 },
    'declared-1': { priorityKey: 1, fairnessKey: 'acme', fairnessWeight: 2 },
  };
  expect(JSON.parse(stdout)).toEqual({
    ofRun: { priorityKey: 2, fairnessKey: 'flow' },
    ofChild: { priorityKey: 5, fairnessKey: 'child' },
    inHistory: { ...asSaid, 'item-0[0-1]': { priorityKey: 4 } },
    asGot: { ...asSaid, 'item-0': [{ priorityKey: 4 }, { priorityKey: 4 }], 'child-0': {} },
  });
}, 120_000);
