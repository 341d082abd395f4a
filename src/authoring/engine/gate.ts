/**
 * What stands between a run and its start once its upstream has ended: was any of that skipped, and is the trigger rule
 * met. Pure. Counts only; what it means for a map, and for a child of one, is for their own files to say.
 */
import { AuthoringError } from '../../core/errors.js';
import {
  isTriggerRule,
  noUpstream,
  type TriggerRule,
  type UpstreamCounts,
  verdictOf,
} from '../../core/trigger-rule.js';
import type { Run } from './run.js';

export interface GateOptions {
  /**
   * How the upstream must have ended for this task to run: `allSuccessful` (default), `allFailed`, `anySuccessful`,
   * `anyFailed`, `allFinished`, `notAllSkipped`, `manualOnly`, `someSuccessful({ atLeast, atMost })` or `someFailed({ atLeast, atMost })`.
   * A map among it counts as its children. A rule that is not met ends the run TriggerFailed. A run that starts although
   * some of its upstream failed deals with those failures, and gets `undefined` in place of their values. Prefect 1's triggers.
   */
  trigger?: TriggerRule;
  /**
   * `true` (default): skipped when any of its upstream was skipped, whatever `trigger` says. `false`: a skipped upstream
   * counts as a success without a value. Prefect 1's `skip_on_upstream_skip`.
   */
  skipOnUpstreamSkip?: boolean;
}

/** Other than the default, which is that all upstream has succeeded and none was skipped. */
export interface Gate {
  rule: TriggerRule;
  /** Whether a skipped upstream skips the run. */
  skips: boolean;
}

/** For the children of a map for which the question has been answered already. */
export const openGate: Gate = { rule: { kind: 'allFinished' }, skips: false };

/** What `call`, or else `declared`, says; `undefined` for the default. */
export const gateOf = (declared: GateOptions, call: GateOptions): Gate | undefined => {
  const rule = call.trigger ?? declared.trigger;
  const skips = call.skipOnUpstreamSkip ?? declared.skipOnUpstreamSkip ?? true;
  if (skips && (rule === undefined || rule.kind === 'allSuccessful')) return undefined;
  return { rule: rule ?? { kind: 'allSuccessful' }, skips };
};

/** @throws AuthoringError BAD_OPTION */
export const checkGate = (owner: string, { trigger, skipOnUpstreamSkip }: GateOptions): void => {
  const refuse = (option: string, expected: string, received: unknown): never => {
    throw new AuthoringError(
      'BAD_OPTION',
      `${owner}: expected \`${option}\` to be ${expected}, got a ${typeof received}.`,
      {
        details: { option, expected, received: typeof received },
      },
    );
  };
  if (trigger !== undefined && !isTriggerRule(trigger))
    refuse('trigger', 'a rule such as allFinished or someFailed({ atLeast: 2 }), imported from perdure', trigger);
  if (skipOnUpstreamSkip !== undefined && typeof skipOnUpstreamSkip !== 'boolean')
    refuse('skipOnUpstreamSkip', 'true or false', skipOnUpstreamSkip);
};

/** `runs` and `items` together. */
export const countsOf = (runs: readonly Run[], items: UpstreamCounts = noUpstream): UpstreamCounts => {
  const sum = { ...items };
  for (const run of runs) {
    const { succeeded, skipped, failed, borne } = run.counts();
    sum.succeeded += succeeded;
    sum.skipped += skipped;
    sum.failed += failed;
    sum.borne += borne;
  }
  return sum;
};

/** Without any upstream every rule is met. */
export const ruleVerdict = (
  rule: TriggerRule,
  runs: readonly Run[],
  items?: UpstreamCounts,
): 'run' | 'skip' | 'fail' =>
  runs.length === 0 && items === undefined ? 'run' : verdictOf(rule, countsOf(runs, items));
