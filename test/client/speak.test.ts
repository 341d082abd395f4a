/** Speaking to runs that nobody hosts, and to runs that are not there. */
import { Client, Connection } from '@temporalio/client';
import { ClientRunHandle, startRun } from '../../src/client.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let client: Client;
beforeAll(async () => {
  server = await startTestServer();
  client = new Client({ connection: await Connection.connect({ address: server.address }) });
}, 60_000);
afterAll(async () => {
  await client?.connection.close();
  await server?.stop();
});

test('an answer that no worker takes is NOT_ANSWERED; signals and pause wait for one', async () => {
  const handle = await startRun(client, { name: 'nobody' }, { params: {}, taskQueue: 'nobody', id: 'unhosted' });
  await handle.signal('go', 1, { id: 'x' });
  await handle.pause();
  await expect(handle.approve('publish', true)).rejects.toMatchObject({ code: 'NOT_ANSWERED', details: { runId: 'unhosted', name: 'publish' } }); // prettier-ignore
  const { events } = await handle.workflow.fetchHistory();
  const signals = events?.flatMap(({ workflowExecutionSignaledEventAttributes: one }) => one?.signalName ?? []);
  expect(signals).toEqual(['go', 'perdure.pause']);
  await handle.workflow.terminate();
  await expect(handle.resume()).rejects.toMatchObject({ code: 'RUN_ENDED', details: { status: 'TERMINATED' } });
}, 60_000);

test('a run that is not there is RUN_NOT_FOUND, whatever is said to it', async () => {
  const handle = new ClientRunHandle(client, 'missing', '');
  for (const say of [
    () => handle.signal('go'),
    () => handle.approve('a'),
    () => handle.pause(),
    () => handle.approvals(),
  ])
    await expect(say()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
});
