/** The example's tests as its readers run them: a project with perdure installed, under jest with coverage and under vitest. */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, createFlowProject, type FlowProject } from '../support/flow-project.js';

let project: FlowProject;
beforeAll(() => {
  project = createFlowProject({}, [join(checkout, 'examples/testing')]);
  const modules = join(project.root, 'node_modules');
  // No link: vite takes a package that lies elsewhere for the user's own code.
  rmSync(join(modules, 'perdure'));
  for (const part of ['dist', 'package.json'])
    cpSync(join(checkout, part), join(modules, 'perdure', part), { recursive: true });
  for (const name of readdirSync(join(checkout, 'node_modules')))
    if (!name.startsWith('.') && !existsSync(join(modules, name)))
      symlinkSync(join(checkout, 'node_modules', name), join(modules, name), 'junction');
});
afterAll(() => project.remove());

const node = (...args: string[]): Promise<{ status: number; output: string }> =>
  new Promise((done) => {
    const { JEST_WORKER_ID: _, ...env } = process.env;
    const options = { cwd: project.root, env: { ...env, NODE_OPTIONS: '', NO_COLOR: '1' } };
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : 1, output: stdout + stderr }),
    );
  });
// In place of the runners' own 5 s.
const patience = '--testTimeout=60000';
const report = (file: string): never => JSON.parse(project.read(file)) as never;

interface FileCoverage {
  statementMap: Record<string, { start: { line: number } }>;
  s: Record<string, number>;
}

/** How often the statement on the line with this code ran. */
const timesOf = (code: string, { statementMap, s }: FileCoverage): number => {
  const lines = readFileSync(join(project.root, 'billing.ts'), 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(code)) + 1;
  const id = Object.keys(statementMap).find((key) => statementMap[key]?.start.line === line);
  if (id === undefined) throw new Error(`no statement on the line of ${code}`);
  return s[id] ?? 0;
};

test('with jest, where coverage counts the flow’s body', async () => {
  const jest = ['--experimental-vm-modules', join('node_modules', 'jest', 'bin', 'jest.js')];
  const { output } = await node(
    ...jest,
    patience,
    '--coverage',
    '--coverageReporters=json',
    '--json',
    '--outputFile=jest.json',
  );
  const { numPassedTests, numFailedTests } = report('jest.json') as Record<string, number>;
  if (numPassedTests !== 4) throw new Error(output);
  expect(numFailedTests).toBe(0);
  const [covered] = Object.values<FileCoverage>(report('coverage/coverage-final.json'));
  const inFlow = ['const orders =', 'orders).length === 0', 'await charge.map', 'const paid =', 'charged: paid.length'];
  for (const code of inFlow) expect(timesOf(code, covered!)).toBeGreaterThan(0);
  // Its mock ran in its place.
  expect(timesOf('const response = await fetch', covered!)).toBe(0);
}, 240_000);

test('with vitest', async () => {
  const { output } = await node(join('node_modules', 'vitest', 'vitest.mjs'), 'run', patience, '--hookTimeout=60000', '--reporter=json', '--outputFile=vitest.json'); // prettier-ignore
  if (!existsSync(join(project.root, 'vitest.json'))) throw new Error(output);
  const { numPassedTests, numFailedTests } = report('vitest.json') as Record<string, number>;
  if (numPassedTests !== 4) throw new Error(output + project.read('vitest.json'));
  expect(numFailedTests).toBe(0);
}, 240_000);
