/**
 * The entry of a child process or thread: loads the user's files, says what they declare, and runs task bodies until
 * its pool lets it go. Host. It must not outlive its pool, must not let one body's stray error hit another, and must
 * not take the terminal's signals: the worker decides how a shutdown goes.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { recordFailure } from './record-failure.js';
import { sealRegistry } from '../../authoring/definition.js';
import { createBodyRunner, type BodyRunner } from './body-runner.js';
import { claim, createClaimRing } from './claim-ring.js';
import { isTypeScript, loadSources, registerTypeScript } from './load-sources.js';
import type { ChildData } from './child-data.js';
import type { FromChild, ToChild } from './messages.js';

/** File descriptor of the pipe whose end says that the pool's process is gone. */
export const lifelineFd = 4;

const data: ChildData = isMainThread ? (JSON.parse(process.argv[2] ?? '{}') as ChildData) : (workerData as ChildData);
const ring = data.ring ?? createClaimRing();

const send = (message: FromChild): void => {
  if (parentPort) parentPort.postMessage(message);
  else if (process.connected) process.send!(message);
};

/** `process.exit` itself, which a body's own call reaches only after the pool has been told who called. */
const exit = process.exit.bind(process);

const armWatchdog = async (): Promise<void> => {
  const file = new URL(`./watchdog${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
  const thread = new Worker(file, { workerData: { ring, fd: lifelineFd }, execArgv: [], stdout: false, stderr: false });
  thread.unref();
  await once(thread, 'message');
};

const die = (cause: string, n?: number): never => {
  send({ kind: 'dying', cause, ...(n === undefined ? {} : { n }) });
  return exit(1);
};

/** What the launcher refused when a file of this child wanted to start a run as it was loaded. */
const refusedRun = (): unknown => (globalThis as Record<symbol, unknown>)[Symbol.for('perdure.refused-run')];

const guard = (runner: BodyRunner): void => {
  const onStray = (what: string) => (error: unknown) => {
    // The boot reports it.
    if (runner.blame(error) || (error !== undefined && error === refusedRun())) return;
    console.error(error);
    die(`had an ${what} outside any task: ${recordFailure(error).message}`);
  };
  process.on('uncaughtException', onStray('uncaught exception'));
  process.on('unhandledRejection', onStray('unhandled rejection'));
  process.exit = (code) => {
    const cause = `called process.exit(${code ?? process.exitCode ?? ''})`;
    send({ kind: 'dying', cause, ...runner.current() });
    return exit(code);
  };
  if (!isMainThread) return;
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => undefined);
  process.on('disconnect', () => exit(0));
};

const boot = async (): Promise<void> => {
  (globalThis as Record<symbol, unknown>)[Symbol.for('perdure.role')] = 'child';
  process.setSourceMapsEnabled(true);
  const runner = createBodyRunner({ send, claim: (n) => claim(ring, n), settings: data.batches });
  guard(runner);
  const receive = (message: unknown): void => {
    if ((message as ToChild).kind === 'leave') exit(0);
    else runner.receive(message as ToChild);
  };
  const armed = isMainThread ? armWatchdog() : Promise.resolve();
  try {
    // Only with TypeScript in the way does the thread have to be up first: its file must not pass through that hook.
    const typed = data.sources.filter(isTypeScript);
    if (typed.length > 0) await armed.then(() => registerTypeScript(typed));
    const [manifest] = await Promise.all([loadSources(data.sources), armed]);
    // Such files do the same in the sandbox, where their runs would stand still: they are not fit to be loaded.
    if (refusedRun() !== undefined) throw refusedRun();
    sealRegistry('after its module was evaluated');
    if (parentPort) parentPort.on('message', receive);
    else process.on('message', receive);
    send({ kind: 'ready', manifest });
  } catch (error) {
    send({ kind: 'unloadable', error: recordFailure(error) });
  }
};

await boot();
