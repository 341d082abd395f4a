/**
 * The built pool, since both ends of a pool are one build and its children are the built ones (`npx tsc -p tsconfig.json`).
 * Starts pools over the fixtures and closes them after each test; makes attempts
 * with a few words.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AttemptFailure, type AttemptOptions, type TaskManifest } from '../../../dist/activities/task-host.js';
import { createTaskPool, type TaskPool, type TaskPoolOptions } from '../../../dist/worker/pool/task-pool.js';
import { defaultTaskPolicy, type TaskPolicy } from '../../../dist/core/task-policy.js';

export const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

const open = new Set<TaskPool>();
const folders: string[] = [];

export const startPool = (options: Partial<TaskPoolOptions> = {}): TaskPool => {
  const pool = createTaskPool({
    sources: [fixture('tasks.js')],
    isolation: 'processes',
    size: 2,
    cancelGraceMs: 200,
    onEvent: () => undefined,
    ...options,
  });
  open.add(pool);
  return pool;
};

export const closePools = async (): Promise<void> => {
  await Promise.all([...open].map((pool) => pool.kill()));
  open.clear();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
};

const manifests = new WeakMap<TaskPool, TaskManifest>();

export interface Attempting extends AttemptOptions {
  policy?: Partial<TaskPolicy>;
  charged?: number;
}

/** Runs one attempt as the activity would: with the declared policy, changed by `policy`. */
export const attempt = async (
  pool: TaskPool,
  taskName: string,
  args: unknown[] = [],
  { policy, charged = 0, ...options }: Attempting = {},
): Promise<unknown> => {
  if (!manifests.has(pool)) manifests.set(pool, await pool.ready);
  const declared = manifests.get(pool)!.tasks.find(({ name }) => name === taskName)?.policy ?? defaultTaskPolicy;
  return pool.run(
    {
      taskName,
      args,
      charged,
      policy: { ...declared, ...policy },
      run: { kind: 'task', flowName: 'f', runId: 'r1', tags: ['t'], taskName, taskRunId: `${taskName}-0`, attempt: 1 },
    },
    options,
  );
};

export const failureOf = async (running: Promise<unknown>): Promise<AttemptFailure> => {
  const end = await running.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (!(end instanceof AttemptFailure)) throw new TypeError(`expected an AttemptFailure, got ${JSON.stringify(end)}`);
  return end;
};

export interface Ledger {
  file: string;
  lines(): string[];
  /** Resolves once `count` lines start with `prefix`. */
  until(prefix: string, count?: number): Promise<void>;
  /** A file that `gate` bodies wait for. */
  gate: string;
  openGate(): void;
}

export const startLedger = (): Ledger => {
  const folder = mkdtempSync(join(tmpdir(), 'perdure-pool-'));
  folders.push(folder);
  const file = join(folder, 'ledger');
  const gate = join(folder, 'gate');
  writeFileSync(file, '');
  const lines = (): string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return {
    file,
    gate,
    lines,
    until: async (prefix, count = 1) => {
      while (lines().filter((line) => line.startsWith(prefix)).length < count)
        await new Promise((resolve) => setTimeout(resolve, 5));
    },
    openGate: () => writeFileSync(gate, ''),
  };
};

/** Whether the process still exists (a zombie does not count: its parent reaps it). */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
