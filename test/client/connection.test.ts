/** What becomes of calls whose connection is closed while they are being tried again; the server always says: not now. */
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { openConnection } from '../../src/client/connection.js';

const grpc = { ':status': 200, 'content-type': 'application/grpc' };
const unavailable = { ...grpc, 'grpc-status': '14' };
const emptyMessage = Buffer.alloc(5);

const server = createServer();
server.on('stream', (stream, { ':path': path = '' }) => {
  if (!path.endsWith('/GetSystemInfo')) return stream.respond(unavailable, { endStream: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond(grpc, { waitForTrailers: true });
  stream.end(emptyMessage);
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

test('they fail as cancelled, as later ones do, and the process goes on', async () => {
  const connection = await openConnection({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  const ask = () => connection.workflowService.describeNamespace({ namespace: 'default' });
  const called = once(server, 'stream');
  const first = expect(ask()).rejects.toMatchObject({ code: 1, details: 'The connection was closed' });
  await called;
  await connection.close();
  await first;
  await expect(ask()).rejects.toMatchObject({ code: 1, details: 'The connection was closed' });
});
