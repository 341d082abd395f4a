import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { eventually, processesOf, startCommand, startProgram } from './command.js';
import { waitingFile } from './flows.js';

const project = createFlowProject({
  'waiting.ts': waitingFile,
  'program.ts': "import { waiting } from './waiting.ts';\nconsole.log(await waiting.run());\n",
});
const at = (file: string): string => join(project.root, file);
afterAll(() => project.remove());

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a program that gets %s in a run ends by it, without an error, and leaves nothing behind',
  async (signal) => {
    rmSync(at('wait.log'), { force: true });
    const { child, ended } = startProgram(project, 'program.ts');
    const endedBy = new Promise((resolve) => child.on('exit', (_, by) => resolve(by)));
    await eventually(() => existsSync(at('wait.log')), 'the task is under way');
    child.kill(signal);
    expect(await endedBy).toBe(signal);
    expect((await ended).stderr).not.toMatch(/Error/);
    await eventually(() => processesOf(project).length === 0, 'all processes are gone');
    // The next program's worker would take up the run.
    rmSync(at('.perdure/temporal.db'), { force: true });
  },
);

test.each([
  ['a program', () => startProgram(project, 'program.ts')],
  ['a command', () => startCommand(project, ['run', 'waiting.ts'])],
])('what a second signal ends while the server starts leaves no server: %s', async (_, start) => {
  rmSync(at('.perdure'), { recursive: true });
  const { child, ended } = start();
  await eventually(() => existsSync(at('.perdure/server.json')), 'the server starts');
  // Two of one kind might arrive as one.
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect([130, 143]).toContain((await ended).status);
  await eventually(() => processesOf(project).length === 0, 'all processes are gone');
});
