/**
 * What a child is told at its start. Host; both ends are one build.
 */
import type { BatchSettings, MemberOptions } from './member.js';

export interface ChildData {
  sources: string[];
  batches?: BatchSettings;
  /** A thread gets the pool's own ring; a process makes one. */
  ring?: Int32Array;
}

export const childData = ({ sources, batches }: MemberOptions): ChildData => ({
  sources: [...sources],
  ...(batches === undefined ? {} : { batches }),
});
