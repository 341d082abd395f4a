import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { eventually, killAll, processesOf, runCommand, startCommand } from './command.js';
import { waitingFile } from './flows.js';

const project = createFlowProject({
  'waiting.ts': waitingFile,
  'other.ts': waitingFile.replace("flow('waiting'", "flow('other'"),
});
afterAll(() => project.remove());
const runsOf = (name: string): number =>
  existsSync(join(project.root, name)) ? readFileSync(join(project.root, name), 'utf8').split('\n').length - 1 : 0;

/** A run whose second task is under way, and then everything is killed. */
const leaveUnfinished = async (id: string): Promise<void> => {
  const before = runsOf('wait.log');
  const command = startCommand(project, ['run', 'waiting.ts', '--id', id]);
  await command.until(/wait: Running/);
  // The server knows of it earlier than its body begins.
  await eventually(() => runsOf('wait.log') > before, 'the body of the second task has begun');
  await killAll(project, command);
};

test('after kill -9 of everything, --resume goes on with the run: what had ended does not run again', async () => {
  await leaveUnfinished('left-1');
  writeFileSync(join(project.root, 'go'), '');
  const { status, stdout, stderr } = await runCommand(project, ['run', 'waiting.ts', '--resume', '--json']);
  expect(stderr).toContain('Continuing 1 unfinished run of this file: left-1');
  expect(JSON.parse(stdout)).toEqual({ runId: 'left-1', flow: 'waiting', state: 'Completed', result: 2 });
  expect(stderr).toContain('waiting Completed in');
  expect(stderr).toContain('waited for it');
  expect(status).toBe(0);
  expect(runsOf('first.log')).toBe(1);
  // What was under way may be given up and begun anew on a machine that stands still for a while.
  expect(runsOf('wait.log')).toBeGreaterThanOrEqual(2);
  expect(processesOf(project)).toEqual([]);
});

test('a plain run goes on with it too, and gives its own result', async () => {
  rmSync(join(project.root, 'go'));
  await leaveUnfinished('left-2');
  const command = startCommand(project, ['run', 'waiting.ts', '--id', 'new']);
  await command.until(/Continuing 1 unfinished run of this file: left-2/);
  writeFileSync(join(project.root, 'go'), '');
  const { status, stdout, stderr } = await command.ended;
  expect({ status, stdout }).toEqual({ status: 0, stdout: '2\n' });
  expect(stderr).toContain('left-2 Completed');
  rmSync(join(project.root, 'go'));
});

test('the id of a run that is under way is attached to', async () => {
  await leaveUnfinished('left-3');
  writeFileSync(join(project.root, 'go'), '');
  const { status, stdout, stderr } = await runCommand(project, ['run', 'waiting.ts', '--id', 'left-3']);
  expect(stderr).toContain("The run 'left-3' is under way: attached to it.");
  expect({ status, stdout }).toEqual({ status: 0, stdout: '2\n' });
});

test('runs of another file are left alone', async () => {
  rmSync(join(project.root, 'go'));
  await leaveUnfinished('left-4');
  writeFileSync(join(project.root, 'go'), '');
  const other = await runCommand(project, ['run', 'other.ts']);
  expect(other).toMatchObject({ status: 0, stdout: '2\n' });
  expect(other.stderr).not.toContain('left-4');
  const { stdout, stderr } = await runCommand(project, ['run', 'waiting.ts', '--resume']);
  expect(stderr).toMatch(/waiting Completed in .*\nTemporal UI: .*left-4/);
  expect(stdout).toBe('2\n');
});

test('a run whose flow has changed is left parked, and goes on when the code is back', async () => {
  rmSync(join(project.root, 'go'));
  await leaveUnfinished('left-5');
  writeFileSync(join(project.root, 'go'), '');
  const changed = waitingFile.replace('wait(first())', 'wait(wait(7))');
  writeFileSync(join(project.root, 'waiting.ts'), changed);
  const parked = await runCommand(project, ['run', 'waiting.ts', '--resume', '--json']);
  expect(parked.stderr).toMatch(/left-5 stands still: .*bring back the code/s);
  expect(parked.stderr).toMatch(/left-5 is left parked: .*then: perdure run waiting.ts --resume/s);
  expect(parked.stderr).toMatch(/perdure dev.*temporal workflow terminate --address HOST:PORT -w left-5/);
  expect(JSON.parse(parked.stdout)).toMatchObject({ runId: 'left-5', state: 'Running', parked: expect.any(String) });
  expect(parked.status).toBe(1);
  writeFileSync(join(project.root, 'waiting.ts'), waitingFile);
  expect(await runCommand(project, ['run', 'waiting.ts', '--resume'])).toMatchObject({ status: 0, stdout: '2\n' });
});
