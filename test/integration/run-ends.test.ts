/** How runs end when they do not complete, or never start: each by the real product on a real server. */
import { join } from 'node:path';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';

interface Failure {
  name: string;
  message: string;
  code?: string;
  details?: Record<string, unknown>;
  cause?: Failure;
}
interface End {
  value?: unknown;
  error?: Failure;
}

let project: FlowProject;
let ends: Record<string, End>;

beforeAll(async () => {
  project = createFlowProject({ ledger: '' }, [join(import.meta.dirname, 'run-ends')]);
  const { stdout, stderr, status } = await project.runScript('program.ts', { LEDGER: join(project.root, 'ledger') });
  if (status !== 0) throw new Error(`the program did not end well: ${stderr}`);
  ends = JSON.parse(stdout) as Record<string, End>;
}, 180_000);
afterAll(() => project.remove());

test("a flow's timeout ends its run, and a child run's reaches its parent as that", () => {
  expect(ends['flowTimedOut']?.error).toMatchObject({ code: 'FLOW_TIMED_OUT', details: { flowName: 'bounded flow' } });
  expect(ends['childTimedOut']).toEqual({ value: 'FLOW_TIMED_OUT' });
});

test('a handle answers after all that its run was started in has been closed', () => {
  expect(ends['late']?.value).toEqual(['CANCELLED', 'Cancelled', 'Cancelled', 'RUN_ENDED']);
});

test('totalTimeout ends a task run whatever retries are left', () => {
  expect(ends['taskTimedOut']?.error).toMatchObject({ code: 'TASK_TIMED_OUT', details: { taskName: 'bounded' } });
});

test("a local task's failure names the task and keeps the user's error", () => {
  expect(ends['localFails']?.error).toMatchObject({
    code: 'TASK_FAILED',
    details: { taskName: 'brittle' },
    cause: { name: 'RangeError', message: 'no luck' },
  });
});

test("a flow's retries run the whole flow again, and the handle follows", () => {
  expect(ends['again']).toEqual({ value: 2 });
});

test('a map of flows that no history has room for is refused before anything of it starts', () => {
  const { error, tasks, scheduled } = ends['tooWide']?.value as { error: Failure; tasks: object[]; scheduled: number };
  expect(error).toMatchObject({ code: 'HISTORY_LIMIT', details: { flowName: 'wide', count: 20_000 } });
  expect(tasks).toHaveLength(1);
  expect(scheduled).toBe(0);
});

test('a run that was terminated says so with the reason', () => {
  const { error, state } = ends['terminated']?.value as { error: Failure; state: string };
  expect(error).toMatchObject({ code: 'FLOW_TERMINATED', details: { runId: 'terminated' } });
  expect(error.message).toContain('tired of it');
  expect(state).toBe('Crashed');
});

test('a run that is cancelled while a task runs ends with it as cancelled', () => {
  expect(ends['cancelled']?.value).toMatchObject({
    before: 'Running',
    error: { code: 'CANCELLED', details: { runId: 'cancelled' } },
    state: 'Cancelled',
    view: { state: 'Cancelled', tasks: [{ name: 'stuck', state: 'Cancelled', attempt: 1 }] },
  });
});

test('a run that is cancelled while it cancels a task by itself does not stand still', () => {
  expect(ends['cancelledTwice']?.value).toMatchObject({ error: { code: 'CANCELLED' }, state: 'Cancelled' });
});

test('getRun attaches to a run by its id, of the project of the working directory', () => {
  expect(ends['attached']?.value).toEqual({ value: 21, flowName: 'quick', state: 'Completed' });
});

test('getRun does not know a run that there is not', () => {
  expect(ends['unknownRun']?.error).toMatchObject({ code: 'RUN_NOT_FOUND', details: { runId: 'nope' } });
});

test('wrong parameters are refused before a run starts', () => {
  expect(ends['badParams']?.error).toMatchObject({
    code: 'BAD_PARAMS',
    details: { flowName: 'strict', issues: [{ path: 'day' }] },
  });
  expect(ends['neverStarted']?.error).toMatchObject({ code: 'RUN_NOT_FOUND' });
});

test('an id is used once', () => {
  expect(ends['sameId']?.error).toMatchObject({ code: 'RUN_EXISTS', details: { runId: 'taken' } });
});

test('a flow of no known file asks for its source', () => {
  expect(ends['sourceUnknown']?.error).toMatchObject({ name: 'BundleError', code: 'SOURCE_UNKNOWN' });
  expect(ends['sourceUnknown']?.error?.message).toContain('source: import.meta.url');
});

test('a file that starts a run whoever loads it is refused with what to write, and the program ends', async () => {
  const { status, stdout, stderr } = await project.runScript('unguarded.ts');
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain("code: 'RUN_DURING_IMPORT'");
  expect(stderr).toContain('if (isMain(import.meta)) await pipeline.run()');
});
