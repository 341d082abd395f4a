/**
 * How the engine recognises a future among arguments without knowing the classes users hold. Pure.
 */
import { AuthoringError } from '../../core/errors.js';
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

/** The same where only a future will do; `call` is what was given it. @throws AuthoringError NOT_A_FUTURE */
export const sourceGiven = (value: unknown, call: string): Source => {
  const source = sourceOf(value);
  if (source !== undefined) return source;
  const isList = Array.isArray(value);
  const received = isList ? 'array' : value === null ? 'null' : typeof value;
  throw new AuthoringError(
    'NOT_A_FUTURE',
    `${call} takes futures, which calls of tasks and flows give; it got ${isList ? 'an array' : `a value of type ${received}`}.` +
      (isList ? ' Spread it: ...futures.' : ''),
    { details: { call, received } },
  );
};
