/** What surrounds a command: streams that cannot be written, a folder that is gone, something in the place of `.perdure`. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { commandFile, type Ended, plainEnvironment, runCommand } from './command.js';
import { pipelineFile } from './flows.js';

const project = createFlowProject({ 'pipeline.ts': pipelineFile });
afterAll(() => project.remove());

/** `perdure` in a line of the shell. */
const shell = (line: string): Promise<Ended> => {
  const perdure = `perdure() { '${process.execPath}' '${commandFile}' "$@"; }`;
  const child = spawn('sh', ['-c', `${perdure}; ${line}`], { cwd: project.root, env: plainEnvironment() });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
};

const onlyLinux = process.platform === 'linux' ? test : test.skip;

onlyLinux('a run goes on though nothing can be written on stderr', async () => {
  expect(await shell('perdure run pipeline.ts 2>/dev/full')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('"rows": 3'),
  });
});

onlyLinux('what cannot be written on stdout is no success', async () => {
  const { status, stderr } = await shell('perdure --version >/dev/full');
  expect(stderr).toContain('What was to be printed is lost: ENOSPC on stdout. The disk, or your share of it, is full.');
  expect(status).toBe(1);
});

onlyLinux('a folder that was deleted under the shell is told', async () => {
  const { status, stderr } = await shell('mkdir gone && cd gone && rmdir ../gone; perdure doctor');
  expect(stderr).toMatch(/^✖ The folder that this shell is in was deleted\..*\n {2}\[BAD_CONFIG\]/);
  expect(status).toBe(1);
});

test('a file in the place of .perdure is told by doctor, and by a run', async () => {
  const stateDir = join(project.root, '.perdure');
  rmSync(stateDir, { recursive: true, force: true });
  writeFileSync(stateDir, 'a file');
  const doctor = await runCommand(project, ['doctor']);
  expect(doctor.stdout).toContain(`${stateDir} is no folder`);
  expect(doctor).toMatchObject({ status: 1, stderr: '' });
  const run = await runCommand(project, ['run', 'pipeline.ts']);
  expect(run.stderr).toContain(`EEXIST on ${stateDir}. Something else is in its place. Move that away`);
  expect(run.status).toBe(1);
});
