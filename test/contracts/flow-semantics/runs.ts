// Attempts, values, cancellation and flows in flows; `run-cases.ts` says what comes of each.
import { currentRun, flow, type TaskFuture } from 'perdure';
import { z } from 'zod';
import {
  allBegun,
  bounded,
  boundedRetries,
  broken,
  brokenCondition,
  computedDelay,
  conditional,
  delayed,
  final,
  flaky,
  good,
  inc,
  later,
  lengthOf,
  near,
  nearBroken,
  nearFlaky,
  rowsOf,
  skipsLater,
  slow,
  slowForGood,
  slowOnce,
  stays,
  sum,
  text,
  use,
  waits,
  who,
} from './tasks.js';
import { kindOf, make, makeBad, type Kind } from './values.js';

const codeOf = (error: unknown): string => (error as { code: string }).code;
const stateAfter = async (future: PromiseLike<unknown> & { state: string }): Promise<unknown[]> => {
  const value = await future.then((one) => one, codeOf);
  return [value, future.state];
};

// Attempts.
export const attempts = flow('attempts', ({ from, retries }: { from: number; retries?: number }) =>
  stateAfter(retries === undefined ? flaky(from) : flaky.with({ retries })(from)),
);
export const delays = flow('delays', ({ from }: { from: number }) => stateAfter(delayed(from)));
export const delayComputed = flow('delay computed', ({ kind }: { kind: 'range' | 'type' }) =>
  stateAfter(computedDelay(kind)),
);
export const retryCondition = flow('retry condition', ({ kind }: { kind: 'range' | 'type' }) =>
  stateAfter(conditional(kind)),
);
export const conditionBroken = flow('condition broken', () => brokenCondition());
export const finalError = flow('final error', () => final());
export const retryAfter = flow('retry after', ({ after }: { after: string }) => stateAfter(later(after)));
export const skipOnRetry = flow('skip on retry', () => stateAfter(skipsLater()));
export const timesOut = flow('times out', () => slow());
export const timesOutThenRuns = flow('times out, then runs', () => stateAfter(slowOnce()));
export const timesOutForGood = flow('times out for good', () => stateAfter(slowForGood()));
export const timeoutOfCall = flow('timeout of a call', () => stateAfter(waits.with({ timeout: 30 })()));
export const outOfTotal = flow('out of total time', () => bounded());
export const outOfTotalByDelay = flow('out of total time by delay', () => boundedRetries());
export const localTask = flow('local task', () => near(near(1)));
export const localFlaky = flow('local flaky', ({ from }: { from: number }) => stateAfter(nearFlaky(from)));
export const localFails = flow('local fails', () => nearBroken());
export const exhausted = flow('exhausted task', () => flaky.with({ retries: 1 })(9));
export const errorShown = flow('error shown', async () => {
  try {
    return await broken('shown');
  } catch (error) {
    const { name, message, code, details, cause } = error as Error & {
      code: string;
      details: Record<string, unknown>;
      cause: Error;
    };
    const { taskName, taskRunId, attempt, flowName } = details;
    return {
      name,
      message,
      code,
      taskName,
      taskRunId,
      attempt,
      flowName,
      cause: [cause.name, cause.message, (cause.cause as Error).message],
    };
  }
});
export const errorLeaves = flow('error leaves', () => broken('leaves'));

// Who is who.
export const whoRuns = flow('who runs', () => who());
export const whoIsTagged = flow('who is tagged', async () => (await who.with({ tags: ['called'] })()).tags);
export const whoFlows = flow('who flows', () => {
  const { kind, flowName, tags } = currentRun();
  return { kind, flowName, tags };
});
export const whoAfterAwait = flow('who after await', async () => {
  await good();
  return currentRun().flowName;
});
export const named = flow('named calls', () => [good.with({ name: 'first' })(1), good(2)]);

// Values.
export const valueOut = flow('value out', ({ kind }: { kind: Kind }) => make(kind));
export const valueOn = flow('value on', ({ kind }: { kind: Kind }) => kindOf(make(kind)));
export const valueThroughFlow = flow('value through flow', async ({ kind }: { kind: Kind }) =>
  kindOf(await make(kind)),
);
export const valueIn = flow('value in', ({ value }: { value: unknown }) => ({
  given: kindOf(value),
  echoed: good(value),
  own: value,
}));
export const badValue = flow('bad value', ({ kind }: { kind: 'function' | 'instance' | 'symbol' | 'deep' | 'proto' }) =>
  makeBad(kind),
);
export const badArgument = flow('bad argument', ({ kind }: { kind: string }) => {
  class Invoice {}
  const values: Record<string, unknown> = {
    function: () => 1,
    symbol: Symbol('s'),
    instance: new Invoice(),
    promise: Promise.resolve(1),
    'function in a map': new Map([['f', () => 1]]),
  };
  return stateAfter(good(values[kind]));
});
export const badFlowValue = flow('bad flow value', async () => ({ map: new Map([['f', () => 1]]) }));
export const fnInFlow = flow('fn in flow', () => inc.fn(1));
export const coercion = flow('coercion', ({ how }: { how: 'text' | 'json' | 'sum' }) => {
  const future = inc(1);
  if (how === 'text') return `${future as never}`;
  return how === 'json' ? JSON.stringify({ future }) : Number(future) + 1;
});
type RowFuture = TaskFuture<{ id: number; tags: string[] }>;
export const partsOfValues = flow('parts of values', async () => {
  const row = good({ id: 7, tags: ['a', 'b'] }) as never as RowFuture;
  return [row.at('id'), row.at('tags').at(1), row.at('tags').at(-1)];
});
export const partOfNothing = flow('part of nothing', async () =>
  stateAfter(inc((good(null) as never as RowFuture).at('id'))),
);
export const bigValue = flow('big value', ({ length }: { length: number }) => text(length));
export const bigPassed = flow('big passed', ({ length }: { length: number }) => lengthOf(text(length)));
export const bigAwaited = flow('big awaited', async ({ length }: { length: number }) => (await text(length)).length);
export const bigSealedPassed = flow('big sealed, passed on', async ({ length }: { length: number }) =>
  lengthOf(await text(length)),
);
export const bigSealedReturned = flow('big sealed, returned', async ({ length }: { length: number }) => {
  const value = await text(length);
  return { value };
});
export const bigRead = flow('big read', async () => (await rowsOf(200, 10_000)).map(({ id }) => id));
export const bigLength = flow('big length', async () => (await rowsOf(200, 10_000)).length);
export const bigPart = flow('big part', async () => rowsOf(200, 10_000).at(150).at('id'));
export const bigArgument = flow('big argument', () => lengthOf('z'.repeat(300_000)));

