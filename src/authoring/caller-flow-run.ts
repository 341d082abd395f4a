/** The flow run that the calling code belongs to, for what only a flow can do. Pure. */
import { AuthoringError } from '../core/errors.js';
import { currentRunIfAny } from './current-run.js';
import type { FlowRun } from './engine/flow-run.js';
import { currentFlowRun } from './scope.js';

/** @throws AuthoringError CALLED_OUTSIDE_FLOW; `call` is the name of what was called */
export const callerFlowRun = (call: string): FlowRun => {
  const flowRun = currentFlowRun();
  if (flowRun !== undefined) return flowRun;
  const within = currentRunIfAny();
  const where = within?.kind === 'task' ? `inside the body of the task '${within.taskName}'` : 'outside a flow';
  throw new AuthoringError(
    'CALLED_OUTSIDE_FLOW',
    `${call}(…) was called ${where}. It belongs to the body of a flow, whose run it concerns.`,
    { details: { name: call } },
  );
};
