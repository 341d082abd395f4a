// Prefect 1.4.1, tests/test_triggers.py: what each rule makes of so many upstream runs.
import {
  allFailed,
  allFinished,
  allSuccessful,
  anyFailed,
  anySuccessful,
  flow,
  manualOnly,
  notAllSkipped,
  someFailed,
  someSuccessful,
  task,
  type TriggerRule,
} from 'perdure';
import type { PortedCase } from './ported-case.js';
import { fails, skips, success } from './tasks.js';

interface Upstream {
  success?: number;
  failed?: number;
  skipped?: number;
}
const rules: Record<string, TriggerRule> = {
  allSuccessful,
  notAllSkipped,
  allFailed,
  allFinished,
  anySuccessful,
  anyFailed,
  manualOnly,
  'someFailed 23': someFailed({ atLeast: 23 }),
  'someFailed 4': someFailed({ atLeast: 4 }),
  'someFailed at most 4': someFailed({ atMost: 4 }),
  'someFailed 20% to 1': someFailed({ atLeast: 0.2, atMost: 1 }),
  'someFailed 10% to 2': someFailed({ atLeast: 0.1, atMost: 2 }),
  'someFailed 2 to 10%': someFailed({ atLeast: 2, atMost: 0.1 }),
  'someSuccessful 4': someSuccessful({ atLeast: 4 }),
  'someSuccessful at most 4': someSuccessful({ atMost: 4 }),
  'someSuccessful 10% to 2': someSuccessful({ atLeast: 0.1, atMost: 2 }),
};
const ran = task('ran', () => 'ran');
const times = <T>(count: number, call: () => T): T[] => Array.from({ length: count }, call);

export const triggered = flow(
  'triggered',
  async ({ rule, success: good = 0, failed = 0, skipped = 0 }: Upstream & { rule: string }) => {
    const after = [
      ...times(good, () => success()),
      ...times(failed, () => fails.with({ retries: 0 })()),
      ...times(skipped, () => skips()),
    ];
    for (const future of after) void future.catch(() => undefined);
    const run = ran.with({ trigger: rules[rule] ?? allSuccessful, skipOnUpstreamSkip: false, after })();
    const message = await run.then(String, (error: unknown) => (error as Error).message);
    return rule === 'someFailed 23' ? [run.state, /some_?failed/i.test(message)] : run.state;
  },
);

const tell = (name: string, rule: string, upstream: Upstream, value: unknown = 'Completed'): PortedCase => ({
  name,
  flow: 'triggered',
  params: { rule, ...upstream },
  value,
});
const unmet = 'TriggerFailed';
export const triggerCases: PortedCase[] = [
  tell('test_all_successful_with_all_success', 'allSuccessful', { success: 3 }),
  tell('test_all_successful_with_all_success_or_skipped', 'allSuccessful', { success: 3, skipped: 3 }),
  tell('test_all_successful_with_some_failed', 'allSuccessful', { failed: 3, success: 1 }, unmet),
  tell('test_not_all_skipped_with_all_skipped', 'notAllSkipped', { skipped: 3 }, 'Skipped'),
  tell('test_not_all_skipped_with_all_success_or_skipped', 'notAllSkipped', { success: 3, skipped: 3 }),
  tell('test_not_all_skipped_with_some_failed', 'notAllSkipped', { failed: 3, success: 1 }, unmet),
  tell('test_all_failed_with_all_failed', 'allFailed', { failed: 3 }),
  tell('test_all_failed_with_some_success', 'allFailed', { failed: 3, success: 1 }, unmet),
  tell('test_all_failed_with_some_skips', 'allFailed', { failed: 3, skipped: 1 }, unmet),
  tell('test_all_finished_with_mixed_states', 'allFinished', { success: 1, failed: 1, skipped: 1 }),
  tell('test_any_successful_with_some_failed_and_1_skip', 'anySuccessful', { failed: 3, skipped: 1 }),
  tell('test_any_successful_with_all_failed', 'anySuccessful', { failed: 3 }, unmet),
  tell('test_any_failed_with_some_failed_and_1_success', 'anyFailed', { failed: 3, success: 1 }),
  tell('test_any_failed_with_all_success', 'anyFailed', { success: 3 }, unmet),
  tell('test_some_failed_error_msg', 'someFailed 23', { success: 1 }, [unmet, true]),
  tell('test_some_failed_with_one_arg: at_least', 'someFailed 4', { failed: 4, skipped: 2 }),
  tell('test_some_failed_with_one_arg: at_least, too few', 'someFailed 4', { failed: 3 }, unmet),
  tell('test_some_failed_with_one_arg: at_most', 'someFailed at most 4', { failed: 4, skipped: 2 }),
  tell('test_some_failed_with_one_arg: at_most, too many', 'someFailed at most 4', { failed: 5 }, unmet),
  tell('test_some_failed_with_all_success', 'someFailed 20% to 1', { success: 3 }, unmet),
  tell('test_some_failed_does_the_math: 2 of 20', 'someFailed 10% to 2', { failed: 2, success: 18 }),
  tell('test_some_failed_does_the_math: 1 of 19', 'someFailed 10% to 2', { failed: 1, success: 18 }, unmet),
  tell('test_some_failed_does_the_math: 3 of 21', 'someFailed 10% to 2', { failed: 3, success: 18 }, unmet),
  tell('test_some_failed_does_the_math: share at most', 'someFailed 2 to 10%', { failed: 2, success: 18 }),
  tell('test_some_failed_does_the_math: above that share', 'someFailed 2 to 10%', { failed: 3, success: 18 }, unmet),
  tell('test_some_successful_with_one_arg', 'someSuccessful 4', { success: 4, failed: 2 }),
  tell('test_some_successful_with_one_arg: at_most, too many', 'someSuccessful at most 4', { success: 5 }, unmet),
  tell('test_some_successful_does_the_math', 'someSuccessful 10% to 2', { success: 2, failed: 18 }),
  tell('test_some_successful_does_the_math: too few', 'someSuccessful 10% to 2', { success: 1, failed: 18 }, unmet),
  {
    ...tell('test_manual_only_with_mixed_states', 'manualOnly', { success: 1, failed: 1, skipped: 1 }),
    answer: { name: 'ran-0' },
  },
  { ...tell('test_manual_only_with_empty_set_and_resume_in_context', 'manualOnly', {}), answer: { name: 'ran-0' } },
];
