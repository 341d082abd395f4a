/**
 * The door of the activities: what a Temporal worker is given to serve every task of the loaded files. Host. Knows
 * Temporal and the port to whoever runs bodies; knows no process.
 */
import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { type TaskRunHeader, taskRunHeader } from '../core/protocol.js';
import { createValues, openResultStore, type Place, type Values } from '../results/index.js';
import { createHeartbeats } from './heartbeats.js';
import { createStoreActivities } from './store-activities.js';
import { Guard } from './guard.js';
import { runTaskActivity, type TaskActivityOptions } from './task-activity.js';
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
  readonly activities: { default: (...args: unknown[]) => Promise<unknown> } & Record<
    string,
    (...args: never[]) => Promise<unknown>
  >;
  /** For `Worker.create({ interceptors: { activity } })`: they read the header, which activities do not see. */
  readonly interceptors: ActivityInterceptorsFactory[];
}

export interface TaskActivitiesOptions {
  host: TaskHost;
  /** URL of the result store, for what flow code reads of it. Opened at the first use. */
  store: string;
}

/** Of a local activity of the flow's own: its run, and a name for what it writes. */
const flowPlace = (): Place => {
  const { workflowExecution, attempt } = Context.current().info;
  return { runId: workflowExecution?.workflowId ?? '', taskRunId: 'flow', attempt };
};

/** @throws what the user's files throw when they are loaded, through `host.ready`, at the first task */
export const createTaskActivities = ({ host, store }: TaskActivitiesOptions): TaskActivities => {
  let values: Promise<Values> | undefined;
  const opened = (): Promise<Values> => (values ??= openResultStore(store).then((one) => createValues(one)));
  const headers = new WeakMap<Context, TaskRunHeader>();
  const heartbeats = createHeartbeats();
  const guard = new Guard({ values: opened });
  let declared: Pick<TaskActivityOptions, 'policies' | 'guards'> | undefined;
  const load = async (): Promise<NonNullable<typeof declared>> => {
    const { tasks } = await host.ready;
    return (declared = {
      policies: new Map(tasks.map(({ name, policy }) => [name, policy])),
      guards: new Map(tasks.flatMap(({ name, guards }) => (guards === undefined ? [] : [[name, guards]]))),
    });
  };
  return {
    activities: {
      ...createStoreActivities(opened, flowPlace),
      default: async (...args) => {
        const context = Context.current();
        const header = headers.get(context);
        const { policies, guards } = declared ?? (await load());
        return runTaskActivity({ host, heartbeats, policies, guards, guard }, { context, args, header });
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
