/** Histories of runs that were made here, replayed with the code that made them and with other code. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findServerBinary } from '../../src/dev-server/index.js';
import {
  createTestEnvironment,
  mockTask,
  replayHistory,
  restoreTasks,
  type TestEnvironment,
} from '../../src/testing/index.js';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';
import { asksWho, pipeline, rows } from './flows.js';

const file = join(import.meta.dirname, 'flows.ts');
const code = readFileSync(file, 'utf8');
let env: TestEnvironment;
let exported: string;
let fetched: object;
let runId: string;
const projects: FlowProject[] = [];

beforeAll(async () => {
  env = await createTestEnvironment();
  mockTask(rows, () => Array.from({ length: 300 }, (_, i) => i));
  const run = await pipeline.start({}, { executor: env.executor });
  await run.result();
  ({ runId } = run);
  fetched = await run.workflow.fetchHistory();
  const { path } = await findServerBinary();
  const args = ['workflow', 'show', '--workflow-id', runId, '--address', env.address, '--output', 'json'];
  exported = execFileSync(path, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}, 240_000);
afterAll(() => env.close());
afterEach(() => {
  restoreTasks();
  for (const project of projects.splice(0)) project.remove();
});

/** The file of a project whose flows are those of this one, changed. */
const changed = (from: string, to: string): string => {
  expect(code).toContain(from);
  const project = createFlowProject({ 'flows.ts': code.replace(from, to) });
  projects.push(project);
  return join(project.root, 'flows.ts');
};
const failureOf = async (replay: Promise<void>): Promise<{ code: string; message: string; details: object }> =>
  replay.then(
    () => ({ code: 'no error', message: '', details: {} }),
    (error: { code: string; message: string; details: object }) => error,
  );

test('the code that made a history fits it: as fetched, as exported by the CLI, as text', async () => {
  await replayHistory(fetched, { files: [file] });
  await replayHistory(exported, { files: [pathToFileURL(file)] });
  await replayHistory(JSON.parse(exported) as object, { files: [file] });
}, 60_000);

test('a change of a body fits', async () => {
  await replayHistory(exported, { files: [changed('numbers.reduce((a, b) => a + b, 0)', 'numbers.length')] });
}, 60_000);

test('a task in the place of another is named, and so is the run', async () => {
  const other = changed('const all = total(clean.map(rows()));', 'const all = total(clean.map([1, 2]));\n  rows();');
  const error = await failureOf(replayHistory(exported, { files: [other] }));
  expect(error).toMatchObject({ code: 'REPLAY_MISMATCH', details: { runId, flowName: 'Pipeline' } });
  expect(error.message).toContain(
    `of the run '${runId}': the history has the start of the task run 'rows-0' where the code starts 'clean-0[0]'.`,
  );
}, 60_000);

test('a task too few is named, by its event', async () => {
  const error = await failureOf(replayHistory(exported, { files: [changed('  sequence(all, note());\n', '')] }));
  expect(error.code).toBe('REPLAY_MISMATCH');
  const { eventId } = error.details as { eventId: number };
  expect(error.message).toContain(
    `at event ${eventId} the history has the start of the task run 'note-0', where the code ends the flow.`,
  );
}, 60_000);

test('code that now throws does not fit either', async () => {
  const error = await failureOf(
    replayHistory(exported, { files: [changed('const all =', "throw new Error('oh');\n  const all =")] }),
  );
  expect(error).toMatchObject({ code: 'REPLAY_MISMATCH' });
  expect(error.message).toContain('where the code fails the flow');
}, 60_000);

test('a flow that is not in the files is said to be missing', async () => {
  const project = createFlowProject({
    'other.ts': `import { flow, task } from 'perdure';\nconst one = task('one', () => 1);\nexport const f = flow('f', () => one());\n`,
  });
  projects.push(project);
  const error = await failureOf(replayHistory(exported, { files: [join(project.root, 'other.ts')] }));
  expect(error).toMatchObject({ code: 'FLOW_NOT_FOUND' });
  expect(error.message).toContain(`'Pipeline'`);
}, 60_000);

test('what is no history is refused', async () => {
  for (const wrong of ['{', '{}', '{"events":[]}', 'null', {}, null as never, '[1]', '{"events":[{"eventId":"1"}]}'])
    expect(await failureOf(replayHistory(wrong, { files: [file] }))).toMatchObject({ code: 'BAD_OPTION' });
});

test('a history of a run that has not ended replays as far as it goes', async () => {
  const run = await asksWho.start({}, { executor: env.executor });
  await run.result();
  const { events } = (await run.workflow.fetchHistory()) as { events: unknown[] };
  await replayHistory({ events: events.slice(0, -3) }, { files: [file] });
}, 60_000);
