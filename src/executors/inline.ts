/** `inline(…)`: runs flows in this process, in memory: for tests and debugging. HOST. */
import { checkKnown } from '../core/known-options.js';
import type { Executor } from '../authoring/launcher.js';
import { AuthoringError } from '../core/errors.js';

export interface InlineOptions {
  /**
   * Delays between attempts, and other waits of the flow, take no time: the run's clock, by which cached values age too,
   * goes on to the next of them as soon as no body is running. Bodies themselves take the time they take, and so do their
   * time-outs. Default true.
   */
  skipTime?: boolean;
}

export interface InlineExecutor extends Executor {
  readonly kind: 'inline';
  readonly skipTime: boolean;
}

/**
 * Runs the flow and its tasks as plain functions in this process: no server, no bundle, no child process, and nothing is
 * left when it is over. The same semantics, encoding, limits and errors as on Temporal, but for what a process of one's
 * own gives: a body that crashes takes the program with it, one that never yields is not killed. Caches and limits hold
 * over the inline runs of this process; a `priority` has no effect.
 * @throws AuthoringError BAD_OPTION
 * @example const rows = await pipeline.run({ day: '2026-01-31' }, { executor: inline() });
 */
export const inline = (options: InlineOptions = {}): InlineExecutor => {
  checkKnown('inline(…)', options, ['skipTime']);
  const { skipTime = true } = options;
  if (typeof skipTime !== 'boolean')
    throw new AuthoringError(
      'BAD_OPTION',
      `inline(): expected \`skipTime\` to be true or false, got ${typeof skipTime}`,
      {
        details: { option: 'skipTime', expected: 'true or false', received: typeof skipTime },
      },
    );
  return { kind: 'inline', skipTime };
};
