/** `patched` and `deprecatePatch` where there is no history to ask: every run in memory is new, and outside a flow they are refused. HOST. */
import { currentFlowRun } from '../authoring/scope.js';
import { AuthoringError } from '../core/errors.js';

const refuse = (name: string): never => {
  throw new AuthoringError(
    'CALLED_OUTSIDE_FLOW',
    `${name}(…) was called outside a flow. It asks the history of the run that calls it.`,
    {
      details: { name },
    },
  );
};

/**
 * In a flow: whether this run was started, or reached this point first, with code that has the patch. For changing a
 * flow under runs that are under way. Temporal's `patched`.
 * @throws AuthoringError CALLED_OUTSIDE_FLOW
 */
export const patched = (_patchId: string): boolean => currentFlowRun() !== undefined || refuse('patched');

/** In a flow: says that no run without the patch is left. Temporal's `deprecatePatch`. @throws AuthoringError CALLED_OUTSIDE_FLOW */
export const deprecatePatch = (_patchId: string): void => {
  if (currentFlowRun() === undefined) refuse('deprecatePatch');
};
