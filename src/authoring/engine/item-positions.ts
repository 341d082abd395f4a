/** The positions, in a map that has ended, of the items that have no value, and of those that were skipped. Pure. */
import type { MapRun } from './map-run.js';

const positionsOf = ({ children = [] }: MapRun, how: 'failed' | 'hasSkipped'): number[] =>
  children.flatMap((child, i) => (child[how] ? [i] : []));

export const itemHoles = (map: MapRun): number[] => map.batches?.reports.holes ?? positionsOf(map, 'failed');
export const itemSkips = (map: MapRun): number[] => map.batches?.reports.skipped ?? positionsOf(map, 'hasSkipped');
