/** Logs, artifacts, secrets, names and tags on the real product: a server, workers, children, batches, the command. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { eventually, killAll, runCommand, startCommand, type Ended } from '../cli/command.js';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';

const first = 's3cr"t/one+value';
const second = 'second-secret-value';

let project: FlowProject;
let run: Ended;
beforeAll(async () => {
  project = createFlowProject(
    {
      'program.ts': `
import { getRun, isMain, local, State } from 'perdure';
import { logged, secretive } from './flows.ts';
if (isMain(import.meta)) {
  const handle = await logged.start({ rows: 1 }, { id: 'p1', tags: ['nightly'], executor: local({ processes: 1 }) });
  await handle.result();
  const text = JSON.stringify(await handle.workflow.fetchHistory(), (_, part) =>
    part?.type === 'Buffer' ? Buffer.from(part.data).toString() : part);
  const { tags, tasks } = await handle.tasks();
  const followed: string[] = [];
  for await (const line of handle.logs({ follow: true })) followed.push(line.message);
  const page = [];
  for await (const line of handle.logs({ from: 1, limit: 2 })) page.push(line);
  const rest = [];
  for await (const line of handle.logs({ after: page[1]!.id, task: 'noisy' })) rest.push(line.taskName);
  const errors: unknown[] = [];
  try { for await (const line of handle.logs({ level: 'loud' as never })) errors.push(line); }
  catch (error) { errors.push((error as { code: string }).code); }
  const artifacts = await handle.artifacts({ key: 'rejected' });
  process.stdout.write(JSON.stringify({ followed, page, rest, errors, artifacts, tags, tasks, logsInHistory: text.includes('flow goes on') }));
}
`,
      'history.ts': `
import { isMain, local } from 'perdure';
import { secretive } from './flows.ts';
if (isMain(import.meta)) {
  const handle = await secretive.start({}, { id: 's2', executor: local({ processes: 1 }) });
  const error = await handle.result().catch((error: unknown) => error);
  const history = await handle.workflow.fetchHistory();
  const text = JSON.stringify(history, (_, part) => (part?.type === 'Buffer' ? Buffer.from(part.data).toString() : part));
  process.stdout.write(text + JSON.stringify(error));
}
`,
    },
    [resolve(import.meta.dirname, 'notes')],
  );
  run = await runCommand(project, ['run', 'flows.ts', '--flow', 'logged', '--id', 'r1', '--tag', 'nightly', '--json']);
}, 120_000);
afterAll(() => project.remove());

const read = async (...args: string[]): Promise<string> => (await runCommand(project, args)).stdout;
interface Line {
  level: string;
  message: string;
  taskRunId?: string;
  attempt?: number;
  mapIndex?: number;
  isPrint?: boolean;
  fields?: Record<string, unknown>;
  at: string;
}
const linesOf = async (...args: string[]): Promise<Line[]> =>
  (await read('logs', 'r1', '--json', ...args))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);

test('lines of bodies, retries, batches and flow code are stored with the run, in order, each once', async () => {
  expect(run.status).toBe(0);
  const lines = await linesOf();
  const times = lines.map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  const flowLines = lines.filter(({ taskRunId }) => taskRunId === undefined).map(({ message }) => message);
  expect(flowLines).toEqual(['flow begun', 'flow waits', 'flow goes on']);
  expect(lines.find(({ message }) => message === 'flow begun')?.fields).toEqual({
    parameters: {},
    attempt: 1,
    isDate: true,
    same: true,
  });
  const retried = lines.filter(({ taskRunId, message }) => taskRunId === 'noisy-1[1]' && message === 'begun');
  expect(
    retried.map(({ attempt, mapIndex, fields }) => ({ attempt, mapIndex, key: fields?.['idempotencyKey'] })),
  ).toEqual([
    { attempt: 1, mapIndex: 1, key: 'r1/noisy-1[1]' },
    { attempt: 2, mapIndex: 1, key: 'r1/noisy-1[1]' },
  ]);
  expect(retried[0]?.fields).toMatchObject({ name: 'noisy-2', tags: ['nightly', 'loud'], retries: 1 });
  const batched = lines.filter(({ message }) => message === 'hundred');
  expect(batched.map(({ fields }) => fields?.['index']).sort()).toEqual([0, 100, 200]);
  expect(batched.map(({ fields }) => fields?.['name'])).toContain('count 200');
});

test('what a body with logPrints prints is a line of its log, with the item that printed it', async () => {
  const printed = (await linesOf()).filter(({ isPrint }) => isPrint);
  expect(printed.map(({ taskRunId, message }) => `${taskRunId}: ${message}`).sort()).toEqual([
    'noisy-0: printed by 1',
    'noisy-1[0]: printed by 1',
    'noisy-1[1]: printed by 2',
    'noisy-1[1]: printed by 2',
    'noisy-1[2]: printed by 3',
  ]);
});

test('perdure run shows warnings and errors and nothing less; perdure logs takes level, task, from and limit', async () => {
  expect(run.stderr).toMatch(/warn {2}flow: flow waits/);
  expect(run.stderr).toMatch(/error noisy-1\[1\]: failed once/);
  expect(run.stderr).not.toContain('flow goes on');
  expect((await linesOf('--level', 'error')).map(({ message }) => message)).toEqual(['failed once']);
  expect((await linesOf('--task', 'noisy-1', '--level', 'error')).length).toBe(1);
  expect(await linesOf('--task', 'quiet')).toEqual([]);
  const all = await linesOf();
  expect(await linesOf('--from', '2', '--limit', '3')).toEqual(all.slice(2, 5));
  expect(await read('logs', 'r1', '--limit', '1')).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}flow: flow begun \{/);
});

test('where no server is up to say so, a run that left nothing is not told from none; wrong options are told', async () => {
  for (const verb of ['logs', 'artifacts']) {
    const { stderr, status } = await runCommand(project, [verb, 'nobody']);
    expect({ stderr, status }).toEqual({
      stderr: expect.stringContaining('Whether there is a run nobody cannot be told: There is no Temporal server'),
      status: 0,
    });
  }
  expect((await runCommand(project, ['logs', 'r1', '--level', 'loud'])).status).toBe(2);
  expect((await runCommand(project, ['artifacts', 'r1', '--limit', 'many'])).status).toBe(2);
});

test('the last artifact of each task run and key counts, of the last attempt', async () => {
  const found = JSON.parse(await read('artifacts', 'r1', '--json')) as Record<string, unknown>[];
  expect(found.length).toBe(16);
  const ofRetried = found.filter(({ taskRunId }) => taskRunId === 'noisy-1[1]');
  expect(ofRetried.find(({ key }) => key === 'rejected')).toMatchObject({
    kind: 'table',
    rows: [{ id: 2, attempt: 2 }],
    description: 'what was refused',
    attempt: 2,
    mapIndex: 1,
  });
  expect(ofRetried.find(({ key }) => key === 'rows')).toMatchObject({ kind: 'progress', share: 1 });
  expect(await read('artifacts', 'r1', 'rejected', '--task', 'noisy-0')).toBe(
    'rejected table of noisy-0: what was refused\n  id  attempt\n  ──  ───────\n  1   1\n\n',
  );
});

test('handles follow a run, read pages, and show names and tags; nothing of the log is in the history', async () => {
  const { stdout, stderr, status } = await project.runScript('program.ts');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  const { followed, page, rest, errors, artifacts, tags, tasks, logsInHistory } = JSON.parse(stdout) as Record<
    string,
    never[]
  > & { tasks: { id: string }[] };
  expect(followed).toEqual(expect.arrayContaining(['flow begun', 'begun', 'flow goes on', 'hundred']));
  expect(page).toHaveLength(2);
  expect(new Set(rest)).toEqual(new Set(['noisy']));
  expect(errors).toEqual(['BAD_OPTION']);
  expect(artifacts?.map((one: { taskRunId: string }) => one.taskRunId)).toEqual(['noisy-0', 'noisy-1[0]']);
  expect(tags).toEqual(['nightly']);
  expect(tasks.find((task: { id: string }) => task.id === 'noisy-0')).toMatchObject({
    title: 'noisy-1',
    tags: ['nightly', 'loud', 'one'],
  });
  expect(logsInHistory).toBe(false);
}, 120_000);

test('lines that were flushed outlive kill -9 of everything', async () => {
  const command = startCommand(project, ['run', 'slow.ts', '--id', 'killed', '--processes', '1']);
  await eventually(async () => (await read('logs', 'killed')).includes('before the end'), 'the line is stored');
  await killAll(project, command);
  expect(await read('logs', 'killed')).toMatch(/info {2}slow-0: before the end/);
}, 120_000);

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => !path.includes('node_modules') && statSync(path).isFile());

const forms = [first, JSON.stringify(first).slice(1, -1), second, encodeURIComponent(first)];
forms.push(...[first, second].map((value) => Buffer.from(value).toString('base64')));
/** Which of the outputs, and of the files that the project's runs have left, tell a secret, by name or content. */
const holdersOf = (outputs: readonly string[]): string[] =>
  [
    ...outputs.map((text, i) => [`output ${i}`, text] as const),
    ...filesOf(join(project.root, '.perdure')).map((path) => [path, path + readFileSync(path, 'latin1')] as const),
  ]
    .filter(([, text]) => forms.some((form) => text.includes(form)))
    .map(([name]) => name);

