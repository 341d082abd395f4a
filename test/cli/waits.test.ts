/** Approvals, signals, pause and resume by the command line and by handles, on a real server that is killed in between. */
import { createFlowProject } from '../support/flow-project.js';
import { killAll, runCommand, startCommand } from './command.js';

const ask = `import { approval, flow, manualOnly, sleep, task, waitFor } from 'perdure';
import { z } from 'zod';
const join = task('join', (...parts: unknown[]) => parts);
const deploy = task('deploy', { trigger: manualOnly }, (what: string) => 'deployed ' + what);
export const asking = flow('asking', async () => {
  const first = approval('publish', z.object({ n: z.string().transform(Number) }));
  const word = deploy('x');
  await first;
  await sleep(50);
  return join(first, await waitFor('go', z.number()), word);
});
`;
const driver = `import { approval, flow, isMain, local, PerdureError, sleep, task, waitFor } from 'perdure';
import { existsSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
const one = task('one', (n: number) => n + 1);
const slow = task('slow', async (gate: string) => { while (!existsSync(gate)) await new Promise((done) => setTimeout(done, 30)); });
export const inner = flow('inner', async () => { await waitFor('inner go'); return one(1); });
export const many = flow('many', async () => {
  const oks = ['a', 'b', 'c'].map((name) => approval(name, z.boolean()));
  const late = approval('late', z.string(), { timeout: 100, onTimeout: 'nobody' });
  return [await Promise.all(oks), await late, await waitFor('twice'), await waitFor('twice')];
});
export const expires = flow('expires', () => one(approval('never', z.number(), { timeout: 20 })));
export const paused = flow('paused', async () => { await slow('held'); await one(1); return inner(); });
export const cancelled = flow('cancelled', async () => { await slow('dropped'); return one(1); });
const code = (error: unknown) => (error instanceof PerdureError ? error.code : String(error));
const until = async (is: () => Promise<boolean>) => { while (!(await is())) await new Promise((done) => setTimeout(done, 30)); };
if (isMain(import.meta)) {
  const executor = local({ processes: 1 });
  const out: Record<string, unknown> = {};
  const run = await many.start({}, { executor });
  await run.signal('twice', 1, { id: 'x' });
  await run.signal('twice', 1, { id: 'x' });
  await run.signal('twice', 2, { id: 'y' });
  await until(async () => (await run.approvals()).length >= 3 && (await run.tasks()).tasks.some(({ name, state }) => name === 'late' && state === 'Completed'));
  out.open = (await run.approvals()).map(({ id, kind, schema }) => ({ id, kind, schema }));
  out.refused = await run.approve('a', 'yes').catch(code);
  out.unknown = await run.approve('z', true).catch(code);
  out.same = [await run.approve('c', true, { id: '1' }), await run.approve('c', true, { id: '1' })];
  await run.approve('a', false);
  await run.approve('b', true);
  out.many = await run.result();
  out.ended = [await run.approve('a', true).catch(code), await run.signal('go').catch(code), await run.pause().catch(code)];
  const { events } = await run.workflow.fetchHistory();
  out.updates = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
  out.expires = await expires.run({}, { executor }).catch((error) => [code(error), code(error.cause)]);

  const held = await paused.start({}, { executor });
  await until(async () => (await held.tasks()).tasks.some(({ state }) => state === 'Running'));
  await held.pause();
  await until(async () => (await held.state()) === 'Paused');
  writeFileSync('held', '');
  await until(async () => (await held.tasks()).tasks[0]?.state === 'Completed');
  const view = await held.tasks();
  out.paused = [view.state, view.tasks.map(({ id, state }) => id + ' ' + state)];
  await held.resume();
  await until(async () => (await held.tasks()).tasks.some(({ kind, state }) => kind === 'flow' && state === 'Running'));
  await held.pause();
  const { getRun } = await import('perdure');
  const child = await getRun(held.runId + '/inner-0');
  await until(async () => (await child.state()) === 'Paused');
  await child.signal('inner go');
  await until(async () => (await child.tasks()).tasks.some(({ name, state }) => name === 'inner go' && state === 'Completed'));
  out.child = (await child.tasks()).tasks.map(({ id }) => id);
  await held.resume();
  out.resumed = await held.result();

  const dropped = await cancelled.start({}, { executor });
  await until(async () => (await dropped.tasks()).tasks.some(({ state }) => state === 'Running'));
  await dropped.pause();
  await until(async () => (await dropped.state()) === 'Paused');
  writeFileSync('dropped', '');
  await until(async () => (await dropped.tasks()).tasks[0]?.state === 'Completed');
  await dropped.cancel();
  out.cancelled = await dropped.result().catch(code);
  console.log(JSON.stringify(out));
  process.exit(0);
}
`;
const project = createFlowProject({ 'ask.ts': ask, 'driver.ts': driver });
afterAll(() => project.remove());

