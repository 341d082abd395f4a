// Logs, and goes on for longer than any test.
import { flow, logger, task } from 'perdure';

const slow = task('slow', async () => {
  logger.info('before the end');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
export const slowly = flow('slowly', () => slow());
