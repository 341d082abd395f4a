import { Connection } from '@temporalio/client';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { runCommand, startCommand } from './command.js';
import { pipelineFile, waitingFile } from './flows.js';

const project = createFlowProject({ 'pipeline.ts': pipelineFile, 'waiting.ts': waitingFile });
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  await server.stop();
  project.remove();
});

test('without any server it says what to do', async () => {
  const { status, stderr } = await runCommand(project, ['worker', 'pipeline.ts']);
  expect(status).toBe(1);
  expect(stderr).toContain('perdure dev');
  expect(stderr).toContain('TEMPORAL_ADDRESS');
  expect(stderr).toContain('[SERVER_UNREACHABLE]');
});

test('it hosts what perdure run starts on its queue, and drains on SIGTERM', async () => {
  const worker = startCommand(project, ['worker', 'pipeline.ts', '--task-queue', 'etl'], {
    TEMPORAL_ADDRESS: server.address,
  });
  await worker.until(/Ready: polls 'etl'/);
  const run = await runCommand(project, [
    'run',
    'pipeline.ts',
    '--address',
    server.address,
    '--task-queue',
    'etl',
    '--json',
  ]);
  expect(run.status).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ state: 'Completed', result: { rows: 3, sum: 6 } });
  expect(run.stderr).not.toContain('body says');
  expect(worker.output.stderr).toContain('body says');
  worker.child.kill('SIGTERM');
  expect((await worker.ended).status).toBe(0);
  expect(existsSync(join(project.root, '.perdure/temporal.db'))).toBe(false);
});

test('a bundle made ahead of time is hosted as it is; a changed one is refused', async () => {
  const made = await runCommand(project, ['build', 'pipeline.ts', '--out', 'built/flows.js', '--json']);
  expect(made.status).toBe(0);
  const facts = JSON.parse(made.stdout) as { path: string; bytes: number; hash: string; flows: string[] };
  expect(facts).toMatchObject({ path: join(project.root, 'built/flows.js'), flows: ['Parallel Data Pipeline'] });
  expect(facts.hash).toMatch(/^[0-9a-f]{64}$/);
  const worker = startCommand(project, [
    'worker',
    'pipeline.ts',
    '--bundle',
    'built/flows.js',
    '--address',
    server.address,
  ]);
  await worker.until(/Ready: polls 'user-project'/);
  const run = await runCommand(project, ['run', 'pipeline.ts', '--address', server.address]);
  expect(JSON.parse(run.stdout)).toEqual({ rows: 3, sum: 6 });
  worker.child.kill('SIGINT');
  expect((await worker.ended).status).toBe(0);
  const other = await runCommand(project, [
    ...['worker', 'pipeline.ts', 'waiting.ts', '--bundle', 'built/flows.js', '--address', server.address],
  ]);
  expect(other.status).toBe(2);
  expect(other.stderr).toContain('has nothing of waiting.ts: it was made of pipeline.ts.');
  writeFileSync(join(project.root, 'pipeline.ts'), `${pipelineFile}\nexport const later = flow('Later', () => 1);\n`);
  const older = await runCommand(project, [
    ...['worker', 'pipeline.ts', '--bundle', 'built/flows.js', '--address', server.address],
  ]);
  writeFileSync(join(project.root, 'pipeline.ts'), pipelineFile);
  expect(older.status).toBe(2);
  expect(older.stderr).toContain("has no flow 'Later': it was made of an older version of the files.");
  writeFileSync(facts.path, '// other');
  const refused = await runCommand(project, [
    'worker',
    'pipeline.ts',
    '--bundle',
    'built/flows.js',
    '--address',
    server.address,
  ]);
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('is not the file that its .json describes');
});

test('a run on a queue without workers says so', async () => {
  const run = startCommand(project, ['run', 'pipeline.ts', '--address', server.address, '--task-queue', 'nobody']);
  await run.until(/No worker polls the task queue 'nobody' yet.*perdure worker pipeline\.ts --task-queue nobody/);
  run.child.kill('SIGHUP');
  expect((await run.ended).status).toBe(129);
});

test('an address where nothing listens is named', async () => {
  const { status, stderr } = await runCommand(project, ['worker', 'pipeline.ts', '--address', '127.0.0.1:1']);
  expect(status).toBe(1);
  expect(stderr).toContain('No Temporal server answers at 127.0.0.1:1');
});

test('files that do not load end the worker before it has polled', async () => {
  writeFileSync(
    join(project.root, 'unloadable.ts'),
    `import { readFileSync } from 'node:fs';
    import { task, flow } from 'perdure';
    // Long enough for a worker that does not wait to begin to poll.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
    const rates = readFileSync('rates.json', 'utf8');
    const rate = task('rate', async () => rates);
    export const unloadable = flow('unloadable', () => rate());`,
  );
  const queue = 'unloadable';
  const at = ['--address', server.address, '--task-queue', queue];
  const { status, stderr } = await runCommand(project, ['worker', 'unloadable.ts', ...at]);
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining("open 'rates.json'") });
  const connection = await Connection.connect({ address: server.address });
  const { pollers } = await connection.workflowService.describeTaskQueue({
    ...{ namespace: 'default', taskQueue: { name: queue }, taskQueueType: 1 },
  });
  await connection.close();
  expect(pollers ?? []).toEqual([]);
});

test('a namespace that the server does not have, and a queue without a name, are refused', async () => {
  const at = ['--address', server.address];
  const [worker, run, queue] = await Promise.all([
    runCommand(project, ['worker', 'pipeline.ts', ...at, '--namespace', 'nope']),
    runCommand(project, ['run', 'pipeline.ts', ...at, '--namespace', 'nope', '--json']),
    runCommand(project, ['worker', 'pipeline.ts', ...at, '--task-queue', ' ']),
  ]);
  expect([worker.status, run.status, queue.status]).toEqual([1, 1, 2]);
  expect(worker.stderr).toContain(`The Temporal server at ${server.address} has no namespace 'nope'`);
  expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'BAD_CONFIG', details: { namespace: 'nope' } } });
  expect(queue.stderr).toContain('Expected a text.');
});

test('a run of a flow that the worker does not have is told in one line, once', async () => {
  const worker = startCommand(project, ['worker', 'pipeline.ts', '--task-queue', 'other', '--address', server.address]);
  await worker.until(/Ready: polls 'other'/);
  const run = startCommand(project, ['run', 'waiting.ts', '--task-queue', 'other', '--address', server.address]);
  await run.until(/no such function is exported by the workflow bundle|This worker has no flow/);
  run.child.kill('SIGKILL');
  worker.child.kill('SIGTERM');
  expect((await worker.ended).status).toBe(0);
  expect(worker.output.stderr.match(/This worker has no flow "waiting"/g)).toHaveLength(1);
  expect(worker.output.stderr).not.toContain('at Object.initRuntime');
});
