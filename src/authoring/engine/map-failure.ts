/** The error of a map of which items have no value: how many, the first of them with their indexes, and where all are. Pure. */
import { RunError } from '../../core/errors.js';
import { State } from '../../core/state.js';
import type { MapTally } from './map-body.js';
import type { MapRun } from './map-run.js';

export const mapFailure = ({ flowRun, id, name, width }: MapRun, { failed, first, indexes }: MapTally): RunError => {
  const count = Object.values(failed).reduce((sum, one) => sum + one, 0);
  const list = first.map(({ index, message }) => `[${index}] ${message}`).join('; ');
  const more = count > first.length ? `; and ${count - first.length} more` : '';
  const onlyCancelled = Object.keys(failed).every((state) => state === State.Cancelled);
  return new RunError(
    onlyCancelled ? 'CANCELLED' : 'MAP_FAILED',
    `${count} of ${width} task runs of ${name}.map(…) did not complete: ${list}${more}`,
    {
      cause: first[0]?.error,
      details: {
        runId: flowRun.info.runId,
        flowName: flowRun.info.flowName,
        taskName: name,
        taskRunId: id,
        width,
        failed: count,
        byState: failed,
        failedIndexes: indexes,
      },
    },
  );
};
