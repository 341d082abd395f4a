/** Waits, undo, transactions and hooks, to the compiler alone; never run. */
import { expectTypeOf } from 'expect-type';
import { z } from 'zod';
import { approval, flow, type HookEvent, sleep, task, type TaskFuture, type TaskOptions, transaction, waitFor } from '../../src/authoring/index.js'; // prettier-ignore

const tell = task('tell', (event: HookEvent) => event.state);
const count = task('count', async (n: number) => n);
const shared: TaskOptions = { retries: 1 };
export const book = task(
  'book',
  {
    ...shared,
    onFailure: tell,
    onCrashed: [tell],
    undo: (seat, flight) => {
      expectTypeOf(seat).toEqualTypeOf<{ seat: string }>();
      expectTypeOf(flight.length).toEqualTypeOf<number>();
    },
  },
  async (flight: string) => ({ seat: flight }),
);
// @ts-expect-error an undo of another result
task('wrong undo', { undo: (result: number) => result }, () => 'text');
// @ts-expect-error a hook takes the event and nothing else
task('wrong hook', { onFailure: count }, () => 1);

export const waits = flow('waits', { onCompletion: tell }, async () => {
  expectTypeOf(approval('a', z.object({ n: z.string().transform(Number) }))).toEqualTypeOf<TaskFuture<{ n: number }>>();
  expectTypeOf(waitFor('s')).toEqualTypeOf<TaskFuture<unknown>>();
  expectTypeOf(await sleep('1 s')).toEqualTypeOf<void>();
  count(approval('n', z.number(), { timeout: 5, onTimeout: 0 }));
  // @ts-expect-error not what the task takes
  count(approval('n', z.string()));
  // @ts-expect-error not what the schema gives
  approval('n', z.number(), { timeout: 5, onTimeout: 'none' });
  expectTypeOf(await transaction(async () => ({ seat: book('LH 1') }))).toEqualTypeOf<{ seat: { seat: string } }>();
});
