/**
 * The clock of Temporal's time-skipping test server. HOST. It goes as everybody's does, but while somebody waits for what
 * only time can bring: then it goes on to the next timer whenever no task runs.
 */
import { InternalConnectionOptionsSymbol } from '@temporalio/client/lib/connection.js';
import { openConnection } from './connection.js';

export interface TestClock {
  /** Skips time until the promise settles; gives what it gives. */
  during<T>(waiting: Promise<T>): Promise<T>;
  /** Lets so much of the server's time go by at once. */
  sleep(ms: number): Promise<void>;
  close(): Promise<void>;
}

export const connectTestClock = async ({ address }: { address: string }): Promise<TestClock> => {
  const options = { address, [InternalConnectionOptionsSymbol]: { supportsTestService: true } };
  const connection = await openConnection(options);
  const service = connection.testService!;
  await service.lockTimeSkipping({});
  let waiting = 0;
  // The server counts as well, and refuses to be unlocked twice: one at a time.
  let last: Promise<unknown> = Promise.resolve();
  const change = (by: 1 | -1): Promise<unknown> =>
    (last = last
      .catch(() => undefined)
      .then(() => {
        waiting += by;
        if (by === 1 && waiting === 1) return service.unlockTimeSkipping({});
        return waiting === 0 ? service.lockTimeSkipping({}) : undefined;
      }));
  return {
    async during(promise) {
      await change(1);
      try {
        return await promise;
      } finally {
        // Closed meanwhile, there is no clock to hold.
        await change(-1).catch(() => undefined);
      }
    },
    async sleep(ms) {
      const duration = { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1e6 };
      await service.unlockTimeSkippingWithSleep({ duration: duration as never });
    },
    close: () => connection.close(),
  };
};
