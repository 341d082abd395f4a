import pc from 'picocolors';
import { displayWidth } from '../../src/cli/printable.js';
import { drawRun } from '../../src/cli/run/draw-run.js';
import { PlainLines } from '../../src/cli/run/plain-lines.js';
import { askedLines } from '../../src/cli/run/view-words.js';
import type { Style } from '../../src/cli/terminal.js';
import type { RunView, TaskView } from '../../src/core/run-view/run-view.js';

const startedAt = new Date(0);
const moment = { now: new Date(4_200), tick: 0 };
const style = (more: Partial<Style> = {}): Style => ({
  ...{ colors: pc.createColors(false), unicode: true, width: 100, rows: 24 },
  ...more,
});
const task = (name: string, more: Partial<TaskView> = {}): TaskView => ({
  ...{ id: `${name}-0`, kind: 'task', name, state: 'Completed', upstream: [], attempt: 1 },
  ...{ startedAt, endedAt: new Date(120) },
  ...more,
});
const map = task('transform_data', {
  ...{ kind: 'map', state: 'Running', width: 1_000, endedAt: new Date(4_100) },
  counts: { Completed: 411, Failed: 1, Retrying: 3, Running: 50, Pending: 535 },
});
const view = (tasks: TaskView[], more: Partial<RunView> = {}): RunView => ({
  ...{ runId: 'run-1', flowName: 'Pipeline', state: 'Running', tasks },
  ...more,
});

test('a line a task, a bar for a map, with what deserves a word', () => {
  const retrying = task('load_data', { state: 'Retrying', attempt: 2, error: 'no\u001b[31m disk' });
  delete retrying.endedAt;
  expect(drawRun(view([task('extract_data'), map, retrying]), moment, style())).toEqual([
    'Pipeline · run-1',
    ' ✔ extract_data    120 ms',
    ' ⠋ transform_data  █████████░░░░░░░░░░░  412/1000 · 3 retrying · 1 failed  4.2 s',
    ' ↻ load_data       Retrying · attempt 2 · no disk  4.2 s',
  ]);
});

test('in ASCII', () => {
  const [, , line] = drawRun(view([task('extract_data'), map]), moment, style({ unicode: false }));
  expect(line).toBe(' | transform_data  #########...........  412/1000 - 3 retrying - 1 failed  4.2 s');
});

test.each([20, 40, 60, 72, 100, 200])('no line is wider than %i columns', (width) => {
  const long = task('日本語'.repeat(20), { state: 'Failed', error: 'x'.repeat(300) });
  const lines = drawRun(view([long, map], { parked: 'y'.repeat(300) }), moment, style({ width }));
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
});

test('with more tasks than lines, what goes on and what failed is seen, and the rest is counted', () => {
  const many = [
    ...Array.from({ length: 40 }, (_, i) => task(`done ${i}`)),
    task('bad', { state: 'Failed', error: 'why' }),
    task('now', { state: 'Running' }),
  ];
  const lines = drawRun(view(many), moment, style({ rows: 10 }));
  expect(lines.length).toBeLessThan(10);
  expect(lines.join('\n')).toMatch(/bad +Failed · why/);
  expect(lines.join('\n')).toContain('now');
  expect(lines.at(-1)).toBe('   and 36 more: 36 Completed');
});

test('a run that stands still says what to do', () => {
  const lines = drawRun(view([], { parked: '[TMPRL1100] Nondeterminism' }), moment, style()).join('\n');
  expect(lines).toContain('stands still: [TMPRL1100] Nondeterminism');
  expect(lines).toMatch(
    /does not fit the history of this run\.\n +Bring back the code that it was started with, and it goes on/,
  );
});

test('flow code that runs on is not taken for changed code', () => {
  const lines = drawRun(view([], { parked: 'Script execution timed out after 5000ms' }), moment, style()).join('\n');
  expect(lines).toContain('ran on without waiting for anything.');
  expect(lines).toContain('Move long computations into a task and end endless loops, and it goes on.');
});

test('plain lines: one for each change, a map not more often than every two seconds, and always its end', () => {
  const plain = new PlainLines();
  const at = (ms: number, tasks: TaskView[]): string[] => plain.lines(view(tasks), new Date(ms));
  const progress = (done: number): TaskView => ({ ...map, counts: { Completed: done, Pending: 1_000 - done } });
  const running = task('extract_data', { state: 'Running' });
  expect(at(0, [running])).toEqual(['extract_data: Running']);
  expect(at(100, [running])).toEqual([]);
  expect(at(200, [task('extract_data'), progress(1)])).toEqual([
    'extract_data: Completed (120 ms)',
    'transform_data: Running 1/1000',
  ]);
  expect(at(300, [task('extract_data'), progress(50)])).toEqual([]);
  expect(at(2_300, [task('extract_data'), progress(60)])).toEqual(['transform_data: Running 60/1000']);
  expect(at(2_400, [task('extract_data'), { ...progress(1_000), state: 'Completed' }])).toEqual([
    'transform_data: Completed 1000/1000 (4.1 s)',
  ]);
});

test('what somebody has to do stands there as a command, on a terminal and in plain lines', () => {
  const asks = task('publish it', { kind: 'wait', state: 'Paused', waits: { for: 'approval' } });
  const word = task('deploy', { state: 'Paused', waits: { for: 'manual' } });
  const paused = view([asks, word], { state: 'Paused' });
  const drawn = drawRun(paused, moment, style()).map((line) => line.trim());
  const commands = [
    'is paused: perdure resume run-1',
    "waits for an answer: perdure approve run-1 'publish it' --value JSON",
    'waits for the word: perdure approve run-1 deploy-0',
  ];
  expect(drawn.slice(-3)).toEqual(commands);
  const lines = new PlainLines();
  expect(lines.lines(paused, moment.now)).toEqual([
    `publish it: Paused, ${commands[1]}`,
    `deploy: Paused, ${commands[2]}`,
    'run-1 is paused: perdure resume run-1',
  ]);
  expect(lines.lines(view([asks, word]), moment.now)).toEqual(['run-1 goes on']);
  expect(askedLines(paused)).toEqual([
    'run-1 is paused: perdure resume run-1',
    `publish it ${commands[1]}`,
    `deploy ${commands[2]}`,
  ]);
});
