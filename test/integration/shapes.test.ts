/** Flows of every shape, written as a user would, run by the real product on a real server, and what came of each. */
import { join } from 'node:path';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';

interface Outcome {
  value?: unknown;
  error?: Failure;
}
interface Failure {
  name: string;
  message: string;
  code?: string;
  stack: string;
  details: Record<string, unknown>;
  cause?: Failure;
}

let project: FlowProject;
let outcomes: Record<string, Outcome>;

beforeAll(async () => {
  project = createFlowProject({ ledger: '' }, [join(import.meta.dirname, 'flows')]);
  const { stdout, stderr, status } = await project.runScript('run-all.ts', { LEDGER: join(project.root, 'ledger') });
  if (status !== 0) throw new Error(`the flows did not run: ${stderr}`);
  // Nothing but the program's own line goes to stdout.
  outcomes = JSON.parse(stdout) as Record<string, Outcome>;
}, 240_000);
afterAll(() => project.remove());

test.each([
  ['diamond', 5],
  ['nested', [1, 2, 3]],
  ['returnsStructure', { a: 1, list: [2, { deep: 3 }] }],
  ['conditional', 11],
  ['loop', 5],
  ['unawaitedChain', 30],
  ['mapped', 210],
  ['mapOfLiteral', ['n=11', 'n=12', 'n=13']],
  ['mapWithFutures', [2, 7, 8]],
  ['mapEmpty', []],
  ['mapChained', 75],
  ['mapFlattened', [1, 2, 1, 2, 3]],
  ['mapZip', [10, 21, 32]],
  [
    'mapFailures',
    {
      ok: 12,
      failed: [
        [0, 'no 0'],
        [7, 'no 7'],
        [14, 'no 14'],
      ],
    },
  ],
  ['mapFailuresChained', ['TriggerFailed', 2, 3, 4, 5, 6, 7, 'TriggerFailed', 9, 10]],
  ['mapAsCompleted', [0, 1, 2, 3, 4]],
  ['fiveHundred', 72],
  ['parent', 15],
  ['mapOfFlows', [3, 4, 5]],
  ['withParams', 'item:7'],
  ['race', 2],
  ['all', '2,3,4'],
  ['at', ['x', 7]],
  ['localChain', 3],
  ['cancelOne', 'CANCELLED'],
  ['retryAfter', 'then'],
  ['beforeAfter', 'done'],
])('%s gives its value', (name, value) => {
  expect(outcomes[name]).toEqual({ value });
});

test.each([
  ['coerced', 'FUTURE_COERCED'],
  ['cycle', 'EDGE_CYCLE'],
  ['lateEdge', 'LATE_EDGE'],
  ['functions', 'NOT_SERIALIZABLE'],
  ['strange', 'NOT_SERIALIZABLE'],
  ['mapNotArray', 'NOTHING_TO_MAP'],
  ['mapUnequal', 'MAP_LENGTH_MISMATCH'],
  ['fails', 'TRIGGER_FAILED'],
  ['mapFails', 'TRIGGER_FAILED'],
  ['failsAwaited', 'TASK_FAILED'],
  ['unhandled', 'TASK_FAILED'],
  ['exhausted', 'TASK_FAILED'],
  ['overridden', 'TASK_FAILED'],
  ['nonRetryable', 'TASK_FAILED'],
  ['retryCondition', 'TASK_FAILED'],
  ['throwsItself', 'FLOW_FAILED'],
  ['floating', 'FLOW_FAILED'],
  ['timesOut', 'TASK_TIMED_OUT'],
  ['spins', 'TASK_TIMED_OUT'],
  ['crashes', 'TASK_CRASHED'],
])('%s ends with %s', (name, code) => {
  expect(outcomes[name]?.error).toMatchObject({ code });
});

test('a result of 3 MB comes back whole', () => {
  expect(outcomes['large']).toEqual({ value: 'x'.repeat(3_000_000) });
});

test('values that JSON cannot hold go to a task and come back', () => {
  // The driver prints through JSON: what matters is that the flow completed and that the date is still one.
  expect(outcomes['values']).toMatchObject({ value: { date: '1970-01-01T00:00:00.000Z', text: 'ü\u2028"' } });
});

test("a task's failure names task, attempt and run, and keeps the user's error, stack and cause", () => {
  const error = outcomes['failsAwaited']?.error;
  expect(error).toMatchObject({
    name: 'RunError',
    details: { taskName: 'explode', taskRunId: 'explode-0', attempt: 1 },
  });
  expect(error?.message).toContain('awaited boom');
  expect(error?.cause).toMatchObject({
    name: 'TypeError',
    message: 'awaited boom',
    cause: { message: 'the root of it' },
  });
  const line =
    project
      .read('shapes.ts')
      .split('\n')
      .findIndex((text) => text.includes('throw new TypeError(message')) + 1;
  expect(error?.cause?.stack).toContain(`shapes.ts:${line}:`);
});

test("an error of the flow's own keeps its type and leads to the user's line", () => {
  const error = outcomes['throwsItself']?.error;
  expect(error?.cause).toMatchObject({ name: 'SyntaxError', message: 'the flow itself' });
  const line =
    project
      .read('shapes.ts')
      .split('\n')
      .findIndex((text) => text.includes("'the flow itself'")) + 1;
  expect(error?.cause?.stack).toContain(`shapes.ts:${line}:`);
});

test('a caught failure is an ordinary error with its cause', () => {
  expect(outcomes['catches']?.value).toEqual({
    name: 'RunError',
    code: 'TASK_FAILED',
    message: "The task 'explode' failed: boom",
    cause: 'TypeError: boom',
    root: 'the root of it',
  });
});

test('retries are counted by task run, and the count is what the body sees', () => {
  expect(outcomes['retried']?.value).toMatchObject({ attempt: 3 });
  expect(outcomes['exhausted']?.error?.details).toMatchObject({ taskName: 'hopeless', attempt: 3 });
  expect(outcomes['overridden']?.error?.details).toMatchObject({ taskName: 'hopeless', attempt: 1 });
});

test("a child flow's failure reaches its parent as that", () => {
  expect(outcomes['parentOfFailure']?.value).toMatchObject({ code: 'FLOW_FAILED' });
});

test('ordering edges hold', () => {
  const lines = project.read('ledger').trim().split('\n');
  // A note that was under way when a neighbour brought its process down is written again.
  const order = (names: string): string => [...new Set(lines.filter((line) => names.includes(line)))].join('');
  expect(order('abcd')).toMatch(/^d(bc|cb)a$/);
  expect(order('ABC')).toBe('CBA');
});
