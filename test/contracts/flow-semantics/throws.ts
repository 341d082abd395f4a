// Flows that throw what is hard to tell on; `throw-cases.ts` says what comes of each.
import { flow } from 'perdure';

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
