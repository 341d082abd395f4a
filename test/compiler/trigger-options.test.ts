/** Trigger rules are data that the flow needs: they stay, with what they reference, when the bodies go. */
import { createProject, removeProjects } from './flow-project.js';

afterAll(removeProjects);

const stripped = async (text: string): Promise<string> =>
  (await createProject({ 'flow.ts': text }).analyse('flow.ts')).text('flow.ts') ?? '';

test('a rule by its name stays with its import, and the body goes', async () => {
  const code = await stripped(`import { rm } from 'node:fs/promises';
import { allFinished, flow, task } from 'perdure';
const clean = task('clean', { trigger: allFinished, skipOnUpstreamSkip: false }, async () => rm('x'));
flow('main', () => clean());`);
  expect(code).toMatch(/task\('clean', \{\s*trigger: allFinished,\s*skipOnUpstreamSkip: false\s*\}\)/);
  expect(code).toMatch(/import \{[^}]*\ballFinished\b[^}]*\} from 'perdure'/);
  expect(code).not.toContain('node:fs');
});

test('a rule with bounds stays with the constants that it uses', async () => {
  const code = await stripped(`import { createConnection } from 'pg';
import { flow, someFailed, task } from 'perdure';
const most = 2;
const alarm = task('alarm', { retries: 1, trigger: someFailed({ atLeast: most }) }, () => createConnection());
flow('main', () => alarm.with({ trigger: someFailed({ atMost: 0.5 }) })());`);
  expect(code).toMatch(/trigger: someFailed\(\{\s*atLeast: most\s*\}\)/);
  expect(code).toContain('const most = 2');
  expect(code).toMatch(/someFailed\(\{\s*atMost: 0\.5\s*\}\)/);
  expect(code).not.toContain("'pg'");
});

test('allowFailure in flow code stays, SkipTask in a body goes', async () => {
  const code = await stripped(`import { allowFailure, flow, isFailureValue, SkipTask, task } from 'perdure';
const load = task('load', () => { throw new SkipTask('nothing'); });
const tell = task('tell', (value: unknown) => isFailureValue(value));
flow('main', () => tell(allowFailure(load())));`);
  expect(code).toContain('tell(allowFailure(load()))');
  expect(code).not.toMatch(/SkipTask|isFailureValue/);
});
