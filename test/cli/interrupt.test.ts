import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { eventually, processesOf, runCommand, startCommand } from './command.js';
import { waitingFile } from './flows.js';

/** Its body ignores that it is told to stop: by itself it would be ended after five seconds. */
const deafFile = waitingFile.replace("flow('waiting'", "flow('deaf'").replace('!signal.aborted', 'true');
const project = createFlowProject({ 'waiting.ts': waitingFile, 'deaf.ts': deafFile });
afterAll(() => project.remove());

test('Ctrl-C cancels the run, waits for it, and leaves nothing', async () => {
  const command = startCommand(project, ['run', 'waiting.ts', '--json']);
  await command.until(/wait: Running/);
  command.child.kill('SIGINT');
  const { status, stdout, stderr } = await command.ended;
  expect(status).toBe(130);
  expect(stderr).toContain('Cancelling waiting-');
  expect(JSON.parse(stdout)).toMatchObject({ flow: 'waiting', state: 'Cancelled', error: { code: 'CANCELLED' } });
  expect(processesOf(project)).toEqual([]);
  const again = await runCommand(project, ['run', 'waiting.ts', '--resume']);
  expect(again.stderr).toContain('Nothing to resume');
  expect(again.status).toBe(0);
});

test('SIGTERM cancels too', async () => {
  const command = startCommand(project, ['run', 'waiting.ts']);
  await command.until(/wait: Running/);
  command.child.kill('SIGTERM');
  expect(await command.ended).toMatchObject({ status: 143, stdout: '' });
});

test('a second Ctrl-C ends everything at once', async () => {
  const command = startCommand(project, ['run', 'deaf.ts']);
  await command.until(/wait: Running/);
  command.child.kill('SIGINT');
  command.child.kill('SIGTERM');
  const { status, stderr } = await command.ended;
  expect([130, 143]).toContain(status);
  // It has not waited for the run.
  expect(stderr).not.toMatch(/deaf Cancelled/);
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
  // What it says of the run is so. On a slow machine the server may not have taken the cancelling within its second.
  const isCancelled = !stderr.includes('is not cancelled');
  if (!isCancelled) writeFileSync(join(project.root, 'go'), '');
  const again = await runCommand(project, ['run', 'deaf.ts', '--resume']);
  expect(again.stderr).toMatch(isCancelled ? /deaf Cancelled|Nothing to resume/ : /deaf (Cancelled|Completed)/);
  rmSync(join(project.root, 'go'), { force: true });
});

test('Ctrl-C ends in bounded time where no worker could cancel the run, and says so', async () => {
  const dev = startCommand(project, ['dev']);
  await dev.until(/Ctrl-C stops/);
  const address = /server +([\d.:]+),/.exec(dev.output.stderr)?.[1] ?? '';
  const command = startCommand(project, ['run', 'waiting.ts', '--task-queue', 'nobody', '--id', 'alone', '--json']);
  await command.until(/No worker polls the task queue 'nobody' yet/);
  command.child.kill('SIGINT');
  const { status, stdout, stderr } = await command.ended;
  expect(status).toBe(130);
  expect(stderr).toContain('nobody is there to cancel it');
  expect(stderr).toContain('perdure worker waiting.ts --task-queue nobody');
  expect(stderr).toContain(`temporal workflow terminate --address ${address} -w alone`);
  expect(JSON.parse(stdout)).toEqual({ runId: 'alone', flow: 'waiting', state: 'Running' });
  dev.child.kill('SIGINT');
  await dev.ended;
});

test('Ctrl-C before the run has started starts none', async () => {
  const command = startCommand(project, ['run', 'waiting.ts']);
  await eventually(() => processesOf(project).length > 1, 'the server or a child is there');
  command.child.kill('SIGINT');
  const { status, stderr } = await command.ended;
  expect(status).toBe(130);
  expect(stderr).toMatch(/Stopped before a run was started|Cancelling/);
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
});
