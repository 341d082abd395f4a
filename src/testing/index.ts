/**
 * The door "perdure/testing": what tests of flows need beside `inline()`. HOST. Works in any test runner and imports none;
 * loads neither SDK nor server before it is asked for one.
 */
export { assertTaskRuns, type ExpectedRun, type ExpectedRuns } from './assert-task-runs.js';
export { failAttempts, type FailOptions, type InducedFailure } from './fail-attempts.js';
export { mockTask, type TaskMock } from './mock-task.js';
export { replayHistory, type ReplayOptions } from './replay-history.js';
export { restoreTasks } from './restore-tasks.js';
export { runGraph } from './run-graph.js';
export { taskRuns, type TaskRunFacts } from './task-runs.js';
export { createTestEnvironment, type TestEnvironment, type TestEnvironmentOptions } from './test-environment.js';