test('a run asks, survives kill -9 of everything, and is answered, signalled and given the word by the command line', async () => {
  const command = startCommand(project, ['run', 'ask.ts', '--id', 'asks']);
  await command.until(/publish: Paused, waits for an answer: perdure approve asks publish --value JSON/);
  await command.until(/deploy: Paused, waits for the word: perdure approve asks deploy-0/);
  expect((await runCommand(project, ['signal', 'asks', 'go', '--value', '5', '--json'])).stdout).toBe(
    '{"runId":"asks","signal":"go"}\n',
  );
  await killAll(project, command);

  const again = startCommand(project, ['run', 'ask.ts', '--resume', '--json']);
  await again.until(/perdure approve asks publish/);
  const listed = await runCommand(project, ['approve', 'asks', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject({
    runId: 'asks',
    approvals: [
      { name: 'publish', id: 'publish-0', kind: 'approval', schema: { properties: { n: { type: 'string' } } } },
      { name: 'deploy-0', id: 'deploy-0', kind: 'manual' },
    ],
  });
  expect((await runCommand(project, ['approve', 'asks'])).stdout).toMatch(
    /^publish \(publish-0\): approval\n.*\ndeploy-0: manual\n$/,
  );
  const refused = await runCommand(project, ['approve', 'asks', 'publish', '--value', '{"n": 3}']);
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('n: Invalid input')]);
  expect((await runCommand(project, ['approve', 'asks', 'publish', '--value', 'three'])).status).toBe(2);
  expect((await runCommand(project, ['approve', 'asks', 'publish', '--value', '{"n": "3"}'])).status).toBe(0);
  expect((await runCommand(project, ['pause', 'asks'])).status).toBe(0);
  await again.until(/asks is paused: perdure resume asks/);
  expect((await runCommand(project, ['approve', 'asks', 'deploy-0'])).stderr).toContain('Answered deploy-0');
  expect((await runCommand(project, ['resume', 'asks', '--json'])).stdout).toBe('{"runId":"asks","asked":"resume"}\n');
  const { status, stdout } = await again.ended;
  expect({ status, end: JSON.parse(stdout) as unknown }).toEqual({
    status: 0,
    end: { runId: 'asks', flow: 'asking', state: 'Completed', result: [{ n: 3 }, 5, 'deployed x'] },
  });
});

test('handles do the same, with typed refusals that leave nothing in the history', async () => {
  const { stdout, stderr, status } = await project.runScript('driver.ts');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    open: ['a-0', 'b-0', 'c-0'].map((id) => ({
      id,
      kind: 'approval',
      schema: expect.objectContaining({ type: 'boolean' }) as unknown,
    })),
    refused: 'BAD_ANSWER',
    unknown: 'APPROVAL_NOT_OPEN',
    same: ['c-0', 'c-0'],
    many: [[false, true, true], 'nobody', 1, 2],
    ended: ['RUN_ENDED', 'RUN_ENDED', 'RUN_ENDED'],
    updates: 3,
    expires: ['TRIGGER_FAILED', 'WAIT_TIMED_OUT'],
    paused: ['Paused', ['slow-0 Completed']],
    child: ['inner go-0'],
    resumed: 2,
    cancelled: 'CANCELLED',
  });
});
