/** Shows what a run logs while it is watched, above what is redrawn. HOST. Reads the result store, wherever the run's workers are. */
import type { ClientRunHandle } from '../../client.js';
import { logWords } from '../log-words.js';
import type { RunContext } from './run-file.js';

/** Begins; the function it gives resolves once all that was logged before its call is shown. */
export const showLog = (context: RunContext, handle: ClientRunHandle<unknown>): (() => Promise<void>) => {
  const { logLevel: level = 'warn' } = context.flags;
  if (level === 'none') return () => Promise.resolve();
  const beganAt = Date.now();
  let isOver = false;
  let wake: () => void = () => undefined;
  const follow = async (): Promise<void> => {
    const lines = handle.logs({
      level,
      follow: true,
      isOver: () => Promise.resolve(isOver),
      pause: (ms: number) =>
        new Promise<void>((resolve) => {
          wake = resolve;
          // It may have ended during the look before: nobody wakes it any more then.
          if (isOver) resolve();
          else setTimeout(resolve, ms).unref();
        }),
    });
    const { colors } = context.terminal.style();
    for await (const line of lines)
      // Of a run that is attached to, what is past was shown elsewhere.
      if (line.at.getTime() >= beganAt - 60_000) context.display.output(`${logWords(line, colors)}\n`);
  };
  // What cannot be read is no reason to end the run; `perdure logs` says why.
  const following = follow().catch(() => undefined);
  return async () => {
    isOver = true;
    wake();
    await following;
  };
};
