import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { eventually, processesOf, runCommand, startCommand, startProgram, type RunningCommand } from './command.js';
import { pipelineFile, waitingFile } from './flows.js';

const project = createFlowProject({
  'pipeline.ts': pipelineFile
    .replace('return n * 2', 'return double(n)')
    .replace('import {', "import { double } from './double.ts';\nimport {"),
  'waiting.ts': waitingFile,
  'double.ts': 'export const double = (n: number) => n * 2;\n',
});
/** As an editor does it: nobody sees half a file. */
const write = (file: string, text: string): void => {
  writeFileSync(join(project.root, `${file}.new`), text);
  renameSync(join(project.root, `${file}.new`), join(project.root, file));
};
const workers = (): string =>
  JSON.stringify(readFileSync(join(project.root, `.perdure/workers/${dev.pid}-kept.json`), 'utf8'));

let dev: RunningCommand;
beforeAll(async () => {
  dev = startCommand(project, ['dev', 'pipeline.ts', 'waiting.ts']);
  await dev.until(/Ctrl-C stops/);
});
afterAll(async () => {
  dev.child.kill('SIGKILL');
  await dev.ended;
  project.remove();
});

test('it says where everything is and how to start a flow', () => {
  const { stderr } = dev.output;
  expect(stderr).toMatch(/server +127\.0\.0\.1:\d+, namespace default/);
  expect(stderr).toMatch(/UI +http:\/\/127\.0\.0\.1:\d+/);
  expect(stderr).toContain('task queue  user-project');
  expect(stderr).toContain('Parallel Data Pipeline  (pipeline.ts)');
  expect(stderr).toContain('temporal workflow start --address');
});

test('a run of the same code uses its worker', async () => {
  const { status, stderr } = await runCommand(project, ['run', 'pipeline.ts']);
  expect(status).toBe(0);
  // What bodies print is printed where they run.
  expect(stderr).not.toContain('body says');
  await eventually(() => dev.output.stderr.includes('body says 2'), 'the worker of dev has run the bodies');
  await dev.until(/Parallel Data Pipeline parallel-data-pipeline-\S+ Completed in/);
});

test('a second perdure dev says that there is one', async () => {
  const { status, stderr } = await runCommand(project, ['dev', 'pipeline.ts']);
  expect(status).toBe(1);
  expect(stderr).toContain('Another `perdure dev`');
});

const valueLines = `${JSON.stringify({ rows: 3, sum: 300 }, undefined, 2)}\n`;

test('a changed body in an imported file is run by the next run, whether the worker has been swapped or not', async () => {
  write('double.ts', 'export const double = (n: number) => n * 100;\n');
  const quietRun = async (): Promise<unknown> => {
    const { status, stdout, stderr } = await runCommand(project, ['run', 'pipeline.ts', '--quiet']);
    return { status, stdout, why: status === 0 ? '' : stderr };
  };
  expect(await quietRun()).toEqual({ status: 0, stdout: valueLines, why: '' });
  await dev.until(/Reloaded: 'Parallel Data Pipeline'/);
  expect(await quietRun()).toEqual({ status: 0, stdout: valueLines, why: '' });
});

test('an edit that does not compile leaves the worker; mending it swaps', async () => {
  const before = workers();
  write('double.ts', 'export const double = (n: number) => ;\n');
  await dev.until(/double\.ts:1:.*The worker goes on with the code before this edit/s);
  expect(workers()).toBe(before);
  dev.output.stderr = '';
  write('double.ts', 'export const double = (n: number) => n + 1;\n');
  await dev.until(/Reloaded/);
  const { stdout } = await runCommand(project, ['run', 'pipeline.ts', '--quiet']);
  expect(JSON.parse(stdout)).toEqual({ rows: 3, sum: 6 });
});

test('a run that its worker leaves goes on in its own process', async () => {
  const run = startCommand(project, ['run', 'waiting.ts', '--json']);
  await run.until(/waiting · /);
  await dev.until(/waiting waiting-\S+ started/);
  await eventually(() => existsSync(join(project.root, 'wait.log')), 'the task is under way');
  dev.child.kill('SIGKILL');
  await dev.ended;
  await run.until(/The worker of this run is gone: it goes on here/);
  write('go', '');
  expect(JSON.parse((await run.ended).stdout)).toMatchObject({ state: 'Completed', result: 2 });
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
  dev = startCommand(project, ['dev', 'pipeline.ts', 'waiting.ts']);
  await dev.until(/Ctrl-C stops/);
});

test('a run of a program that its worker leaves goes on in the program', async () => {
  rmSync(join(project.root, 'go'));
  rmSync(join(project.root, 'wait.log'));
  write('program.ts', "import { waiting } from './waiting.ts';\nconsole.log(await waiting.run());\n");
  const program = startProgram(project, 'program.ts');
  await eventually(() => existsSync(join(project.root, 'wait.log')), 'the task is under way');
  await dev.until(/waiting waiting-\S+ started/);
  dev.child.kill('SIGINT');
  await dev.ended;
  await program.until(/the worker of waiting-\S+ is gone: it goes on here/);
  write('go', '');
  expect(await program.ended).toMatchObject({ status: 0, stdout: '2\n' });
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
  dev = startCommand(project, ['dev', 'pipeline.ts', 'waiting.ts']);
  await dev.until(/Ctrl-C stops/);
});

test('Ctrl-C stops the worker and the server', async () => {
  dev.child.kill('SIGINT');
  expect((await dev.ended).status).toBe(0);
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
});
