/**
 * Puts the end of a child process into words. Host. Completes the sentence "its process …".
 */

/** The last of what a child printed to stderr: V8 says there, and only there, that its heap was full. */
export const tailChars = 4_096;

const outOfMemory = 'ran out of memory (V8 heap)';

export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  stderrTail: string;
}

export const exitCause = ({ code, signal, stderrTail }: ProcessExit): string => {
  const isAbort = signal === 'SIGABRT' || code === 134;
  if (isAbort && /heap out of memory|allocation failed/i.test(stderrTail)) return outOfMemory;
  if (signal === 'SIGKILL') return 'was killed by SIGKILL (from outside; often the system, short of memory)';
  if (signal !== null) return `was killed by ${signal}`;
  return `exited with code ${code}`;
};

/** The end of a worker thread: its `error` event, or its exit code. */
export const threadCause = (error: unknown, code: number): string => {
  if ((error as { code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') return outOfMemory;
  return error === undefined
    ? `exited with code ${code}`
    : `failed: ${error instanceof Error ? error.message : 'with a value that is no error'}`;
};
