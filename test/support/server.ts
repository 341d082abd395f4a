/** A Temporal dev server in memory for a test file: started on a free port, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
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

const isServing = async (address: string): Promise<boolean> => {
  try {
    const connection = await Connection.connect({ address, connectTimeout: '1s' });
    await connection.workflowService.describeNamespace({ namespace: 'default' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
};

export const startTestServer = async (): Promise<TestServer> => {
  const { path } = await findServerBinary();
  const port = await freePort();
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(port),
    '--log-level',
    'error',
  ];
  // As shipped, the server's timers are up to a second late, the delay of a retry among them.
  args.push('--dynamic-config-value', 'history.timerProcessorMaxTimeShift="1ms"');
  const child: ChildProcess = spawn(path, args, { stdio: 'ignore' });
  const address = `127.0.0.1:${port}`;
  while (!(await isServing(address))) {
    if (child.exitCode !== null) throw new Error(`the dev server exited with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    address,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
};
