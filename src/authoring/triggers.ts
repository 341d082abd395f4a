/** The trigger rules by the names that users write, for `trigger:` of a task or of one call. Pure data. */
import { AuthoringError } from '../core/errors.js';
import type { TriggerBounds, TriggerRule } from '../core/trigger-rule.js';

/** Runs when all upstream succeeded, which is the default. Skipped counts as success, in all rules. */
export const allSuccessful: TriggerRule = Object.freeze({ kind: 'allSuccessful' });
/** Runs when all upstream failed. TriggerFailed, Cancelled, TimedOut and Crashed count as failures, in all rules. */
export const allFailed: TriggerRule = Object.freeze({ kind: 'allFailed' });
/** Runs when at least one of the upstream succeeded. */
export const anySuccessful: TriggerRule = Object.freeze({ kind: 'anySuccessful' });
/** Runs when at least one of the upstream failed. */
export const anyFailed: TriggerRule = Object.freeze({ kind: 'anyFailed' });
/** Runs however the upstream ended. */
export const allFinished: TriggerRule = Object.freeze({ kind: 'allFinished' });
/** Runs when all upstream succeeded and at least one of it was not skipped; is skipped when all of it was. */
export const notAllSkipped: TriggerRule = Object.freeze({ kind: 'notAllSkipped' });

/**
 * Waits, Paused, until somebody gives the word by its task-run id (`handle.approve(id)`, `perdure approve RUN ID`), once
 * all upstream has ended, in whatever way. A map waits as a whole, by the map's id. Prefect 1's `manual_only`.
 */
export const manualOnly: TriggerRule = Object.freeze({ kind: 'manualOnly' });

/**
 * Runs when so many of the upstream succeeded. A number below 1 is a share of all.
 * @throws AuthoringError BAD_OPTION
 * @example const vote = task('vote', { trigger: someSuccessful({ atLeast: 0.5 }) }, count);
 */
export const someSuccessful = (bounds: TriggerBounds): TriggerRule => ruleOf('someSuccessful', bounds);

/**
 * Runs when so many of the upstream failed. A number below 1 is a share of all.
 * @throws AuthoringError BAD_OPTION
 * @example const alarm = task('alarm', { trigger: someFailed({ atLeast: 2 }) }, ring);
 */
export const someFailed = (bounds: TriggerBounds): TriggerRule => ruleOf('someFailed', bounds);

const ruleOf = (kind: 'someSuccessful' | 'someFailed', bounds: TriggerBounds): TriggerRule => {
  const { atLeast, atMost } = bounds ?? {};
  const given = [atLeast, atMost].filter((bound) => bound !== undefined);
  const isFit = (bound: unknown): boolean =>
    typeof bound === 'number' && bound >= 0 && (bound < 1 || Number.isInteger(bound));
  if (given.length === 0 || !given.every(isFit))
    throw new AuthoringError(
      'BAD_OPTION',
      `${kind}(…) takes { atLeast } or { atMost } or both: whole numbers of at least 0, or shares below 1.`,
      { details: { option: kind, expected: 'atLeast, atMost', received: given.map(String).join(', ') || 'neither' } },
    );
  return Object.freeze({
    kind,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(atMost === undefined ? {} : { atMost }),
  });
};
