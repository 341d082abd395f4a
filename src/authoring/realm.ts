/** Whether this copy of the code runs in Temporal's sandbox, where task bodies have been removed. Pure. */
let sandbox = false;

/** Called once by the sandbox's own door, before any user code is evaluated. */
export const markSandbox = (): void => {
  sandbox = true;
};
export const isSandbox = (): boolean => sandbox;
