import { createFlowProject } from '../support/flow-project.js';
import { processesOf, runCommand, startCommand } from './command.js';
import { failingFile, pipelineFile, twoFlowsFile } from './flows.js';

const project = createFlowProject({
  'pipeline.ts': pipelineFile,
  'failing.ts': failingFile,
  'two.ts': twoFlowsFile,
  'dataset.ts': `import { flow, task } from 'perdure';
const rows = task('rows', async function* (n: number) { for (let id = 0; id < n; id++) yield { id }; });
export const many = flow('many', async ({ n }: { n: number }) => ({ rows: await rows(n) }));`,
  'empty.ts': 'export {};',
  'notes.md': '# Notes',
  'refused.ts': `import { flow, task } from 'perdure';

const add = task('add', { retires: 3 } as never, async () => 1);
export const refused = flow('refused', () => add());`,
  'commonjs/package.json': '{ "name": "user-project", "type": "commonjs" }',
  'commonjs/awaits.ts': `import { flow, isMain } from 'perdure';
export const one = flow('one', () => 1);

if (isMain(import.meta)) await one.run();`,
  'throws.ts': `import 'perdure';\nthrow new RangeError('not today');`,
});
// One server for all the runs here; the first test starts and stops its own.
let dev: ReturnType<typeof startCommand> | undefined;
const startDev = async (): Promise<void> => {
  dev = startCommand(project, ['dev']);
  await dev.until(/Ctrl-C stops/);
};
afterAll(async () => {
  dev?.child.kill('SIGINT');
  await dev?.ended;
  project.remove();
});

test('a run starts a server, prints result and report, and leaves no process', async () => {
  const { status, stdout, stderr } = await runCommand(project, ['run', 'pipeline.ts', '--param', 'n=4']);
  expect({ status, stdout: JSON.parse(stdout) as unknown }).toEqual({ status: 0, stdout: { rows: 4, sum: 12 } });
  expect(stderr).toContain('Parallel Data Pipeline Completed');
  expect(stderr).toMatch(/transform_data +Completed 4\/4 /);
  expect(stderr).toMatch(
    /Temporal UI: http:\/\/127\.0\.0\.1:\d+\/namespaces\/default\/workflows\/parallel-data-pipeline-/,
  );
  expect(stderr).toContain('body says 3');
  expect(processesOf(project)).toEqual([]);
});

