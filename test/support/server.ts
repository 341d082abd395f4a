/** A Temporal dev server in memory for a test file: started on a free port, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Connection } from '@temporalio/client';
import { findServerBinary } from '../../src/dev-server/index.js';

export interface TestServer {
  address: string;
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
};

/** Whether a server answers there that has the namespace. */
const isServing = async (address: string, namespace: string): Promise<boolean> => {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: '1s' });
    for (const name of ['default', namespace]) await connection.workflowService.describeNamespace({ namespace: name });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** A server on the port; `undefined` when it ended, as it does when another program has taken the port meanwhile. */
const startOn = async (port: number): Promise<{ child: ChildProcess; address: string } | undefined> => {
  const { path } = await findServerBinary();
  // Only this server has it: whatever else may answer on the port is not taken for it.
  const namespace = randomUUID();
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--namespace',
    namespace,
    '--log-level',
    'error',
  ];
  // As shipped, the server's timers are up to a second late, the delay of a retry among them.
  args.push('--dynamic-config-value', 'history.timerProcessorMaxTimeShift="1ms"');
  const child: ChildProcess = spawn(path, args, { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  while (!(await isServing(address, namespace))) {
    if (hasEnded(child)) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, address };
};

export const startTestServer = async (): Promise<TestServer> => {
  let started: Awaited<ReturnType<typeof startOn>>;
  for (let ports = 0; started === undefined; ports++) {
    if (ports === 5) throw new Error('the dev server exited on five ports');
    started = await startOn(await freePort());
  }
  const { child, address } = started;
  return {
    address,
    stop: async () => {
      if (hasEnded(child)) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
};
