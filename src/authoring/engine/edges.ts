/**
 * Ordering edges (the seed's `>>`): they hold when added in the same tick as the later call, and never make a cycle. Pure.
 */
import { AuthoringError } from '../../core/errors.js';
import type { Run } from './run.js';

const reaches = (from: Run, target: Run, seen = new Set<Run>()): boolean => {
  if (from === target) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  for (const up of from.upstream) if (reaches(up, target, seen)) return true;
  return false;
};

/** Makes `later` wait for `earlier`; with `allowsFailure` it runs however that ends. */
export const addOrderingEdge = (earlier: Run, later: Run, allowsFailure = false): void => {
  const details = { earlier: earlier.id, later: later.id };
  if (reaches(earlier, later))
    throw new AuthoringError(
      'EDGE_CYCLE',
      `'${later.id}' cannot run after '${earlier.id}', which itself runs after '${later.id}'. Remove one of the edges.`,
      { details },
    );
  if (later.sealed)
    throw new AuthoringError(
      'LATE_EDGE',
      `'${later.id}' cannot be made to run after '${earlier.id}' any more: its edges were fixed when the flow went on to an ` +
        `await. Add the edge right after the call, or call ${later.name}.with({ after: [...] })(…).`,
      { details },
    );
  later.dependOn(earlier, allowsFailure);
};
