/**
 * A worker thread as a pool member. Host. Cheaper than a process and sharing its memory limit and its native crashes;
 * a body that spins or calls `process.exit` costs the thread only.
 */
import { Worker } from 'node:worker_threads';
import { claim, createClaimRing } from './claim-ring.js';
import { childData } from './child-data.js';
import { threadCause } from './exit-cause.js';
import type { MemberEvents, MemberOptions, PoolMember } from './member.js';
import { isFromChild } from './messages.js';
import { childEntry } from './process-member.js';

export const startThread = (options: MemberOptions, events: MemberEvents): PoolMember => {
  const ring = createClaimRing();
  const thread = new Worker(childEntry, {
    workerData: { ...childData(options), ring },
    execArgv: [],
    stdout: true,
    stderr: true,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let failure: unknown;
  thread.stdout.setEncoding('utf8').on('data', (text: string) => events.onOutput(text));
  thread.stderr.setEncoding('utf8').on('data', (text: string) => events.onOutput(text));
  thread.on('message', (message: unknown) => {
    if (isFromChild(message)) events.onMessage(message);
  });
  thread.on('error', (error) => {
    failure = error;
  });
  thread.on('exit', (code) => events.onGone(threadCause(failure, code)));
  const kill = (): void => void thread.terminate();
  return {
    pid: undefined,
    send: (message) => thread.postMessage(message),
    reclaim: (n) => {
      if (claim(ring, n)) events.onReclaimed(n);
    },
    kill,
    dismiss: kill,
  };
};