// Cancellation.
export const cancelUnstarted = flow('cancel unstarted', async () => {
  const before = stays();
  const run = inc(before as never);
  run.cancel();
  const end = await stateAfter(run);
  await allBegun(1);
  before.cancel();
  return end;
});
export const cancelRunning = flow('cancel running', async () => {
  const run = waits();
  await good();
  run.cancel();
  return stateAfter(run);
});
export const cancelTwice = flow('cancel twice', async () => {
  const run = waits();
  await good();
  run.cancel();
  run.cancel();
  return stateAfter(run);
});
export const cancelEnded = flow('cancel ended', async () => {
  const run = inc(1);
  await run;
  run.cancel();
  return stateAfter(run);
});
export const cancelledReturns = flow('cancelled returns', async () => {
  const run = stays();
  await allBegun(1);
  run.cancel();
  return stateAfter(run);
});
export const cancelledUnhandled = flow('cancelled unhandled', () => {
  good().cancel();
  return 'value';
});
export const dependsOnCancelled = flow('depends on cancelled', async () => {
  const run = good();
  const next = use(run);
  run.cancel();
  return stateAfter(next);
});
export const cancelledFromOutside = flow('cancelled from outside', () => use(waits()));
export const cancelledCaught = flow('cancelled, caught', async () => {
  try {
    await waits();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'ended';
});
export const cancelledThenCalls = flow('cancelled, then calls', async () => {
  await waits().catch(() => undefined);
  return stateAfter(good());
});
export const cancelledMap = flow('cancelled map', () => waits.with({ concurrency: 1 }).map([0, 1, 2]));
export const cancelledWhileRetrying = flow('cancelled while it retries', () => later('1 hour'));
export const cancelledParent = flow('cancelled parent', () => cancelledFromOutside());

// Flows in flows.
export const child = flow('child', ({ n }: { n: number }) => inc(n));
export const parent = flow('parent', async () => [child({ n: 1 }), await child({ n: inc(1) as never })]);
export const childFails = flow('child fails', () => broken('in the child'));
export const parentOfFailure = flow('parent of failure', async () => {
  const run = childFails();
  try {
    await run;
    return 'fine';
  } catch (error) {
    const { code, message, cause } = error as Error & { code: string; cause: Error };
    return [code, message, cause.name, cause.message, run.state];
  }
});
export const parentFails = flow('parent fails', () => childFails());
export const childCancelled = flow('child cancelled', async () => {
  const run = cancelledFromOutside();
  await good();
  run.cancel();
  return stateAfter(run);
});
export const childThrows = flow('child throws', async () => {
  await good();
  throw new SyntaxError('of the child');
});
export const parentOfThrower = flow('parent of thrower', async () => {
  try {
    return await childThrows();
  } catch (error) {
    const { message, cause } = error as Error & { cause: Error };
    return [message, cause.name];
  }
});
export const childKnowsItself = flow('child knows itself', () => {
  const { flowName, runId, tags } = currentRun();
  return { flowName, end: runId.split('/').at(-1), tags };
});
export const parentOfKnowing = flow('parent of knowing', () => childKnowsItself());
export const childOfStored = flow('child of stored', ({ text }: { text: string }) => text.length);
export const parentOfStored = flow('parent of stored', () => childOfStored({ text: text(50_000) as never }));
export const grandparent = flow('grandparent', () => use(parent()));
export const childAfter = flow('child after', async () => {
  const run = child.with({ after: [broken()] })({ n: 1 });
  return stateAfter(run);
});
export const runInside = flow('run inside', () => child.run({ n: 1 }));

// Options of flows.
export const withSchema = flow(
  'with schema',
  {
    params: z.object({
      n: z.coerce.number().default(3),
      day: z
        .string()
        .transform((day) => day.toUpperCase())
        .optional(),
    }),
  },
  ({ n, day }) => ({ n: inc(n), day }),
);
export const schemaInChild = flow('schema in child', () => withSchema({ n: 'x' }));
export const retriedFlow = flow('retried flow', { retries: 2, retryDelay: '10 ms' }, async () => {
  await broken();
});
export const timedOutFlow = flow('timed out flow', { timeout: '400 ms' }, () => waits());
export const childTimesOut = flow('child times out', () => stateAfter(timedOutFlow()));
export const noValue = flow('no value', () => undefined);
export const nothingCalled = flow('nothing called', ({ n }: { n: number }) => n * 2);
export const sumOfMany = flow('sum of many', () => sum(Array.from({ length: 50 }, (_, i) => inc(i))));
