/**
 * Puts our header on the activities and child workflows that a flow starts. SANDBOX. The SDK lets headers in only
 * through interceptors, so the port leaves each one with the options that the interceptor will see.
 */
import { defaultPayloadConverter } from '@temporalio/common';
import type { WorkflowInterceptors } from '@temporalio/workflow';
import { type TaskRunHeader, taskRunHeader } from '../core/protocol.js';
import { noteActivity, onceCancelled } from './cancel-activity.js';

/** A property of the options themselves: of a child workflow's the SDK makes a copy. */
const headerKey = Symbol('header');

/** Has `options` carry `header` once it is used to start something. */
export const withHeader = <O extends object>(options: O, header: TaskRunHeader): O =>
  Object.assign(options, { [headerKey]: header });

const added = <I extends { options: object; headers: object }>(input: I): I => {
  const header = (input.options as { [headerKey]?: TaskRunHeader })[headerKey];
  if (header === undefined) return input;
  return { ...input, headers: { ...input.headers, [taskRunHeader]: defaultPayloadConverter.toPayload(header) } };
};

export const interceptors = (): WorkflowInterceptors => {
  const dropRepeated = onceCancelled();
  return {
    internals: [{ concludeActivation: (input, next) => next(dropRepeated(input)) }],
    outbound: [
      {
        scheduleActivity: (input, next) => {
          noteActivity(input.options, input.seq);
          return next(added(input));
        },
        scheduleLocalActivity: (input, next) => {
          noteActivity(input.options, input.seq);
          return next(added(input));
        },
        startChildWorkflowExecution: (input, next) => next(added(input)),
      },
    ],
  };
};
