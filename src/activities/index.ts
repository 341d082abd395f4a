/**
 * The door of the activities: what a Temporal worker is given to serve every task of the loaded files. Host. Knows
 * Temporal and the port to whoever runs bodies; knows no process.
 */
import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { type TaskRunHeader, taskRunHeader } from '../core/protocol.js';
import type { TaskPolicy } from '../core/task-policy.js';
import { createHeartbeats } from './heartbeats.js';
import { runTaskActivity } from './task-activity.js';
import type { TaskHost } from './task-host.js';

export type { ErrorRecord } from './error-record.js';
export type {
  AttemptEnd,
  AttemptOptions,
  AttemptRequest,
  FlowSummary,
  TaskHost,
  TaskManifest,
  TaskSummary,
  Verdict,
} from './task-host.js';

export interface TaskActivities {
  /** For `Worker.create({ activities })`. `default` serves every name that has no activity of its own. */
  readonly activities: { default: (...args: unknown[]) => Promise<unknown> };
  /** For `Worker.create({ interceptors: { activity } })`: they read the header, which activities do not see. */
  readonly interceptors: ActivityInterceptorsFactory[];
}

/** @throws what the user's files throw when they are loaded, through `host.ready`, at the first task */
export const createTaskActivities = ({ host }: { host: TaskHost }): TaskActivities => {
  const headers = new WeakMap<Context, TaskRunHeader>();
  const heartbeats = createHeartbeats();
  let policies: ReadonlyMap<string, TaskPolicy> | undefined;
  const load = async (): Promise<ReadonlyMap<string, TaskPolicy>> =>
    (policies = new Map((await host.ready).tasks.map(({ name, policy }) => [name, policy])));
  return {
    activities: {
      default: async (...args) => {
        const context = Context.current();
        const header = headers.get(context);
        return runTaskActivity({ host, heartbeats, policies: policies ?? (await load()) }, { context, args, header });
      },
    },
    interceptors: [
      (context) => ({
        inbound: {
          execute: (input, next) => {
            const payload = input.headers[taskRunHeader];
            if (payload) headers.set(context, defaultPayloadConverter.fromPayload(payload));
            return next(input);
          },
        },
      }),
    ],
  };
};
