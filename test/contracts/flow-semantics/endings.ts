// Hooks, undo and transactions; `ending-cases.ts` says what comes of each.
import {
  allFinished,
  allowFailure,
  approval,
  currentRun,
  flow,
  type HookEvent,
  sleep,
  SkipTask,
  task,
  type TaskFuture,
  transaction,
  waitFor,
} from 'perdure';
import { broken, good, skipped, waits } from './tasks.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;

// A hook that is told something wrong fails, which its own state shows.
const expects = (ok: boolean, event: HookEvent): void => {
  if (!ok) throw new RangeError(JSON.stringify(event));
};
const afterTask = task('after task', (event: HookEvent) => {
  const { runId, flowName, taskName, taskRunId, state, value } = event;
  expects(runId !== '' && flowName.startsWith('hooks') && taskName === 'hooked' && taskRunId === 'hooked-0', event);
  expects(state === 'Completed' && value === 7, event);
});
const afterFailure = task('after failure', (event: HookEvent) => {
  const { state, error } = event;
  expects(state === 'Failed' && error?.code === 'TASK_FAILED' && error.message.includes('of the task'), event);
});
const afterMap = task('after map', (event: HookEvent) => {
  expects(event.taskRunId === 'hooked item-0' && event.state === 'Completed', event);
});
const told = task('told', ({ state }: HookEvent) => state);
const second = task('told second', ({ state }: HookEvent) => state);
const failsAfter = task('fails after', (): void => {
  throw new TypeError('of the hook');
});
const hooked = task(
  'hooked',
  { onCompletion: afterTask, onFailure: afterFailure, onCancellation: told },
  (n: number) => {
    if (n < 0) throw new RangeError('of the task');
    return n;
  },
);
const hookedItem = task('hooked item', { onCompletion: afterMap, onFailure: afterMap }, (n: number) => n);
const hookedLate = task('hooked late', { retries: 1, onFailure: told, onCompletion: told }, () => {
  if (currentRun().attempt === 1) throw new RangeError('once');
  return 'then';
});
const hookedUnmet = task('hooked unmet', { onFailure: told }, (value: unknown) => value);
const hookedSkip = task('hooked skip', { onCompletion: told, onFailure: told, onCancellation: told }, (): number => {
  throw new SkipTask();
});
const hookedBadly = task('hooked badly', { onCompletion: [failsAfter, told] }, () => 1);

export const hooksOfTask = flow('hooks of a task', () => hooked(7));
export const hooksOfMap = flow('hooks of a map', ({ batch }: { batch: number | false }) =>
  hookedItem.with({ batch }).map([1, 2, 3]),
);
export const hooksOfFailure = flow('hooks of a failure', () => hooked(-1).catch(codeOf));
export const hooksOfRetry = flow('hooks of a retry', () => hookedLate());
export const hooksOfUnmet = flow('hooks of what is unmet', () => hookedUnmet(broken()).catch(codeOf));
export const hooksOfSkip = flow('hooks of a skip', () => ({ value: hookedSkip() }));
export const hooksThatFail = flow('hooks that fail', () => hookedBadly());
export const hooksOfCancelled = flow('hooks of a cancelled one', async () => {
  const run = hooked(7);
  run.cancel();
  return run.catch(codeOf);
});
export const hooksOfFlow = flow(
  'hooks of a flow',
  { onCompletion: [told, second], onFailure: second, onCancellation: [told] },
  async ({ how }: { how: 'ok' | 'fail' | 'throw' | 'wait' }) => {
    if (how === 'throw') throw new SyntaxError('of the flow');
    if (how === 'wait') return waits();
    return how === 'ok' ? good(1) : broken();
  },
);
export const hooksOfRetriedFlow = flow('hooks of a retried flow', { retries: 1, onFailure: told }, () => broken());

// Undo.
const book = task(
  'book',
  {
    undo: (seat, what) => {
      if (seat !== `seat ${what}`) throw new RangeError(`${seat} is not of ${what}`);
    },
  },
  (what: string) => `seat ${what}`,
);
const stuck = task(
  'stuck',
  {
    undo: () => {
      throw new TypeError('there is no way back');
    },
  },
  (what: string) => what,
);
const undoneLate = task(
  'undone late',
  {
    retries: 1,
    undo: () => {
      if (currentRun().attempt === 1) throw new TypeError('not yet');
    },
  },
  (what: string) => what,
);
const halfBooked = task('half booked', { undo: () => undefined }, async (_what: string): Promise<string> => {
  throw new RangeError('sold out');
});

