/** Door of the client: starts runs, finds them, watches them. HOST. Never loads user code and never runs any. */
export { connectClient, connectionOptions, type ServerSettings } from './client/connect.js';
export { ClientRunHandle, existingRun } from './client/run-handle.js';
export { pruneResults } from './client/prune-results.js';
export { startRun, type StartableFlow, type StartRun } from './client/start-run.js';
export { unfinishedRuns, type UnfinishedRun } from './client/unfinished-runs.js';
export { connectTestClock, type TestClock } from './client/test-clock.js';
export type { RunWatcher } from './client/watch-run.js';
