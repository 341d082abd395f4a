// Flows that throw what is hard to tell on; `throw-cases.ts` says what comes of each.
import { flow, task } from 'perdure';

const thrown = {
  'no prototype': () => Object.assign(Object.create(null) as object, { a: 1 }),
  'plain object': () => ({ message: 'of an object', status: 404 }),
  megabytes: () => new Error('long '.repeat(600_000)),
  'unreadable message': () =>
    Object.defineProperty(new RangeError('unread'), 'message', {
      get: () => {
        throw new Error('of the getter');
      },
    }),
  'endless causes': () => {
    const error = new Error('its own cause');
    error.cause = error;
    return error;
  },
};

export const throwing = flow('throwing', ({ what }: { what: keyof typeof thrown }) => {
  throw thrown[what]() as Error;
});
export const parent = flow('calls what throws', async (params: { what: keyof typeof thrown }) => {
  try {
    await throwing(params);
    return 'nothing';
  } catch (error) {
    const { message } = (error as Error).cause as Error;
    // Of a text that was cut, the end says so.
    return message.length < 100 ? message : message.slice(message.indexOf('…'));
  }
});

const refused = task('refused', { retries: 1 }, (n: number): number => {
  if (n !== 2) return n;
  throw Object.assign(new RangeError('no 2', { cause: new TypeError('why', { cause: 'deep' }) }), { status: 404 });
});

const hostile = task('hostile', (n: number): number => {
  if (n !== 2) return n;
  throw new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error('of the proxy');
      },
    },
  );
});
export const oneHostile = flow('one hostile', () => hostile(2));
export const hostileItem = flow('hostile item', async ({ batch }: { batch: number | false }) =>
  (await hostile.with({ batch }).map([1, 2, 3]).settled()).map(({ state }) => state),
);

/** What there is to know of an item's failure, and of the map's by way of its first. */
export const refusedItem = flow('refused item', async ({ batch }: { batch: number | false }) => {
  const map = refused.with({ batch }).map([1, 2, 3]);
  const [, settled] = await map.settled();
  const first = await map.then(
    () => undefined,
    (error: unknown) => (error as Error).cause as Error,
  );
  return [settled?.error, first].map((error) => {
    const thrown = (error as Error).cause as Error & { status: number };
    const why = thrown.cause as Error;
    const { attempt } = error as unknown as { attempt: number };
    return [attempt, thrown.name, thrown.status, why.name, why.message, (why.cause as Error).message];
  });
});
