/** `local(…)`: runs flows and their tasks on this machine, tasks in parallel over several processes. HOST. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { checkKnown } from '../core/known-options.js';
import type { Executor } from '../authoring/launcher.js';
import { AuthoringError } from '../core/errors.js';
import type { ServerAddress } from '../dev-server/index.js';

export interface LocalOptions {
  /** Child processes that run task bodies. Default one a core. */
  processes?: number;
  /** Worker threads instead of processes: lighter, but a crash of native code takes the program with it. */
  threads?: number;
  /** Runs bodies in the program's own process: for debugging; nothing is isolated and nothing can be killed. Default false. */
  inProcess?: boolean;
  /** Task runs under way at once. Default 200; each child runs up to 100 async bodies at a time. */
  concurrency?: number;
  /**
   * Where results are stored: `file:` or `s3://bucket/prefix`. Default PERDURE_STORE, or `.perdure/results` beside the
   * project.
   */
  store?: string;
  /**
   * A module whose default export gives secrets: `(name) => string | undefined`, or a promise of it; names that it does
   * not know are looked for in the environment. Relative to the working directory. Default PERDURE_SECRETS, or none.
   */
  secrets?: string;
}

export interface LocalExecutor extends Executor {
  readonly kind: 'local';
  readonly isolation: 'processes' | 'threads' | 'inline';
  readonly size: number;
  readonly concurrency: number;
  readonly store: string | undefined;
  readonly secrets: string | undefined;
  /** Of a test environment: its own server, in place of the configured or embedded one. */
  readonly server?: ServerAddress;
  /** Of a test environment that skips time: somebody waits for the end of a run. */
  readonly waiting?: <T>(end: Promise<T>) => Promise<T>;
}

/** Absolute, for children may be elsewhere. */
const secretsFile = (given: string | undefined): string | undefined => {
  const file = given ?? (process.env['PERDURE_SECRETS'] || undefined);
  return file === undefined ? undefined : resolve(file);
};

const checked = (options: LocalOptions, option: 'processes' | 'threads' | 'concurrency'): number | undefined => {
  const value = options[option];
  if (value !== undefined && (!Number.isInteger(value) || value < 1 || value > 10_000))
    throw new AuthoringError(
      'BAD_OPTION',
      `local(): expected \`${option}\` to be a whole number from 1 to 10000, got \`${String(value)}\` (${typeof value})`,
      { details: { option, expected: 'a whole number from 1', received: String(value) } },
    );
  return value;
};

/**
 * The default executor. With no server configured (TEMPORAL_ADDRESS, temporal.toml) it uses, or starts, the embedded
 * dev server of the project.
 * @throws AuthoringError BAD_OPTION
 * @example await pipeline.run({}, { executor: local({ processes: 4 }) });
 */
export const local = (options: LocalOptions = {}): LocalExecutor => {
  checkKnown('local(…)', options, ['processes', 'threads', 'inProcess', 'concurrency', 'store', 'secrets']);
  const [processes, threads, concurrency] = (['processes', 'threads', 'concurrency'] as const).map((option) =>
    checked(options, option),
  );
  if ([processes, threads, options.inProcess || undefined].filter((one) => one !== undefined).length > 1)
    throw new AuthoringError(
      'BAD_OPTION',
      'local(): give one of `processes`, `threads` and `inProcess`, not several.',
      {
        details: {
          option: 'processes',
          expected: 'one of processes, threads, inProcess',
          received: Object.keys(options).join(', '),
        },
      },
    );
  return {
    kind: 'local',
    isolation: options.inProcess ? 'inline' : threads === undefined ? 'processes' : 'threads',
    size: threads ?? processes ?? availableParallelism(),
    concurrency: concurrency ?? 200,
    store: options.store,
    secrets: secretsFile(options.secrets),
  };
};
