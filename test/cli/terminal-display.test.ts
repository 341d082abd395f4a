import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { commandFile, eventually, plainEnvironment } from './command.js';
import { pipelineFile, waitingFile } from './flows.js';

/** The last item waits for a file. */
const heldFile = pipelineFile
  .replace('import {', "import { existsSync } from 'node:fs';\nimport {")
  .replace(
    'return n * 2',
    "while (n === 29 && !existsSync('go')) await new Promise((done) => setTimeout(done, 20)); return n * 2",
  );
const project = createFlowProject({ 'pipeline.ts': heldFile, 'waiting.ts': waitingFile });
const letGo = (): void => writeFileSync(join(project.root, 'go'), '');
const screenNow = (): string => readFileSync(join(project.root, 'screen.log'), 'utf8');
afterAll(() => project.remove());

/** util-linux's `script` gives the command a terminal. */
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

const onTerminal = async (
  env: NodeJS.ProcessEnv,
  command = `stty cols 72 rows 20; '${process.execPath}' '${commandFile}' run pipeline.ts --param n=30`,
): Promise<{ status: number | null; screen: string }> => {
  const child = spawn('script', ['-qefc', command, 'screen.log'], {
    cwd: project.root,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: plainEnvironment({ TERM: 'xterm-256color', ...env }),
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, screen: screenNow() };
};

(hasScript ? test : test.skip)(
  'a terminal sees a bar that grows, bodies above it, and then report and result',
  async () => {
    const running = onTerminal({});
    await eventually(
      () => existsSync(join(project.root, 'screen.log')) && /transform_data .*░/.test(screenNow()),
      'a bar is half drawn',
    );
    letGo();
    const { status, screen } = await running;
    expect(status).toBe(0);
    // Redrawn in place, and the cursor is given back.
    expect(screen).toContain('\u001b[?25l');
    expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
    expect(screen).toContain('body says 29');
    expect(screen).toMatch(/Completed 30\/30[\s\S]*"rows": 30/);
  },
);

(hasScript ? test : test.skip)('NO_COLOR takes the colours, a dumb terminal the redrawing too', async () => {
  letGo();
  const plain = await onTerminal({ NO_COLOR: '1' });
  // eslint-disable-next-line no-control-regex -- colours are what it is about
  expect(plain.screen).not.toMatch(/\u001b\[[\d;]*m/);
  expect(plain.screen).toContain('\u001b[');
  const dumb = await onTerminal({ TERM: 'dumb' });
  expect(dumb.screen).not.toContain('\u001b');
  expect(dumb.screen).toContain('load_data: Completed');
});

(hasScript ? test : test.skip)('two Ctrl-C in the middle of a drawing give the cursor back', async () => {
  const run = `'${process.execPath}' '${commandFile}' run waiting.ts`;
  const interrupt = `until [ -s wait.log ]; do sleep 0.1; done; kill -INT $!; kill -TERM $!`;
  const { screen } = await onTerminal({}, `${run} & ${interrupt}; wait $!; true`);
  expect(screen).toContain('\u001b[?25l');
  expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
});
