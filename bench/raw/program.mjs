// A complete hand-written program with a prebuilt bundle: connects, hosts, runs the seed's pipeline once, ends.
// The floor for `perdure run` from shell to shell.
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import * as activities from './activities.js';

const [, , address, codePath] = process.argv;
Runtime.install({ logger: new DefaultLogger('ERROR') });
const [connection, native] = await Promise.all([
  Connection.connect({ address }),
  NativeConnection.connect({ address }),
]);
const taskQueue = `raw-${process.pid}`;
const worker = await Worker.create({ connection: native, taskQueue, workflowBundle: { codePath }, activities });
const client = new Client({ connection });
const result = await worker.runUntil(
  client.workflow.execute('seed', { args: [3], taskQueue, workflowId: `raw-seed-${process.pid}-${Date.now()}` }),
);
console.log(JSON.stringify({ result }));
process.exit(0);
