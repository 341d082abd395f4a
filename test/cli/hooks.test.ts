/** Hooks on a real server: what they are told lies in a ledger outside of the engine. */
import { createFlowProject } from '../support/flow-project.js';

const hooks = `import { flow, isMain, local, PerdureError, task, waitFor, type HookEvent } from 'perdure';
import { appendFileSync } from 'node:fs';
const tell = task('tell', ({ taskRunId, state, error, value }: HookEvent) =>
  appendFileSync('ledger', JSON.stringify([taskRunId ?? 'flow', state, error?.code ?? (typeof value === 'string' ? value.length : value)]) + '\\n'));
const broken = task('broken hook', () => { throw new Error('hook'); });
const big = task('big', { onCompletion: [tell, broken] }, () => 'x'.repeat(20_000));
const exits = task('exits', { onCrashed: tell, onCrash: 'fail' }, (): void => process.exit(3));
const mapped = task('mapped', { onCompletion: tell }, (n: number) => n);
const hooksOfFlow = { onCompletion: tell, onFailure: tell, onCancellation: tell, onCrashed: tell };
export const fine = flow('fine', hooksOfFlow, async () => { await mapped.map([1, 2]); return (await big()).length; });
export const crashes = flow('crashes', hooksOfFlow, () => exits());
export const throws = flow('throws', { ...hooksOfFlow, retries: 1, retryDelay: 1 }, () => { throw new TypeError('own'); });
export const cancelled = flow('cancelled', hooksOfFlow, () => waitFor('never'));
if (isMain(import.meta)) {
  const executor = local({ processes: 1 });
  const out: Record<string, unknown> = {};
  const code = (error: unknown) => (error instanceof PerdureError ? error.code : String(error));
  const handle = await fine.start({}, { executor });
  out.fine = await handle.result();
  out.view = (await handle.tasks()).tasks.map(({ id, state }) => id + ' ' + state);
  out.crashes = await crashes.run({}, { executor }).catch(code);
  out.throws = await throws.run({}, { executor }).catch(code);
  const run = await cancelled.start({}, { executor });
  while (!(await run.tasks()).tasks.some(({ waits }) => waits)) await new Promise((done) => setTimeout(done, 30));
  await run.cancel();
  out.cancelled = [await run.result().catch(code), await run.state()];
  console.log(JSON.stringify(out));
  process.exit(0);
}
`;
const project = createFlowProject({ 'hooks.ts': hooks, ledger: '' });
afterAll(() => project.remove());

test('hooks are told how it ended, after a crash and a cancellation too, and change nothing', async () => {
  const { stdout, stderr, status } = await project.runScript('hooks.ts');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    fine: 20_000,
    view: expect.arrayContaining([
      'big-0 Completed',
      'big-0:onCompletion Completed',
      'big-0:onCompletion.1 Failed',
    ]) as unknown,
    crashes: 'TASK_CRASHED',
    throws: 'FLOW_FAILED',
    cancelled: ['CANCELLED', 'Cancelled'],
  });
  const lines = project
    .read('ledger')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
  // The two tasks' hooks run beside each other.
  expect(lines.slice(0, 2)).toEqual(
    expect.arrayContaining([
      ['mapped-0', 'Completed', [1, 2]],
      ['big-0', 'Completed', 20_000],
    ]),
  );
  expect(lines.slice(2)).toEqual([
    ['flow', 'Completed', 20_000],
    ['exits-0', 'Crashed', 'TASK_CRASHED'],
    ['flow', 'Crashed', 'TASK_CRASHED'],
    ['flow', 'Failed', 'FLOW_FAILED'],
    ['flow', 'Cancelled', 'CANCELLED'],
  ]);
});
