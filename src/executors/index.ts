/**
 * Door of `executors/`: where flows and tasks run, for the command line. HOST. Users get the same by the package's own
 * door.
 */
export { findUnfinished, hostRuns } from './continue-runs.js';
export { getRun } from './get-run.js';
export { closeSessions } from './launcher.js';
export { lookEvery } from './look-every.js';
export { endStandIns, type StandIn, standInFor } from './stand-ins.js';
export { takeOverWhenAlone } from './take-over.js';
export { tellWhenUnpolled } from './task-queue-pollers.js';
export { temporal } from './temporal.js';
export { local, type LocalExecutor } from './local.js';
export { openLocalSession, type LocalSession, type LocalSessionOptions } from './local-session.js';
