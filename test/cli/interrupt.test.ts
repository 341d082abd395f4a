import { createFlowProject } from '../support/flow-project.js';
import { eventually, processesOf, runCommand, startCommand } from './command.js';
import { waitingFile } from './flows.js';

const project = createFlowProject({ 'waiting.ts': waitingFile });
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
  const command = startCommand(project, ['run', 'waiting.ts']);
  await command.until(/wait: Running/);
  const startedAt = Date.now();
  command.child.kill('SIGINT');
  command.child.kill('SIGTERM');
  const { status } = await command.ended;
  expect([130, 143]).toContain(status);
  expect(Date.now() - startedAt).toBeLessThan(5_000);
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
  // What it says of the run is so: cancelling it was asked for already.
  const { stderr } = await runCommand(project, ['run', 'waiting.ts', '--resume']);
  expect(stderr).toMatch(/waiting Cancelled|Nothing to resume/);
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
