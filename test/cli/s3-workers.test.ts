/**
 * The executor for many machines: two workers and a client that share nothing but a Temporal server and an S3 bucket,
 * each in a folder of its own.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject, type FlowProject } from '../support/flow-project.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { runCommand, startCommand } from './command.js';

const file = `
import { appendFileSync, existsSync } from 'node:fs';
import { Dataset, flow, task, unmapped } from 'perdure';

const note = (text: string): void => appendFileSync(process.env['LEDGER']!, text + '\\n');
const rows = task('rows', async function* (n: number) {
  for (let i = 0; i < n; i++) yield { id: i, text: 'row ' + i };
});
const lookup = task('lookup', async () => 'x'.repeat(3_000_000));
const clean = task('clean', async (row: { id: number; text: string }, big: string) => {
  note(String(row.id));
  do await new Promise((resolve) => setTimeout(resolve, 5));
  while (row.id >= 1_000 && !existsSync(process.env['GATE']!));
  if (row.id % 100 === 99) throw new Error('bad row ' + row.id);
  return { ...row, length: big.length };
});
const total = task('total', { stream: true }, async (all: AsyncIterable<{ id: number }>) => {
  let sum = 0;
  for await (const one of all) sum += one?.id ?? 0;
  return sum;
});
export const pipeline = flow('S3 Pipeline', ({ n }: { n: number }) =>
  total(clean.with({ batch: 50, concurrency: 200, tolerate: '5%' }).map(rows(n), unmapped(lookup()))),
);
`;

let s3: S3Server;
let server: TestServer;
const projects: FlowProject[] = [];
beforeAll(async () => {
  [s3, server] = await Promise.all([startS3Server(), startTestServer()]);
}, 600_000);
afterAll(async () => {
  await Promise.all([s3?.stop(), server?.stop()]);
  for (const project of projects) project.remove();
});

/** The second half of the rows waits for it. */
const gate = () => join(projects[0]!.root, 'gate');

const place = () => {
  const project = createFlowProject({ 'pipeline.ts': file });
  projects.push(project);
  const ledger = join(project.root, 'ledger.txt');
  writeFileSync(ledger, '');
  const env = {
    ...s3.environment,
    LEDGER: ledger,
    GATE: gate(),
    TEMPORAL_ADDRESS: server.address,
    PERDURE_STORE: `s3://${s3.bucket}/runs?endpoint=${s3.endpoint}`,
  };
  return { project, env, ledger: () => readFileSync(ledger, 'utf8').split('\n').filter(Boolean).map(Number) };
};

test('two workers with no folder in common share a map; one is killed, and no finished item is lost', async () => {
  const [first, second, client] = [place(), place(), place()];
  const start = ({ project, env }: typeof first) =>
    startCommand(project, ['worker', 'pipeline.ts', '--task-queue', 's3'], env);
  const two = start(second);
  await two.until(/Ready: polls 's3'/);
  const running = runCommand(
    client.project,
    ['run', 'pipeline.ts', '--task-queue', 's3', '--param', 'n=2000', '--json'],
    client.env,
  );
  while (second.ledger().length < 100) await new Promise((resolve) => setTimeout(resolve, 20));
  const one = start(first);
  await one.until(/Ready: polls 's3'/);
  two.child.kill('SIGKILL');
  writeFileSync(gate(), '');
  const { stdout, stderr, status } = await running;
  expect([status, stderr]).toEqual([0, expect.anything()]);
  // Rows 99, 199, … failed, within what is tolerated.
  const failed = Array.from({ length: 20 }, (_, i) => i * 100 + 99);
  const sum = (2_000 * 1_999) / 2 - failed.reduce((a, b) => a + b, 0);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'Completed', result: sum });
  const seen = [...first.ledger(), ...second.ledger()];
  expect(new Set(seen).size).toBe(2_000);
  one.child.kill('SIGTERM');
  expect((await one.ended).status).toBe(0);
});
