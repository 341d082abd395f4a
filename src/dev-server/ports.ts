/**
 * Ports for a server on the loopback address. Host. Chosen below the range that systems take for outgoing
 * connections: a client that keeps dialling a stopped server could otherwise be given the server's own port
 * as its source, and the restart would find it taken.
 */
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { ConnectionError } from '../core/errors.js';
import type { ServerPorts } from './server-record.js';

export const loopback = '127.0.0.1';
/** Temporal's own defaults, preferred for a server that is kept up: its UI keeps its address. */
const usualPorts = { grpc: 7233, ui: 8233 };
const [lowest, highest] = [20_000, 30_000];

export interface PortWishes {
  ui: boolean;
  /** Take the usual ports when they are free. */
  preferUsual: boolean;
  /** Fixed by the user: taken means an error. */
  grpcPort?: number | undefined;
  uiPort?: number | undefined;
}

export const choosePorts = async (wishes: PortWishes): Promise<ServerPorts> => {
  const taken = new Set<number>();
  const choose = async (fixed: number | undefined, usual: number | undefined): Promise<number> => {
    const port =
      fixed !== undefined
        ? await requirePort(fixed)
        : usual !== undefined && wishes.preferUsual && !taken.has(usual) && (await isPortFree(usual))
          ? usual
          : await freePort(taken);
    taken.add(port);
    return port;
  };
  const grpc = await choose(wishes.grpcPort, usualPorts.grpc);
  const ui = wishes.ui ? await choose(wishes.uiPort, usualPorts.ui) : undefined;
  return { grpc, http: await choose(undefined, undefined), ...(ui === undefined ? {} : { ui }) };
};

export const isPortFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: loopback, exclusive: true }, () => probe.close(() => resolve(true)));
  });

const freePort = async (taken: ReadonlySet<number>): Promise<number> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = randomInt(lowest, highest);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new ConnectionError(
    'SERVER_DID_NOT_START',
    `No free port was found on ${loopback} between ${lowest} and ${highest}. Give one with the \`port\` option.`,
  );
};

const requirePort = async (port: number): Promise<number> => {
  if (await isPortFree(port)) return port;
  throw new ConnectionError(
    'SERVER_DID_NOT_START',
    `Port ${port} on ${loopback} is taken by another program. Free it, or choose another port.`,
    { details: { port } },
  );
};
