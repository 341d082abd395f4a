/** The built command, started in a project: what it prints, waiting for a line, its end, and the processes it leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, type FlowProject } from '../support/flow-project.js';

export const commandFile = join(checkout, 'dist/cli/main.js');

export interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<Ended>;
  /** Resolves when stderr holds `pattern`; rejects when the command ends without. */
  until(pattern: RegExp): Promise<void>;
}

/** A run of these tests that takes longer hangs. */
const endMs = 280_000;

/** Has room for a cold start on a slow machine; less than a test has, so that it can say what is missing. */
const patienceMs = 100_000;

/** Nothing of the terminal that the tests run in. */
export const plainEnvironment = (env: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  const own: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '' };
  for (const name of ['CI', 'NO_COLOR', 'FORCE_COLOR', 'TEMPORAL_ADDRESS', 'PERDURE_DEBUG']) delete own[name];
  return { ...own, ...env };
};

export const startCommand = (project: FlowProject, args: readonly string[], env?: NodeJS.ProcessEnv): RunningCommand =>
  startNode(project, [commandFile, ...args], env);

/** A program of the user's own, started like `npx tsx program.ts`. */
export const startProgram = (project: FlowProject, file: string): RunningCommand =>
  startNode(project, ['--import', import.meta.resolve('tsx'), file]);

const startNode = (project: FlowProject, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningCommand => {
  const child = spawn(process.execPath, args, {
    cwd: project.root,
    env: plainEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  let look: () => void = () => undefined;
  const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    output[stream] += chunk.toString();
    look();
  };
  child.stdout?.on('data', take('stdout'));
  child.stderr?.on('data', take('stderr'));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...output }));
    // Says what it was doing, which jest's own limit would not.
    if (args[1] !== 'run') return;
    setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`did not end: ${args.join(' ')}\n${output.stdout}\n${output.stderr}`));
    }, endMs).unref();
  });
  return {
    pid: child.pid ?? 0,
    child,
    output,
    ended,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (pattern.test(output.stderr)) resolve();
        };
        look();
        setTimeout(() => reject(new Error(`never ${String(pattern)}:\n${output.stderr}`)), patienceMs).unref();
        void ended.then(({ status }) =>
          reject(new Error(`ended with ${status} before ${String(pattern)}:\n${output.stderr}`)),
        );
      }),
  };
};

export const runCommand = (project: FlowProject, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> =>
  startCommand(project, args, env).ended;

/** Processes whose command line or open database says that they belong to the project. */
export const processesOf = (project: FlowProject): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(project.root);
      } catch {
        return false;
      }
    })
    .map(Number);

/** Kills the command and then what it left: it never hears of its children's end. */
export const killAll = async (project: FlowProject, command: RunningCommand): Promise<void> => {
  command.child.kill('SIGKILL');
  await eventually(() => {
    const left = processesOf(project);
    for (const pid of left)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    return left.length === 0;
  }, 'all processes are gone');
  await command.ended;
};

/** Waits for a condition, not for a time. */
export const eventually = async (isSo: () => boolean | Promise<boolean>, what: string): Promise<void> => {
  const deadline = Date.now() + patienceMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
