// Prints which priority a run has on the server, and its activities: as scheduled in its history, and as a worker got them.
import { local } from 'perdure';
import { plainly, type Priority, ranked } from './priorities.js';

interface Workflow {
  client: { getHandle(id: string): Workflow };
  describe(): Promise<{ raw: { workflowExecutionInfo: { priority: Priority } } }>;
  fetchHistory(): Promise<{
    events: { activityTaskScheduledEventAttributes?: { activityId: string; priority?: Priority } }[];
  }>;
}
const handle = await ranked.start({}, { executor: local({ inProcess: true }) });
const asGot = await handle.result();
const workflow = handle.workflow as Workflow;
const ofRun = async (one: Workflow): Promise<object> =>
  plainly((await one.describe()).raw.workflowExecutionInfo.priority);
const scheduled = (await workflow.fetchHistory()).events.flatMap((event) => event.activityTaskScheduledEventAttributes ?? []); // prettier-ignore
const inHistory = Object.fromEntries(scheduled.map(({ activityId, priority }) => [activityId, plainly(priority ?? {})])); // prettier-ignore
console.log(
  JSON.stringify({
    ofRun: await ofRun(workflow),
    ofChild: await ofRun(workflow.client.getHandle(`${handle.runId}/child-0`)),
    inHistory,
    asGot,
  }),
);
