/**
 * Which flow run the calling code belongs to. Pure; the runtime says how to know (one run a sandbox, or a context that
 * follows `await` in memory).
 */
import type { FlowRun } from './engine/flow-run.js';

let provider: () => FlowRun | undefined = () => undefined;

export const provideFlowRun = (provide: () => FlowRun | undefined): void => {
  provider = provide;
};

export const currentFlowRun = (): FlowRun | undefined => provider();
