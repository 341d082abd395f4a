/** Door of the worker: hosts flows and tasks for a Temporal server. HOST. Never starts runs. */
export { createFlowWorker, type FlowWorker, type FlowWorkerOptions } from './worker/flow-worker.js';
export { createTaskPool, type TaskPool, type TaskPoolOptions } from './worker/pool/task-pool.js';
export { replayRun, type ReplayedRun, type ReplayEnd } from './worker/replay-run.js';
export { otherWorkers, registerWorker, type HostedWorker } from './worker/registry.js';
