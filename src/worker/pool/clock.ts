/**
 * The time that retries of a batch's items wait for. Host. In a child it is the system's; a run in memory brings its own,
 * which goes on to the next moment at which anything happens as soon as nothing is under way.
 */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /**
   * Calls `then` at `atMs`, or never, once the function that it gives is called. `isIdle`: whoever waits has nothing
   * else under way.
   */
  wait(atMs: number, then: () => void, isIdle: boolean): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wait: (atMs, then) => {
    const timer = setTimeout(then, Math.min(Math.max(1, atMs - Date.now()), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
