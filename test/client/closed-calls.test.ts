/** What becomes of calls whose connection is closed while they are being tried again. */
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { callInterceptors } from '../../src/client/closed-calls.js';

test('they fail, and the process goes on', async () => {
  // Nothing listens there: each call is tried again a tenth of a second after its first failure.
  const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: callInterceptors });
  const calls = [0, 20, 40].map(async (ms) => {
    await wait(ms);
    return connection.workflowService.getSystemInfo({});
  });
  const ended = Promise.allSettled(calls);
  await wait(60);
  await connection.close();
  const closed = { code: 1, details: 'Channel has been shut down' };
  expect(await ended).toEqual(
    Array(3).fill({ status: 'rejected', reason: expect.objectContaining(closed) as unknown }),
  );
  await expect(connection.workflowService.getSystemInfo({})).rejects.toMatchObject(closed);
});
