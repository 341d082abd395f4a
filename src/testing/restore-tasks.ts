/** `restoreTasks()`: the end of everything that stands in for tasks. HOST. */
import { endStandIns } from '../executors/index.js';

/**
 * Ends every `mockTask` and `failAttempts` of this process, as jest's `restoreAllMocks` does for its own. Attempts that have
 * begun go on as they began.
 * @example afterEach(restoreTasks);
 */
export const restoreTasks = (): void => endStandIns();