export const undone = flow('undone', { onFailure: told }, async () => {
  await book('a');
  await good();
  await book('b');
  await book('c');
  return broken();
});
export const undoneByThrow = flow('undone by a throw', async () => {
  await book('a');
  throw new SyntaxError('of the flow');
});
export const notUndone = flow('not undone', async () => {
  await book('a');
  await broken().catch(() => undefined);
  return book('b');
});
export const onlyCompletedUndone = flow('only completed ones are undone', async () => {
  await book('a');
  await halfBooked('b').catch(() => undefined);
  const never = book('c');
  never.cancel();
  await never.catch(() => undefined);
  return broken();
});
export const undoneMap = flow('map undone', async () => {
  await book.map(['a', 'b', 'c']);
  await book('d');
  return broken();
});
export const undoneWhenCancelled = flow('undone when cancelled', async () => {
  await book('a');
  return waits();
});
export const undoFails = flow('undo fails', async () => {
  await book('a');
  await stuck('b');
  await undoneLate('c');
  return broken();
});
const bookingChild = flow('booking child', async ({ fails }: { fails: boolean }) => {
  await book('in the child');
  if (fails) await broken();
  return 'booked';
});
export const childStands = flow('a child stands', async () => {
  await bookingChild({ fails: false });
  await book('a');
  return broken();
});
export const childUndoes = flow('a child undoes', () => bookingChild({ fails: true }).catch(codeOf));

// Transactions.
export const transactionCommits = flow('transaction commits', async () => {
  const value = await transaction(async () => [await book('a'), await book('b')]);
  return [value, await good('after')];
});
export const transactionRollsBack = flow('transaction rolls back', async () => {
  await book('kept');
  const end = await transaction(async () => {
    await book('a');
    await book('b');
    throw new SyntaxError('of the transaction');
  }).catch((error: Error) => error.name);
  return [end, await book('after')];
});
export const transactionFails = flow('transaction fails', () =>
  transaction(async () => {
    await book('a');
    broken();
    return 'value';
  }).catch(codeOf),
);
export const transactionHandles = flow('transaction handles', () =>
  transaction(async () => {
    await book('a');
    await allowFailure(broken());
    await skipped();
    return 'value';
  }),
);
export const transactionCancels = flow('transaction cancels', async () => {
  const runs: TaskFuture<unknown>[] = [];
  const end = await transaction(async () => {
    await book('a');
    const running = waits();
    runs.push(running, good(running), waitFor('never'));
    await good();
    throw new SyntaxError('of the transaction');
  }).catch((error: Error) => error.name);
  return [end, ...runs.map(({ state }) => state)];
});
/** What waits for something that ends at once when it is cancelled, before its own turn has come. */
const callWaiting = async (): Promise<TaskFuture<unknown>[]> => {
  const nap = sleep('1 day');
  const first = good(nap);
  const waiting = [first, good(first), good.with({ trigger: allFinished })(nap), good.map(first)];
  const asked = approval('never');
  asked.after(nap);
  const map = waits.with({ concurrency: 1 }).map([0, 1]);
  return [nap, ...waiting, asked, map, good.map(map)];
};
export const waitingCalledOff = flow('waiting, called off', async ({ how }: { how: 'throw' | 'wait' }) => {
  await callWaiting();
  await sleep(how === 'throw' ? 20 : '1 day');
  throw new SyntaxError('of the flow');
});
export const transactionCallsOff = flow('transaction calls off', async () => {
  let runs: TaskFuture<unknown>[] = [];
  await transaction(async () => {
    runs = await callWaiting();
    await sleep(20);
    throw new SyntaxError('of the transaction');
  }).catch(() => undefined);
  return runs.map(({ state }) => state);
});
export const transactionsNested = flow('transactions nested', ({ fails }: { fails: 'inner' | 'outer' }) =>
  transaction(async () => {
    await book('a');
    await transaction(async () => {
      await book('b');
      if (fails === 'inner') throw new SyntaxError('inner');
    }).catch(() => undefined);
    await book('c');
    if (fails === 'outer') throw new SyntaxError('outer');
    return 'value';
  }).catch((error: Error) => error.message),
);
export const transactionThenFlow = flow('transaction, then the flow fails', async () => {
  await transaction(async () => {
    await book('a');
    await sleep(5);
    await book('b');
  });
  await book('c');
  return broken();
});
export const transactionUndoFails = flow('transaction cannot be undone', () =>
  transaction(async () => {
    await stuck('a');
    throw new SyntaxError('of the transaction');
  }).catch((error: Error & { code: string; cause?: Error }) => [error.code, error.cause?.name]),
);
