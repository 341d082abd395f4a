/** Servers of tests on ports that nobody has: found, given up, and taken by the server, which may come too late. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

/** Tries three ports. `startOn` gives a text, of its end, when the server ended: another program may have taken the port. */
export const startOnFreePort = async <T extends object>(
  name: string,
  startOn: (port: number) => Promise<T | string>,
): Promise<T> => {
  const ends: string[] = [];
  while (ends.length < 3) {
    const started = await startOn(await freePort());
    if (typeof started !== 'string') return started;
    ends.push(started);
  }
  throw new TypeError(`${name} did not start on three ports:\n${ends.join('\n')}`);
};
