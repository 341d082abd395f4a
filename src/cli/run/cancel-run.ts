/** What Ctrl-C does to the run that a command follows: it is cancelled, and waited for as long as somebody can do it. HOST. */
import { setTimeout } from 'node:timers/promises';
import type { ClientRunHandle } from '../../client.js';
import { RunError } from '../../core/errors.js';
import { resumeCommand } from '../invocation.js';
import { oneLine } from '../printable.js';
import { say } from '../standard-streams.js';
import type { RunContext } from './run-file.js';

/** How long an end at once waits for the server to have the request: it must outlive the server that ends with it. */
const askedMs = 1_000;

/** Between two requests to a server that refuses them. */
const askAgainMs = 2_000;

/** Until the server has the request, or tells that the run is not there to be cancelled. */
const askedToEnd = async (handle: ClientRunHandle<unknown>): Promise<void> => {
  for (let hasSaid = false; ; hasSaid = true)
    try {
      return await handle.cancel();
    } catch (error) {
      if (!hasSaid) say(`It could not be cancelled: ${oneLine((error as Error).message)}`);
      if (error instanceof RunError) return;
      await setTimeout(askAgainMs);
    }
};

export const cancelWhenInterrupted = (
  { interrupts, workersQueue, file }: RunContext,
  handle: ClientRunHandle<unknown>,
): void => {
  const later =
    workersQueue === undefined
      ? `as soon as something hosts it: ${resumeCommand(file)}`
      : 'as soon as a worker polls its queue.';
  const cancel = (): void => {
    say(`Cancelling ${oneLine(handle.runId)}. Again to stop at once; what is left of cancelling is then done ${later}`);
    const asked = askedToEnd(handle);
    const { endAtOnce } = interrupts;
    interrupts.endAtOnce = async () => {
      const isAsked = await Promise.race([asked.then(() => true), setTimeout(askedMs, false)]);
      if (!isAsked) say(`The server has not answered: ${oneLine(handle.runId)} is not cancelled. It goes on ${later}`);
      await endAtOnce();
    };
  };
  if (interrupts.signal.aborted) cancel();
  else interrupts.signal.addEventListener('abort', cancel, { once: true });
};
