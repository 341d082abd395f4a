/**
 * A child process as a pool member. Host. Two channels lead to it: Node's own, read by its main thread, and a pipe read
 * by its watchdog thread, which answers while the main thread computes and sees the end of this process.
 */
import { fork } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { exitCause, tailChars } from './exit-cause.js';
import { childData } from './child-data.js';
import type { MemberEvents, MemberOptions, PoolMember } from './member.js';
import { isFromChild, type ToChild } from './messages.js';

// The built file, from `src` as from `dist`.
export const childEntry = new URL('../../../dist/worker/pool/child.js', import.meta.url);

/** How long to wait, after the exit, for what is still in the pipes. A grandchild may hold them open for ever. */
const drainMs = 250;
/** How long a dismissed child may take for its exit handlers. */
const dismissMs = 2_000;

export const startProcess = (options: MemberOptions, events: MemberEvents): PoolMember => {
  const child = fork(fileURLToPath(childEntry), [JSON.stringify(childData(options))], {
    serialization: 'advanced',
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const lifeline = child.stdio[4] as Duplex;
  let stderrTail = '';
  let isGone = false;
  let startError: Error | undefined;
  let drain: NodeJS.Timeout | undefined;

  child.stdout?.setEncoding('utf8').on('data', (text: string) => events.onOutput(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderrTail = (stderrTail + text).slice(-tailChars);
    events.onOutput(text);
  });
  let rest = '';
  lifeline.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) events.onReclaimed(Number(line));
  });
  // A write to a child that has just died; its exit is what counts.
  lifeline.on('error', () => undefined);

  const gone = (code: number | null, signal: NodeJS.Signals | null): void => {
    if (isGone) return;
    isGone = true;
    clearTimeout(drain);
    lifeline.destroy();
    events.onGone(startError ? `could not be started: ${startError.message}` : exitCause({ code, signal, stderrTail }));
  };
  child.on('message', (message: unknown) => {
    if (isFromChild(message)) events.onMessage(message);
  });
  child.on('exit', (code, signal) => {
    // 'close' comes once the pipes are read to their end: last messages and last words count.
    drain = setTimeout(() => gone(code, signal), drainMs);
  });
  child.on('close', gone);
  child.on('error', (error) => {
    startError = error;
    if (child.pid === undefined) gone(null, null);
  });

  const kill = (): void => void child.kill('SIGKILL');
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    reclaim: (n) => void lifeline.write(`${n}\n`),
    kill,
    dismiss: () => {
      // Not `disconnect()`: after it, Node never tells that the child's pipes are closed.
      if (child.connected) child.send({ kind: 'leave' } satisfies ToChild, () => undefined);
      const timer = setTimeout(kill, dismissMs);
      child.once('exit', () => clearTimeout(timer));
    },
  };
};
