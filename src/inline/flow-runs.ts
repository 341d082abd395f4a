/** Starts flow runs in memory: of a flow, for a program or for another flow, and of a part of a map. HOST. */
import { currentRunIfAny } from '../authoring/current-run.js';
import type { FlowDefinition } from '../authoring/definition.js';
import type { FlowRun } from '../authoring/engine/flow-run.js';
import { bringIn } from '../authoring/engine/load-stored.js';
import { type MapShare, runMapShare } from '../authoring/engine/map-share.js';
import { flowStartOptions } from '../core/flow-start.js';
import { parseParams } from '../core/params.js';
import { mapShardType } from '../core/protocol.js';
import type { Children } from './child-run.js';
import { type Execution, FlowExecution } from './flow-execution.js';
import type { RunScope } from './run-scope.js';

const executed = (scope: RunScope, execution: Execution): FlowExecution =>
  new FlowExecution(scope, execution, ({ tags }) => childrenOf(scope, tags));

const childrenOf = (scope: RunScope, tags: readonly string[]): Children => ({
  startFlow: (runId, { definition, params }) => startFlowRun(scope, { definition, runId, tags, params }),
  startShare: (runId, share) => startShare(scope, runId, share),
});

export const startFlowRun = (
  scope: RunScope,
  flow: { definition: FlowDefinition; runId: string; tags: readonly string[]; params: () => unknown },
): FlowExecution => {
  const { definition, runId, tags, params } = flow;
  const { name, options, fn } = definition;
  const { retries, retryDelay, timeout } = options;
  const work = async (flowRun: FlowRun): Promise<unknown> => {
    const given = await bringIn(params(), (data) => flowRun.port.load(data));
    return flowRun.execute(() => {
      const parsed = parseParams(options.params, given, { runId, flowName: name });
      const current = currentRunIfAny();
      if (current?.kind === 'flow') current.parameters = parsed;
      return fn(parsed as never);
    });
  };
  const started = {
    ...(retries === undefined ? {} : { retries }),
    ...(retryDelay === undefined ? {} : { retryDelay }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  return executed(scope, { name, runId, tags, work, options: flowStartOptions(started), hooks: definition.hooks });
};

const startShare = (scope: RunScope, runId: string, share: () => MapShare): FlowExecution => {
  const given = share();
  const work = (flowRun: FlowRun): Promise<unknown> => runMapShare(flowRun, given);
  const { tags = [], of } = given;
  return executed(scope, { name: mapShardType, runId, tags, of, work, options: {} });
};
