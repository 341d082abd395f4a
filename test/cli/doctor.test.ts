import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { runCommand, startCommand } from './command.js';

const project = createFlowProject({});
afterAll(() => project.remove());

interface Finding {
  level: string;
  subject: string;
  found: string;
  remedy?: string;
}
const examine = async (
  env: NodeJS.ProcessEnv = {},
): Promise<{ status: number | null; ok: boolean; of: (subject: string) => Finding | undefined }> => {
  const { status, stdout } = await runCommand(project, ['doctor', '--json'], env);
  const { ok, findings } = JSON.parse(stdout) as { ok: boolean; findings: Finding[] };
  return { status, ok, of: (subject) => findings.find((one) => one.subject === subject) };
};

test('all is well in a new project, and every place where a server was looked for is told', async () => {
  const { status, ok, of } = await examine();
  expect({ status, ok }).toEqual({ status: 0, ok: true });
  expect(of('node')).toMatchObject({ level: 'ok', found: process.versions.node });
  expect(of('worker SDK')).toMatchObject({ level: 'ok' });
  for (const place of ['PERDURE_TEMPORAL_CLI', 'PATH', 'cache']) expect(of(`binary: ${place}`)).toBeDefined();
  expect(of('server')).toMatchObject({ found: 'not running' });
  const { stdout } = await runCommand(project, ['doctor']);
  expect(stdout).toContain('All is well.');
});

test('a server that is up is told with its database and history', async () => {
  const dev = startCommand(project, ['dev']);
  await dev.until(/Ctrl-C stops/);
  const { status, of } = await examine();
  expect(status).toBe(0);
  expect(of('server')?.found).toMatch(/running, kept up by perdure dev: 127\.0\.0\.1:\d+/);
  expect(of('database')?.found).toMatch(/temporal\.db, .*write-ahead log/);
  expect(of('history')).toMatchObject({ level: 'ok', found: 'kept for 30 days' });
  dev.child.kill('SIGKILL');
  await dev.ended;
  const after = await examine();
  expect(after.of('server')).toMatchObject({ level: 'warn' });
  expect(after.of('server')?.remedy).toContain('adopts it');
  const next = startCommand(project, ['dev']);
  await next.until(/Adopting the server[\s\S]*Ctrl-C stops/);
  next.child.kill('SIGINT');
  expect((await next.ended).status).toBe(0);
});

test('settings that cannot be read are broken, with what to mend', async () => {
  writeFileSync(join(project.root, 'bad.toml'), 'not [ toml');
  const { status, ok, of } = await examine({ TEMPORAL_CONFIG_FILE: join(project.root, 'bad.toml') });
  expect({ status, ok }).toEqual({ status: 1, ok: false });
  expect(of('settings')).toMatchObject({ level: 'fail' });
  expect(of('settings')?.remedy).toContain('temporal.toml');
});
