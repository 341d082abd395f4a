// Runs each flow of shapes.ts with its parameters and prints one JSON object: how every one ended.
import { PerdureError } from 'perdure';
import * as shapes from './shapes.js';

type Runnable = { run(params?: unknown): Promise<unknown>; flowName: string };
const params: Record<string, unknown> = {
  loop: { times: 5 },
  unawaitedChain: { times: 30 },
  mapped: { n: 20 },
  mapChained: { n: 10 },
  mapFailures: { n: 15 },
  withParams: { n: '7' },
};

const describe = (error: unknown): object => {
  const { name, message, cause, stack } = error as Error;
  const own = error instanceof PerdureError ? { code: error.code, details: error.details } : {};
  return { name, message, ...own, stack, ...(cause === undefined ? {} : { cause: describe(cause) }) };
};

const outcomes = await Promise.all(
  Object.entries(shapes as unknown as Record<string, Runnable>)
    .filter(([name]) => name !== 'long')
    .map(async ([name, flow]) => {
      try {
        return [name, { value: await flow.run(params[name]) }];
      } catch (error) {
        return [name, { error: describe(error) }];
      }
    }),
);
console.log(
  JSON.stringify(Object.fromEntries(outcomes), (_, value) => (typeof value === 'bigint' ? String(value) : value)),
);
