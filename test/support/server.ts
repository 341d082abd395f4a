/** A Temporal dev server in memory for a test file: started on a free port, ended with the test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Connection } from '@temporalio/client';
import { findServerBinary } from '../../src/dev-server/index.js';
import { startOnFreePort } from './free-port.js';

export interface TestServer {
  address: string;
  stop(): Promise<void>;
}

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

/** A server on the port; how it ended, when it did: another program may have taken the port. */
const startOn = async (port: number): Promise<TestServer | string> => {
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
    if (hasEnded(child)) return `it exited with ${child.exitCode ?? child.signalCode}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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

export const startTestServer = (): Promise<TestServer> => startOnFreePort('the dev server', startOn);
