/** `patched` and `deprecatePatch` outside a flow, where there is no history to ask: refused. HOST. */
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
export const patched = (_patchId: string): boolean => refuse('patched');

/** In a flow: says that no run without the patch is left. Temporal's `deprecatePatch`. @throws AuthoringError CALLED_OUTSIDE_FLOW */
export const deprecatePatch = (_patchId: string): void => refuse('deprecatePatch');
