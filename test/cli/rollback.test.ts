/** Rollback on a real server, its side effects in a ledger outside of the engine: order, once only, and kill -9 in the middle. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFlowProject } from '../support/flow-project.js';
import { eventually, killAll, runCommand, startCommand } from './command.js';

const trip = `import { flow, isMain, local, PerdureError, task, transaction, waitFor } from 'perdure';
import { appendFileSync, existsSync } from 'node:fs';
const note = (line: string) => appendFileSync('ledger', line + '\\n');
const book = task('book', {
  retries: 1,
  async undo(seat, what) {
    note('undoing ' + what);
    while (what === 'b' && !existsSync('go')) await new Promise((done) => setTimeout(done, 20));
    note('undid ' + what + ' ' + seat.length);
  },
}, (what: string) => {
  note('booked ' + what);
  return what === 'a' ? 'x'.repeat(20_000) : what;
});
const refuse = task('refuse', (): string => { throw new RangeError('no seats'); });
const stubborn = task('stubborn', { undo: () => { throw new Error('stays'); } }, (n: number) => n);
const mapped = task('mapped', { undo: (n: number) => note('unmapped ' + n) }, (n: number) => { if (n === 2) throw new Error('2'); return n; });
export const trips = flow('trips', async () => {
  for (const what of ['a', 'b', 'c']) await book(what);
  return refuse();
});
export const partly = flow('partly', async () => {
  await book('kept');
  await transaction(async () => { await book('dropped'); await refuse(); }).catch(() => undefined);
  return 'fine';
});
export const cancelled = flow('cancelled', async () => { await book('z'); await waitFor('never'); });
export const stays = flow('stays', async () => { await stubborn(1); await book('s'); return refuse(); });
export const maps = flow('maps', () => mapped.map([1, 2, 3]));
const code = (error: unknown) => (error instanceof PerdureError ? error.code : String(error));
if (isMain(import.meta)) {
  const executor = local({ processes: 2 });
  const out: Record<string, unknown> = {};
  out.partly = await partly.run({}, { executor });
  const run = await cancelled.start({}, { executor });
  while (!(await run.tasks()).tasks.some(({ waits }) => waits)) await new Promise((done) => setTimeout(done, 30));
  await run.cancel();
  out.cancelled = [await run.result().catch(code), await run.state()];
  out.stays = await stays.run({}, { executor }).catch((error) => [code(error), error.details.notUndone, code(error.cause), error.message]);
  const handle = await maps.start({}, { executor });
  out.maps = await handle.result().catch(code);
  out.view = (await handle.tasks()).tasks.map(({ id, kind, state, counts }) => ({ id, kind, state, counts }));
  console.log(JSON.stringify(out));
  process.exit(0);
}
`;
const project = createFlowProject({ 'trip.ts': trip, ledger: '' });
afterAll(() => project.remove());
const ledger = (): string[] => project.read('ledger').split('\n').slice(0, -1);

test('killed in the middle of a rollback, it goes on: what was undone is not undone again, in reverse order', async () => {
  const command = startCommand(project, ['run', 'trip.ts', '--flow', 'trips', '--id', 'trip']);
  await eventually(() => ledger().includes('undoing b'), 'the rollback has come to b');
  await killAll(project, command);
  expect(ledger()).toEqual(['booked a', 'booked b', 'booked c', 'undoing c', 'undid c 1', 'undoing b']);
  writeFileSync(join(project.root, 'go'), '');
  const { status, stdout } = await runCommand(project, ['run', 'trip.ts', '--resume', '--json']);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ runId: 'trip', state: 'Failed', error: { code: 'TASK_FAILED' } });
  expect(ledger().slice(3)).toEqual([
    'undoing c',
    'undid c 1',
    'undoing b',
    'undoing b',
    'undid b 1',
    'undoing a',
    'undid a 20000',
  ]);
});

test('transactions, cancellation, what cannot be undone, and maps', async () => {
  writeFileSync(join(project.root, 'ledger'), '');
  const { stdout, stderr, status } = await project.runScript('trip.ts');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  const out = JSON.parse(stdout) as Record<string, unknown>;
  expect(out).toMatchObject({
    partly: 'fine',
    cancelled: ['CANCELLED', 'Cancelled'],
    stays: ['UNDO_FAILED', ['stubborn-0'], 'TASK_FAILED', expect.stringContaining('stubborn-0 could not be undone')],
    maps: 'MAP_FAILED',
    view: [
      { id: 'mapped-0', kind: 'map', state: 'Failed', counts: { Completed: 2, Failed: 1 } },
      { id: 'mapped-0:undo', kind: 'map', state: 'Completed', counts: { Completed: 2 } },
    ],
  });
  const lines = ledger();
  expect(lines.slice(0, 4)).toEqual(['booked kept', 'booked dropped', 'undoing dropped', 'undid dropped 7']);
  expect(lines.slice(4, 10)).toEqual(['booked z', 'undoing z', 'undid z 1', 'booked s', 'undoing s', 'undid s 1']);
  expect(lines.slice(10).sort()).toEqual(['unmapped 1', 'unmapped 3']);
});