test('the value of a secret is in no history, database, store, log, artifact, error or output', async () => {
  const env = { FIRST_SECRET: first, PERDURE_SECRETS: join(project.root, 'provider.ts') };
  const shown = await runCommand(
    project,
    ['run', 'flows.ts', '--flow', 'secretive', '--id', 's1', '--log-level', 'debug', '--json'],
    env,
  );
  expect(shown.status).toBe(0);
  const { result } = JSON.parse(shown.stdout) as { result: unknown[] };
  // The bodies had the real values.
  expect(result[0]).toBe(String(first.length * 2 + second.length));
  expect(result.slice(1, 4)).toEqual([
    expect.stringContaining('refused ***'),
    expect.stringContaining('holds the value of a secret'),
    expect.stringContaining('holds the value of a secret'),
  ]);
  // SECRET_IN_FLOW
  expect(result[4]).toContain("secret 'FIRST_SECRET' cannot be read in flow code");
  expect(result[5]).toBe(2);
  const history = await project.runScript('history.ts', env);
  expect(history.stdout).toContain('FIRST_SECRET');
  const log = await read('logs', 's1');
  expect(log).toMatch(/token \*\*\* \{"token":"\*\*\*","own":"\*\*\*"\}/);
  const outputs = [shown.stdout, shown.stderr, history.stdout, history.stderr, log, await read('artifacts', 's1')];
  expect(holdersOf(outputs)).toEqual([]);
}, 180_000);

