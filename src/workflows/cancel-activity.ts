/**
 * Cancels one activity, as the SDK's own CancellationScope does: by a command with the activity's number. SANDBOX. A
 * scope for each task run would do it too, at the price of seven promises a task run (see ADR 5); the run's own scope
 * still cancels all of them at once. Whoever comes second must not be heard: the core takes a second request for the
 * same activity as a replay mismatch, and the run would stand still for ever.
 */
import type { ConcludeActivationInput } from '@temporalio/workflow';
import { getActivator } from '@temporalio/workflow/lib/global-attributes.js';

const numbers = new WeakMap<object, number>();

/** Called by the interceptor, which is told the number, for the options that an activity was started with. */
export const noteActivity = (options: object, seq: number): void => {
  numbers.set(options, seq);
};

/** Asks the server, or for a local activity the worker, to cancel it; nothing happens once it has ended. */
export const cancelActivity = (options: object, kind: 'activity' | 'local activity'): void => {
  const seq = numbers.get(options);
  const activator = getActivator();
  if (seq === undefined || !activator.completions.activity.has(seq)) return;
  activator.pushCommand(
    kind === 'activity' ? { requestCancelActivity: { seq } } : { requestCancelLocalActivity: { seq } },
  );
};

/** For the interceptor of a run's commands: lets the first request to cancel an activity pass, and no other. */
export const onceCancelled = (): ((input: ConcludeActivationInput) => ConcludeActivationInput) => {
  const asked = new Set<unknown>();
  return ({ commands }) => ({
    commands: commands.filter(({ requestCancelActivity, requestCancelLocalActivity }) => {
      const request = requestCancelActivity ?? requestCancelLocalActivity;
      if (!request) return true;
      if (asked.has(request.seq)) return false;
      asked.add(request.seq);
      return true;
    }),
  });
};
