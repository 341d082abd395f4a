/**
 * Door of `executors/`: where flows and tasks run, for the command line. HOST. Users get the same by the package's own
 * door.
 */
export { local, type LocalExecutor } from './local.js';
export { openLocalSession, type LocalSession, type LocalSessionOptions } from './local-session.js';
export { getRun } from './get-run.js';
