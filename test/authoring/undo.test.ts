/** What is undone, in which order, and what a transaction lets stand. */
import { sequence, task, transaction } from '../../src/authoring/index.js';
import { failureOf, settle, startFlow } from './fake-run.js';

const undo = (): undefined => undefined;
const book = task('book', { undo }, (what: unknown) => `booked ${String(what)}`);
const plain = task('plain', (what: unknown) => what);
const refuse = task('refuse', (_after?: unknown): string => {
  throw new RangeError('no');
});
const undone = (started: readonly string[]): string[] => started.filter((id) => id.includes(':undo'));
const drained = async (body: () => unknown) => {
  const run = startFlow(body);
  await run.drain();
  return run;
};

test('a flow that fails undoes what has completed, in reverse order, with result and arguments', async () => {
  const run = await drained(() => {
    const first = book('a');
    return sequence(first, plain(0), book(first), refuse());
  });
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED' });
  expect(undone(run.started)).toEqual(['book-1:undo', 'book-0:undo']);
  expect(run.argsOf('book-0:undo')).toEqual(['booked a', 'a']);
  expect(run.argsOf('book-1:undo')).toEqual(['booked booked a', 'booked a']);
  expect(run.upstreamOf('book-1:undo')).toEqual(['book-1']);
});

test('a flow that completes undoes nothing, and neither does what did not complete', async () => {
  const fine = await drained(() => book('a'));
  expect(undone(fine.started)).toEqual([]);
  const run = startFlow(() => [book('a'), refuse()]);
  await settle();
  await run.fail('book-0');
  await run.drain();
  expect(undone(run.started)).toEqual([]);
});

test('one undoing at a time; the completed children of a map side by side', async () => {
  const run = startFlow(async () => {
    await book('first');
    await book.map(['a', 'b', 'c']).settled();
    return refuse();
  });
  await settle();
  await run.complete({ 'book-0': 1 });
  await run.complete({ 'book-1[0]': 'A', 'book-1[2]': 'C' });
  await run.fail('book-1[1]');
  await run.fail('refuse-0');
  expect(run.running).toEqual(['book-1:undo[0]', 'book-1:undo[2]']);
  expect(run.argsOf('book-1:undo[2]')).toEqual(['C', 'c']);
  await run.complete({ 'book-1:undo[0]': 0, 'book-1:undo[2]': 0 });
  expect(run.running).toEqual(['book-0:undo']);
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED' });
});

test('what cannot be undone is named, and the rest is undone nevertheless', async () => {
  const run = startFlow(() => sequence(book(1), book(2), refuse()));
  await settle();
  await run.complete({ 'book-0': 1 });
  await run.complete({ 'book-1': 1 });
  await run.fail('refuse-0');
  await run.fail('book-1:undo');
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({
    code: 'UNDO_FAILED',
    details: { notUndone: ['book-1'], count: 1 },
    cause: { code: 'TASK_FAILED' },
  });
  expect(undone(run.started)).toEqual(['book-1:undo', 'book-0:undo']);
});

test('a cancelled run is rolled back too', async () => {
  const run = startFlow(() => sequence(book(1), plain(1)));
  await settle();
  await run.complete({ 'book-0': 1 });
  run.cancelAll();
  await settle();
  expect(run.running).toEqual(['book-0:undo']);
  await run.drain();
  await expect(run.outcome).rejects.toMatchObject({ code: 'CANCELLED' });
});

test('a transaction that throws undoes its own and nothing else; its error is the one thrown', async () => {
  const run = await drained(async () => {
    await book('before');
    const error = await transaction(async () => {
      await book('inside');
      void refuse();
      await refuse();
    }).catch((thrown: unknown) => (thrown as { code: string }).code);
    return [error, await book('after')];
  });
  expect(await run.outcome).toEqual(['TASK_FAILED', 'booked after']);
  expect(undone(run.started)).toEqual(['book-1:undo']);
});

test('a nested transaction commits to its parent, and side by side each has its own', async () => {
  const run = await drained(async () => {
    const both = await Promise.allSettled([
      transaction(async () => {
        await plain(0);
        await book('left');
        await transaction(() => book('nested'));
        throw new TypeError('left');
      }),
      transaction(async () => {
        await plain(0);
        return { seat: book('right') };
      }),
    ]);
    return both.map((one) => (one.status === 'fulfilled' ? one.value : String(one.reason)));
  });
  expect(await run.outcome).toEqual(['TypeError: left', { seat: 'booked right' }]);
  expect(undone(run.started).map((id) => run.argsOf(id)[1])).toEqual(['nested', 'left']);
});

test('a failure that nothing in a transaction handled fails it; nobody looking, it fails the flow', async () => {
  const run = await drained(() => {
    void transaction(() => {
      void refuse(book('x'));
      return 1;
    });
    return 2;
  });
  await expect(run.outcome).rejects.toMatchObject({ code: 'TASK_FAILED' });
  expect(undone(run.started)).toEqual(['book-0:undo']);
});

test('a map of what can be undone runs item by item; batches are refused', async () => {
  const run = startFlow(() => book.map(Array.from({ length: 300 }, (_, i) => i)));
  await settle();
  expect(run.started[0]).toBe('book-0[0]');
  expect(await failureOf(() => book.with({ batch: 10 }).map([1]))).toMatchObject({ code: 'BAD_OPTION' });
});

test('a transaction outside a flow is refused, and so is an undo that is no function', () => {
  const { code } = ((): { code: string } => {
    try {
      task('wrong', { undo: 1 as never }, () => 1);
      return { code: '' };
    } catch (error) {
      return error as { code: string };
    }
  })();
  expect(code).toBe('BAD_OPTION');
});
