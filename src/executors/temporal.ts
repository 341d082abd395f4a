/** `temporal(…)`: starts runs on any Temporal server or cluster, for workers (`perdure worker`) on any number of machines. HOST. */
import type { TLSConfig } from '@temporalio/client';
import { badOption } from '../core/bad-option.js';
import { checkKnown } from '../core/known-options.js';
import type { Executor } from '../authoring/launcher.js';

export interface TemporalOptions {
  /** `host:port`. Default TEMPORAL_ADDRESS, or the profile of temporal.toml, or 127.0.0.1:7233. */
  address?: string;
  /** Default TEMPORAL_NAMESPACE, or the profile, or `default`. */
  namespace?: string;
  /** `true` for the system's certificates, or Temporal's own TLSConfig. Default as the environment and profile say. */
  tls?: boolean | TLSConfig;
  /** Default TEMPORAL_API_KEY, or the profile. */
  apiKey?: string;
  /** The queue that the workers poll. Default the project's name, as `perdure worker` has it. */
  taskQueue?: string;
  /** A profile of temporal.toml. Default TEMPORAL_PROFILE, or `default`. */
  profile?: string;
  /** The workers' result store, `s3://bucket/prefix` or `file:`. Default PERDURE_STORE, or `.perdure/results` beside the project. */
  store?: string;
}

export interface TemporalExecutor extends Executor {
  readonly kind: 'temporal';
  readonly options: TemporalOptions;
}

/**
 * Runs flows on a server that is already there. It hosts nothing itself: start `perdure worker FILE…` for the tasks.
 * @throws AuthoringError BAD_OPTION
 * @example await pipeline.run({}, { executor: temporal({ address: 'temporal.example.com:7233', taskQueue: 'etl' }) });
 */
export const temporal = (options: TemporalOptions = {}): TemporalExecutor => {
  checkKnown('temporal(…)', options, 'address namespace tls apiKey taskQueue profile store'.split(' '));
  for (const option of ['namespace', 'taskQueue', 'profile', 'store'] as const) {
    const value: unknown = options[option];
    if (value !== undefined && (typeof value !== 'string' || value.trim() === ''))
      throw badOption('temporal(…)', option, { expected: 'a text', received: value });
  }
  return { kind: 'temporal', options };
};
