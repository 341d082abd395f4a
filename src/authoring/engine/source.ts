/**
 * How the engine recognises a future among arguments without knowing the classes users hold. Pure.
 */
import type { Run } from './run.js';

export const futureSource = Symbol.for('perdure.future');

export interface Source {
  run: Run;
  /** The run's value as it is, and not a part or a rearrangement of it. */
  isWhole: boolean;
  /** The run's value is a list of lists, and what they hold is meant. */
  flattens?: true;
  /** It stands in `allowFailure(…)`: whoever gets it runs however `run` ends, and gets its failure as a value. */
  allowsFailure?: boolean;
  /** The part of the run's value that is meant; absent: the whole. */
  pick?: ((whole: unknown) => unknown) | undefined;
  /** The value; only to be read once `run` has ended. `undefined` where it has none. */
  resolve(): unknown;
}

export const sourceOf = (value: unknown): Source | undefined =>
  typeof value === 'object' && value !== null && futureSource in value
    ? (value as { [futureSource]: Source })[futureSource]
    : undefined;
