/** A flow's options as options of its Temporal workflow. Pure; the client and a parent flow start runs the same way. */
import { durationMs, type Duration } from './duration.js';

export interface FlowStartOptions {
  retry?: { maximumAttempts: number; initialInterval: number; backoffCoefficient: number };
  workflowExecutionTimeout?: number;
  priority?: Priority;
}

/** Temporal's own: see `priority` of a flow. */
export interface Priority {
  priorityKey?: number;
  fairnessKey?: string;
  fairnessWeight?: number;
}

const defaultRetryDelayMs = 1_000;

export const flowStartOptions = (options: {
  retries?: number;
  retryDelay?: Duration;
  timeout?: Duration;
  priority?: Priority;
}): FlowStartOptions => ({
  ...(options.retries
    ? {
        retry: {
          maximumAttempts: options.retries + 1,
          initialInterval:
            options.retryDelay === undefined
              ? defaultRetryDelayMs
              : Math.max(1, durationMs(options.retryDelay, 'retryDelay')),
          backoffCoefficient: 1,
        },
      }
    : {}),
  ...(options.timeout === undefined ? {} : { workflowExecutionTimeout: durationMs(options.timeout, 'timeout') }),
  ...(options.priority === undefined ? {} : { priority: options.priority }),
});
