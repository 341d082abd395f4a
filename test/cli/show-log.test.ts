import { showLog } from '../../src/cli/run/show-log.js';

type Context = Parameters<typeof showLog>[0];
type Handle = Parameters<typeof showLog>[1];
type Reading = NonNullable<Parameters<Handle['logs']>[0]>;

test('a run that ends while its log is looked at is not waited for until the next look', async () => {
  let looked: () => void = () => undefined;
  const look = new Promise<void>((resolve) => (looked = resolve));
  let isLooking: () => void = () => undefined;
  const looking = new Promise<void>((resolve) => (isLooking = resolve));
  const handle = {
    async *logs({ isOver, pause }: Reading) {
      for (;;) {
        const isLast = await isOver?.();
        isLooking();
        await look;
        yield* [];
        if (isLast) return;
        await pause?.(600_000);
      }
    },
  } as unknown as Handle;

  const end = showLog({ flags: {}, terminal: { style: () => ({}) } } as unknown as Context, handle);
  await looking;
  const ended = end();
  looked();
  await ended;
});
