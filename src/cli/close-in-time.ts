/** Closing that ends: a command does not hang because something that it opened does not let go. HOST. */
import { say } from './standard-streams.js';

/** Longer than a worker's drain (5 s, and 5 s for what ignores it) and a server's stop. */
const closeMs = 20_000;

/** Never rejects. What is not closed in time is left to the process's exit, which must follow. */
export const closeInTime = async (closing: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      say(`Not everything could be closed within ${closeMs / 1_000} seconds: ending all the same.`);
      resolve();
    }, closeMs);
  });
  const closed = closing.catch((error: unknown) => say(`While closing: ${(error as Error).message}`));
  await Promise.race([closed, tooLong]);
  clearTimeout(timer);
};
