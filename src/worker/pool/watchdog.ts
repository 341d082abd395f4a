/**
 * The thread of a child process that is never busy. Host. It holds the child's end of a pipe to the pool. When the pipe
 * ends, the pool's process is gone, however it went, and the child is ended with it, even one that computes for ever.
 * And it takes attempts back that the child has not started because it is computing.
 */
import { Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { claim } from './claim-ring.js';

export interface WatchdogData {
  ring: Int32Array;
  fd: number;
}

const { ring, fd } = workerData as WatchdogData;
const pipe = new Socket({ fd, readable: true, writable: true });
const end = (): void => void process.kill(process.pid, 'SIGKILL');

let rest = '';
pipe.setEncoding('utf8');
pipe.on('data', (text: string) => {
  const lines = (rest + text).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) if (claim(ring, Number(line))) pipe.write(`${line}\n`);
});
pipe.on('end', end);
pipe.on('close', end);
pipe.on('error', end);
parentPort?.postMessage('armed');
