/**
 * The end of an attempt that a test has asked for in place of a real one: its time is up, or its process dies. Pure.
 * Thrown by what stands in for a body, in the test's own process; nothing else throws it.
 */
export class SimulatedEnd extends Error {
  constructor(
    readonly kind: 'timedOut' | 'crashed',
    /** Of an item of a batch: its position. */
    readonly position?: number,
  ) {
    super(kind === 'timedOut' ? 'timed out, as a test asked' : 'died, as a test asked');
    this.name = 'SimulatedEnd';
  }
}
