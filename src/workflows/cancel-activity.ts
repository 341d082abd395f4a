/**
 * Cancels one activity, as the SDK's own CancellationScope does: by a command with the activity's number. SANDBOX. A
 * scope for each task run would do it too, at the price of seven promises a task run (see ADR 5); the run's own scope
 * still cancels all of them at once.
 */
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
