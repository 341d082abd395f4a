/**
 * A contender: a program that is started once, stays warm, and is asked for one measurement at a time, so that several
 * can take turns in one run. It answers a line `<work> <n> <runs>` on stdin with one JSON line on stdout.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ContenderOptions {
  name: string;
  command: readonly string[];
  env?: Record<string, string>;
}

/** One answer: the median in `ms`, each run's time in `runs`, and what else the contender tells, by name. */
export interface Measurement extends Record<string, unknown> {
  peer: string;
  work: string;
  ms: number;
  runs: number[];
  result: unknown;
}

export interface Contender {
  readonly name: string;
  readonly pid: number;
  /** Rejects when the contender fails, ends, or takes longer than `timeoutMs`, after which it is ended. */
  ask(work: string, n: number, options?: { runs?: number; timeoutMs?: number }): Promise<Measurement>;
  /** Lets it end by itself, and ends it after 20 seconds. */
  close(): Promise<void>;
}

const alive = new Set<number>();
process.once('exit', () => alive.forEach(endGroup));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** With what it started itself: each contender leads a process group. */
const endGroup = (pid: number): void => {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
};

/** The last line that names an error, of what a program has said before it ended; else its last line. */
const reasonIn = (complaints: string): string => {
  const lines = complaints.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? 'it said nothing';
};

export const startContender = ({ name, command, env = {} }: ContenderOptions): Contender => {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...env }, detached: process.platform !== 'win32' });
  const pid = child.pid ?? 0;
  if (pid > 0) alive.add(pid);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-20_000)));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // Among them may be what a library logs.
  const nextAnswer = async (): Promise<IteratorResult<string, unknown>> => {
    for (;;) {
      const line = await answers.next();
      if (line.done || line.value.startsWith('{')) return line;
    }
  };
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', () => done());
  });
  void ended.then(() => alive.delete(pid));
  // A write to one that has ended shows as the end of its answers.
  child.stdin.on('error', () => undefined);

  return {
    name,
    pid,
    async ask(work, n, { runs = 1, timeoutMs = 900_000 } = {}) {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        endGroup(pid);
      }, timeoutMs);
      child.stdin.write(`${work} ${n} ${runs}\n`);
      const { value, done } = await nextAnswer();
      clearTimeout(timer);
      if (isLate) throw new Error(`${work} ${n}: over ${timeoutMs / 1_000} s`);
      if (done) throw new Error(`${work} ${n}: it ended: ${reasonIn(complaints)}`);
      const answer = JSON.parse(value) as Measurement & { error?: string };
      if (answer.error !== undefined) throw new Error(`${work} ${n}: ${answer.error}`);
      return answer;
    },
    async close() {
      child.stdin.end();
      const timer = setTimeout(() => endGroup(pid), 20_000);
      await ended;
      clearTimeout(timer);
    },
  };
};
