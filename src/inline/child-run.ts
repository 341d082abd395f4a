/** What the port asks of whatever runs the flows that a flow calls, in memory. HOST; types only. */
import type { FlowDefinition } from '../authoring/definition.js';
import type { MapShare } from '../authoring/engine/map-share.js';
import type { FlowEnding } from './flow-ending.js';

export interface ChildRun {
  readonly name: string;
  /** Never rejects. */
  readonly ending: Promise<FlowEnding>;
  cancel(): void;
}

export interface Children {
  /** `params` decodes them, anew for each run of the flow. */
  startFlow(id: string, flow: { definition: FlowDefinition; params: () => unknown }): ChildRun;
  startShare(id: string, share: () => MapShare): ChildRun;
}
