/**
 * Marks the engine's own synchronous work, in which no user code runs. Pure. A runtime may make such work cheaper:
 * Temporal's sandbox takes a mapped stack trace for every promise that is made, which is for promises of the user's
 * code, and would cost more than all the rest of the engine.
 */
let wrap: <T>(work: () => T) => T = (work) => work();

export const quietly = <T>(work: () => T): T => wrap(work);

/** Installed once by a runtime, before any flow runs. */
export const provideQuiet = (provided: <T>(work: () => T) => T): void => {
  wrap = provided;
};
