/** The error of a run that did not start because of how its upstream ended. Pure. */
import { RunError } from '../../core/errors.js';
import { ruleText, type TriggerRule, type UpstreamCounts } from '../../core/trigger-rule.js';
import type { Run } from './run.js';

export interface UnmetTrigger {
  /** The first upstream that did not succeed; absent where that is an item of which only its end is known. */
  cause: Run | undefined;
  mapIndex?: number | undefined;
  /** Other than that all of the upstream must have succeeded. */
  rule?: TriggerRule | undefined;
  counts?: UpstreamCounts | undefined;
}

const reasonOf = ({ cause, rule, counts }: UnmetTrigger): string => {
  if (cause === undefined && rule === undefined) return 'since the item it depends on has no value';
  if (rule === undefined || counts === undefined)
    return `since its upstream '${cause?.id}' ended ${cause?.state}: ${cause?.error?.message ?? ''}`;
  const { succeeded, skipped, failed } = counts;
  const skips = skipped === 0 ? '' : ` (${skipped} of them skipped)`;
  return `since its upstream does not meet its trigger rule ${ruleText(rule)}: ${succeeded} succeeded${skips}, ${failed} failed`;
};

export const triggerFailure = (run: Run, unmet: UnmetTrigger): RunError => {
  const { cause, mapIndex, rule, counts } = unmet;
  const where = mapIndex === undefined ? '' : ` (map index ${mapIndex})`;
  return new RunError('TRIGGER_FAILED', `The task '${run.name}'${where} did not run, ${reasonOf(unmet)}`, {
    cause: cause?.error,
    details: {
      runId: run.flowRun.info.runId,
      flowName: run.flowRun.info.flowName,
      taskName: run.name,
      taskRunId: run.id,
      ...(cause === undefined ? {} : { upstream: cause.id }),
      ...(rule === undefined ? {} : { trigger: ruleText(rule), counts }),
      ...(mapIndex === undefined ? {} : { mapIndex }),
    },
  });
};
