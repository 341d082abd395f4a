/**
 * What the compiler's generated entry asks for after it has loaded the user's files: the workflows, by flow name.
 * SANDBOX.
 */
import { declaredFlows, sealRegistry } from '../authoring/definition.js';
import { mapShardType } from '../core/protocol.js';
import { workflowOf } from './flow-workflow.js';
import { mapShard } from './map-shard.js';

export const workflowExports = (): Record<string, (input: never) => Promise<unknown>> => {
  sealRegistry('inside a flow');
  const flows = declaredFlows().map((definition) => [definition.name, workflowOf(definition)] as const);
  return { ...Object.fromEntries(flows), [mapShardType]: mapShard };
};