test('nor is it in what the cache and the limits keep, or say of their keys', async () => {
  const env = { FIRST_SECRET: first, PERDURE_SECRETS: join(project.root, 'provider.ts') };
  const outputs: string[] = [];
  for (const [id, state] of [
    ['c1', 'Completed'],
    ['c2', 'Cached'],
  ] as const) {
    const args = ['run', 'flows.ts', '--flow', 'guarded secrets', '--id', id, '--log-level', 'debug', '--json'];
    const { status, stdout, stderr } = await runCommand(project, args, env);
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    outputs.push(stdout, stderr, await read('logs', id));
    const { result } = JSON.parse(stdout) as { result: unknown[] };
    expect(result.slice(0, 2)).toEqual([state, state]);
    expect(result.slice(2, 4)).toEqual([
      expect.stringContaining('holds the value of a secret'),
      expect.stringContaining('no key for 0 ***'),
    ]);
    expect(result.slice(4, 6)).toEqual([Array(2).fill('Failed'), Array(2).fill('Failed')]);
    expect(result.slice(6)).toEqual([second.length + 1, [second.length + 1, second.length + 2]]);
  }
  expect(holdersOf(outputs)).toEqual([]);
}, 180_000);

test('a secret that nobody has is told by its name, and so is one that is too short', async () => {
  const { stdout } = await runCommand(project, ['run', 'flows.ts', '--flow', 'secretive', '--id', 's3', '--json'], {
    FIRST_SECRET: 'abc',
  });
  const { result } = JSON.parse(stdout) as { result: string[] };
  expect(result[0]).toMatch(/secret 'FIRST_SECRET' has fewer than 4 characters/);
}, 120_000);