describe('with perdure dev up', () => {
  beforeAll(startDev, 60_000);

  test('a dataset is shown by its length and its first items', async () => {
    const { status, stdout } = await runCommand(project, ['run', 'dataset.ts', '--param', 'n=25000']);
    expect({ status, value: JSON.parse(stdout) as unknown }).toEqual({
      status: 0,
      value: { rows: { dataset: { length: 25_000, first: Array.from({ length: 10 }, (_, id) => ({ id })) } } },
    });
  });

  test('--json prints one object as the last line of stdout', async () => {
    const { status, stdout } = await runCommand(project, [
      'run',
      'pipeline.ts',
      '--json',
      '--id',
      'my-run',
      '--tag',
      'x',
    ]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      ...{ runId: 'my-run', flow: 'Parallel Data Pipeline', state: 'Completed', result: { rows: 3, sum: 6 } },
    });
  }, 60_000);

  test('an id that has completed is refused', async () => {
    const { status, stderr } = await runCommand(project, ['run', 'pipeline.ts', '--id', 'my-run']);
    expect(status).toBe(1);
    expect(stderr).toContain('[RUN_EXISTS]');
  }, 60_000);

  test("a failure is told with the task, the user's error, file and line, and cause; the status is 1", async () => {
    const { status, stdout, stderr } = await runCommand(project, ['run', 'failing.ts', '--json']);
    expect(status).toBe(1);
    expect(stderr).toContain('✖ 1 of 3 task runs of check row.map(…) did not complete [MAP_FAILED]');
    expect(stderr).toContain("because: The task 'check row' (map index 1) failed (attempt 2)");
    expect(stderr).toContain('TypeError: two is bad');
    expect(stderr).toMatch(/at parse \(failing\.ts:4:\d+\)/);
    expect(stderr).toContain('caused by Error: the root cause');
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toMatch(/\[TASK_FAILED\] .*TASK_FAILED\.md/);
    expect(JSON.parse(stdout)).toMatchObject({
      flow: 'failing',
      state: 'Failed',
      error: { code: 'MAP_FAILED', task: 'check row', cause: { name: 'TypeError', message: 'two is bad' } },
    });
  }, 120_000);

  test('a file with several flows needs --flow, and says which there are', async () => {
    const { status, stderr, stdout } = await runCommand(project, ['run', 'two.ts']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('two.ts has 3 flows: choose one with --flow.\n    - morning\n    - evening\n    - named');
    expect(stderr).toContain('[FLOW_NOT_FOUND]');
    const chosen = await runCommand(project, ['run', 'two.ts', '--flow', 'evening']);
    expect({ status: chosen.status, stdout: chosen.stdout }).toEqual({ status: 0, stdout: '22\n' });
  }, 120_000);

  test('parameters are checked before the run starts', async () => {
    const bad = await runCommand(project, ['run', 'two.ts', '--flow', 'morning', '--param', 'a=much']);
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/The parameters of the flow 'morning' are wrong: a: .*expected number/i);
    const json = await runCommand(project, ['run', 'two.ts', '--flow', 'named', '--param', 'name=123', '--json']);
    expect(json).toMatchObject({ status: 2, stderr: expect.stringContaining(`quote it: --param 'name="123"'`) });
    expect(JSON.parse(json.stdout)).toEqual({
      error: { code: 'BAD_PARAMS', message: expect.stringContaining('name: '), details: expect.any(Object) },
    });
    const misspelt = await runCommand(project, [
      'run',
      'two.ts',
      '--flow',
      'named',
      '--param',
      'nmae=x',
      '--param',
      'name=y',
    ]);
    expect(misspelt).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("The flow 'named' has no parameter 'nmae'. Did you mean 'name'? It has: name"),
    });
    const good = await runCommand(project, [
      'run',
      'two.ts',
      '--flow',
      'morning',
      '--params',
      '{"a":1,"b":5}',
      '--param',
      'b=6',
    ]);
    expect({ status: good.status, stdout: good.stdout }).toEqual({ status: 0, stdout: '7\n' });
  }, 120_000);

  test('a file that throws while it is loaded is told as the error that it is', async () => {
    const { status, stderr } = await runCommand(project, ['run', 'throws.ts']);
    expect(status).toBe(1);
    expect(stderr).toContain('not today');
    const json = await runCommand(project, ['run', 'throws.ts', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { message: expect.stringContaining('not today') } });
  }, 60_000);

  test('a definition that is refused says where it stands', async () => {
    const { status, stderr } = await runCommand(project, ['run', 'refused.ts']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/has no option `retires`[^]*at refused\.ts:3\n[^]*\[BAD_OPTION\]/);
  }, 60_000);

  test('a CommonJS project is told what its package.json should say', async () => {
    const { status, stderr } = await runCommand(project, ['run', 'commonjs/awaits.ts']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/awaits\.ts:4 has an `await` at the top level.*"type": "module".*awaits\.mts/);
    expect(stderr).toContain('[TOP_LEVEL_AWAIT]');
  }, 60_000);

  test('a reader of stdout that goes away is no crash', async () => {
    const command = startCommand(project, ['run', 'pipeline.ts']);
    command.child.stdout?.destroy();
    expect((await command.ended).status).toBe(0);
  }, 60_000);
});

describe('what is not understood', () => {
  test.each([
    [['run', 'pipelin.ts'], "Did you mean 'pipeline.ts'?", 'FILE_NOT_FOUND'],
    [['run', 'notes.md'], 'notes.md is not code', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--id', ''], 'Expected --id', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--tag', ' '], 'Expected a text', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--jsn'], 'Did you mean --json?', 'BAD_USAGE'],
    [['rnu', 'pipeline.ts'], "Did you mean 'run'?", 'BAD_USAGE'],
    [['pipeline.ts'], 'To run a file: perdure run pipeline.ts', 'BAD_USAGE'],
    [['run'], 'Missing required argument', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--param', 'n'], 'Expected --param name=value', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--processes', '0'], 'whole number', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--processes', '2', '--threads', '2'], 'cannot be used with', 'BAD_USAGE'],
    [['run', 'pipeline.ts', '--resume', '--flow', 'x'], '--resume starts no run', 'BAD_USAGE'],
  ])('%j', async (args, words, code) => {
    const { status, stderr } = await runCommand(project, args);
    expect(stderr).toContain(words);
    expect(stderr).toContain(`[${code}]`);
    expect(status).toBe(2);
  });

  test.each(['run', 'dev', 'worker', 'build', 'doctor'])('perdure %s --help teaches', async (verb) => {
    const { status, stdout } = await runCommand(project, [verb, '--help']);
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: perdure ${verb} `);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit status:');
  });

  test('perdure --help lists the verbs; perdure --version is the package', async () => {
    const help = await runCommand(project, ['--help']);
    const listed = [...help.stdout.matchAll(/^ {2}([a-z]+) {2,}\S/gm)].map(([, verb]) => verb);
    expect(listed).toEqual('run approve signal pause resume dev worker build logs artifacts doctor'.split(' '));
    const { stdout } = await runCommand(project, ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
