/**
 * What the compiler's generated entry asks for after it has loaded the user's files: the workflows, by flow name.
 * SANDBOX.
 */
import { declaredFlows, sealRegistry } from '../authoring/definition.js';
import { workflowOf } from './flow-workflow.js';

export const workflowExports = (): Record<string, (input?: unknown) => Promise<unknown>> => {
  sealRegistry('inside a flow');
  return Object.fromEntries(declaredFlows().map((definition) => [definition.name, workflowOf(definition)]));
};
