import pc from 'picocolors';
import { finalReport } from '../../src/cli/run/final-report.js';
import { RunError } from '../../src/core/errors.js';
import type { TaskView } from '../../src/core/run-view/run-view.js';

const style = { colors: pc.createColors(false), unicode: true, width: 100, rows: 24 };
const failed = (name: string, error: string): TaskView => ({
  ...{ id: `${name}-0`, kind: 'task', name, state: 'Failed', upstream: [], attempt: 1, error },
});
const report = (error: unknown, tasks: TaskView[] = []): string =>
  finalReport(
    { view: { runId: 'run-1', flowName: 'F', state: 'Failed', tasks }, state: 'Failed', error, withValue: false },
    style,
  ).join('\n');

const bad = new TypeError('seven is bad');
const item = new RunError('TASK_FAILED', `The task 'check' (map index 7) failed: ${bad.message}`, {
  cause: bad,
  details: { taskName: 'check', taskRunId: 'check-0[7]', mapIndex: 7, attempt: 2 },
});
const map = new RunError(
  'MAP_FAILED',
  `72 of 500 task runs of check.map(…) did not complete: [7] ${item.message}; and 71 more`,
  {
    cause: item,
    details: { taskName: 'check', taskRunId: 'check-0' },
  },
);
const load = new RunError(
  'TRIGGER_FAILED',
  `The task 'load' did not run, since its upstream 'check-0' ended Failed: ${map.message}`,
  {
    cause: map,
    details: { taskName: 'load', taskRunId: 'load-0' },
  },
);

test("a failure begins with the run's own error and goes down to the first that failed", () => {
  expect(report(load)).toContain(
    [
      "✖ The task 'load' did not run, since its upstream 'check-0' ended Failed [TRIGGER_FAILED]",
      '  because: 72 of 500 task runs of check.map(…) did not complete [MAP_FAILED]',
      "  because: The task 'check' (map index 7) failed (attempt 2)",
      '    TypeError: seven is bad',
    ].join('\n'),
  );
});

test('a task that is called what its error says keeps its name', () => {
  const cause = new Error('boom');
  const error = new RunError('TASK_FAILED', "The task 'boom' failed: boom", { cause, details: { taskName: 'boom' } });
  expect(report(error)).toContain("✖ The task 'boom' failed\n    Error: boom");
});

test('an error whose cause says the same names its task, and says it once', () => {
  const message = 'The result is 3000000 bytes of JSON';
  const error = new RunError('PAYLOAD_TOO_LARGE', message, { cause: new Error(message), details: { taskName: 'big' } });
  expect(report(error)).toContain(`✖ The task 'big': ${message}\n  [PAYLOAD_TOO_LARGE]`);
});

test('other tasks that failed are told without the claim that they made the run fail', () => {
  const lines = report(map, [failed('check', 'seven'), failed('probe', 'caught by the flow')]);
  expect(lines).toContain('other task runs that failed:\n  probe: caught by the flow');
  expect(lines).not.toContain('  check: seven');
});

test('what JSON has no words for is seen in the preview of the result', () => {
  const view = { runId: 'run-1', flowName: 'F', state: 'Completed', tasks: [] } as const;
  const value = new Map([['a', 1n]]);
  const lines = finalReport({ view: { ...view, tasks: [] }, state: 'Completed', value, withValue: true }, style);
  expect(lines.join('\n')).toContain("result: Map(1) { 'a' => 1n }");
});
