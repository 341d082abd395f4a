/**
 * Where the lines of flow code go: to the worker, by a sink of the SDK, which calls it when a line is new and not when it
 * is replayed. SANDBOX. No command and no event comes of it.
 */
import { inWorkflowContext, proxySinks } from '@temporalio/workflow';
import { type FlowLogSinks, flowLogSink } from '../core/protocol.js';
import { provideLogSink } from '../authoring/logger.js';

const fieldsAsText = (fields: Record<string, unknown> | undefined): string | undefined => {
  try {
    return fields === undefined ? undefined : JSON.stringify(fields);
  } catch {
    return undefined;
  }
};

export const installFlowLog = (): void => {
  const sinks = proxySinks<FlowLogSinks>();
  provideLogSink((level, message, fields) => {
    if (inWorkflowContext()) sinks[flowLogSink].line({ level, message, at: Date.now(), fields: fieldsAsText(fields) });
  });
};
