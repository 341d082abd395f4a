/**
 * Looks at something again and again, never twice at one time. HOST. A look that fails is nothing: the server may be away,
 * and the next look tells.
 */

/** Begins; ends when the function it gives is called. Does not keep the process alive. */
export const lookEvery = (ms: number, look: () => Promise<void>): (() => void) => {
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look()
      .catch(() => undefined)
      .finally(() => (isLooking = false));
  }, ms);
  timer.unref();
  return () => clearInterval(timer);
};
